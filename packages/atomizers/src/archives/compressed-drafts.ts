import { type Atomizer, type AtomizerContext, type AtomizerSource, headBytes } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import type { ExpansionBudget } from '../expansion-budget.ts';
import { fileExtension } from '../file-extension.ts';
import { type DraftsOfPiece, FlattenedDrafts } from '../flattened-drafts.ts';
import { readBlocks } from '../source-reading.ts';
import { MemberDrafts } from './member-drafts.ts';
import { memberVariant } from './member-variant.ts';
import { tarDrafts } from './tar-atomizer.ts';
import { isTar } from './tar-header.ts';

/** Expands the bytes of a compressed file, counted by the budget; may tell of bytes behind its end that aren't its. */
export type Expand = (
  blocks: AsyncIterable<Uint8Array>,
  expansion: ExpansionBudget,
  onBytesBehind: (count: number) => void,
) => AsyncIterable<Uint8Array>;

/**
 * How an atomizer reads compressed files: what is in one is its only member; of a compressed TAR archive (tar.gz, tar.xz) its members, as
 * they come. The member's name is the file's own, so that decides how it is read.
 *
 * @param extension of compressed files, which what is in them doesn't have
 */
export function compressedReading(expand: Expand, extension: RegExp): Required<Pick<Atomizer, 'variant' | 'atomize'>> {
  return {
    variant: (source) => memberVariant(fileExtension(innerName(source.name, extension)), source),
    atomize: (source, context) => new FlattenedDrafts(draftsOfMembers(source, context, expand, extension)),
  };
}

async function* draftsOfMembers(
  source: AtomizerSource,
  context: AtomizerContext,
  expand: Expand,
  extension: RegExp,
): AsyncGenerator<DraftsOfPiece> {
  const { signal, notes } = context;
  const noteBehind = (count: number): void =>
    notes.add('BYTES_AROUND_ARCHIVE', `${source.name}: behind its end`, count);
  const expansion = context.expansion.enter();
  const expanded = readBlocks({ open: () => expand(readBlocks(source, signal), expansion, noteBehind) }, signal);
  const first = await expanded.next();
  const head = first.done === true ? new Uint8Array() : first.value;
  const all = async function* (): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    yield* expanded;
  };
  try {
    if (isTar(head.subarray(0, headBytes))) {
      yield* tarDrafts({ ...source, open: all }, context, false);
      return;
    }
    const member = { name: innerName(source.name, extension), kind: 'file' } as const;
    const members = new MemberDrafts(new DraftSequence(), { ...context, expansion }, source.encoding);
    yield members.file(members.admit(member), member, all());
  } finally {
    await expanded.return(undefined);
  }
}

/** The file's own name without its last extension; the one inside of the file is for the machine that made it. */
function innerName(name: string, extension: RegExp): string {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  // A compressed archive may have one extension for both.
  const inner = base.replace(/\.(t[gx]z|tbz2?|tzst)$/i, '.tar').replace(extension, '');
  return /^\.{0,2}$/.test(inner) ? 'content' : inner;
}
