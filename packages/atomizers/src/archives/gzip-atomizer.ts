import { type AtomDraft, type Atomizer, type AtomizerContext, type AtomizerSource, headBytes } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { readBlocks } from '../source-reading.ts';
import { gunzip } from './gunzip.ts';
import { MemberDrafts } from './member-drafts.ts';
import { tarDrafts } from './tar-atomizer.ts';
import { isTar } from './tar-header.ts';

/** gzip: what is in it, as its only member; of a compressed TAR archive (tar.gz) its members, as they come. */
export const gzipAtomizer: Atomizer = {
  name: 'gzip',
  mediaType: 'application/gzip',
  input: 'bytes',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect: (head) => (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8 ? 0.95 : 0),
  async *atomize(source: AtomizerSource, context: AtomizerContext): AsyncGenerator<AtomDraft> {
    const { signal } = context;
    const expansion = context.expansion.enter();
    const expanded = readBlocks({ open: () => gunzip(readBlocks(source, signal), expansion) }, signal);
    const first = await expanded.next();
    const head = first.done === true ? new Uint8Array() : first.value;
    const all = async function* (): AsyncGenerator<Uint8Array> {
      if (head.length > 0) yield head;
      yield* expanded;
    };
    try {
      if (isTar(head.subarray(0, headBytes))) {
        yield* tarDrafts({ open: all }, context, false);
        return;
      }
      const member = { name: innerName(source.name), kind: 'file' } as const;
      const members = new MemberDrafts(new DraftSequence(), { ...context, expansion });
      yield* members.file(members.admit(member), member, all());
    } finally {
      await expanded.return(undefined);
    }
  },
};

/** The file's own name without `.gz`; the one inside of the file is for the machine that made it. */
function innerName(name: string): string {
  const base =
    name
      .split(/[/\\]/)
      .at(-1)
      ?.replace(/\.gz(?:ip)?$/i, '') ?? '';
  return /^\.{0,2}$/.test(base) ? 'content' : base;
}
