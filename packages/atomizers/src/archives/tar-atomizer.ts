import type { Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { FileBrokenError } from '../errors.ts';
import { type DraftsOfPiece, FlattenedDrafts } from '../flattened-drafts.ts';
import { readBlocks } from '../source-reading.ts';
import { MemberDrafts } from './member-drafts.ts';
import { memberVariant } from './member-variant.ts';
import { type TarEvent, tarEvents } from './tar-events.ts';
import { isTar } from './tar-header.ts';

/** TAR: members with what is in them, as they come. */
export const tarAtomizer: Atomizer = {
  name: 'tar',
  mediaType: 'application/x-tar',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect: (head) => (isTar(head) ? 0.9 : 0),
  variant: (source) => memberVariant('', source),
  atomize: (source, context) => new FlattenedDrafts(tarDrafts(source, context, true)),
};

/**
 * The drafts of a TAR archive, by its members.
 *
 * @param counts whether its members count as expanded; they don't where decompression has counted them
 */
export async function* tarDrafts(
  source: Pick<AtomizerSource, 'open' | 'encoding'>,
  context: AtomizerContext,
  counts: boolean,
): AsyncGenerator<DraftsOfPiece> {
  const expansion = context.expansion.enter();
  const members = new MemberDrafts(new DraftSequence(), { ...context, expansion }, source.encoding);
  const events = tarEvents(readBlocks(source, context.signal));
  for (let next = await events.next(); next.done !== true; next = await events.next()) {
    const event = next.value;
    if (event.kind !== 'member') continue;
    const path = members.admit(event.member, 'kept');
    if (path.includes('\ufffd')) {
      context.notes.add('BYTES_NOT_UNDERSTOOD', `${path}: the name of a member isn't UTF-8`);
    }
    if (event.member.kind === 'refused') yield [members.refused(path, event.member.reason ?? 'unknown')];
    if (event.member.kind !== 'file') continue;
    const data = dataOf(events);
    // Nothing is compressed in a TAR archive, so there is no ratio to look at.
    const bytes = counts ? expansion.count(data, () => Number.POSITIVE_INFINITY) : data;
    yield members.file(path, event.member, bytes);
  }
}

/** The data up to the end of a member. The events go on behind it, so they aren't closed. */
async function* dataOf(events: AsyncGenerator<TarEvent>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) throw new FileBrokenError('TAR', 'a member has no end');
    if (next.value.kind === 'end') return;
    if (next.value.kind === 'data') yield next.value.bytes;
  }
}
