import type { AtomDraft, AtomizerSource } from '../src/atomizer.ts';
import type { AtomizeOptions } from '../src/atomizer-registry.ts';
import { createDefaultRegistry } from '../src/default-registry.ts';

/** A source that hands its bytes out in pieces of the given lengths, used round and round. */
export function slicedSource(name: string, bytes: Uint8Array, lengths: readonly number[]): AtomizerSource {
  return {
    name,
    size: bytes.length,
    async *open() {
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const length = lengths[turn % lengths.length] ?? bytes.length;
        yield bytes.subarray(at, at + length);
        at += length;
      }
    },
  };
}

/** All drafts of a file, with the name of its atomizer. */
export async function atomize(
  source: AtomizerSource,
  options: AtomizeOptions = {},
): Promise<{ readonly atomizer: string; readonly drafts: readonly AtomDraft[] }> {
  const file = await createDefaultRegistry().atomize(source, options);
  const drafts: AtomDraft[] = [];
  for await (const draft of file.drafts) drafts.push(draft);
  return { atomizer: file.atomizer.name, drafts };
}

/** The same, with the codes of the notes. */
export async function atomizeWithNotes(source: AtomizerSource): Promise<{
  readonly atomizer: string;
  readonly drafts: readonly AtomDraft[];
  readonly notes: readonly string[];
}> {
  const file = await createDefaultRegistry().atomize(source);
  const drafts: AtomDraft[] = [];
  for await (const draft of file.drafts) drafts.push(draft);
  return { atomizer: file.atomizer.name, drafts, notes: file.reading().notes.map(({ code }) => code) };
}

/** The contents of the leaves, one after the other. */
export function leafBytes(drafts: readonly AtomDraft[]): Buffer {
  return Buffer.concat(drafts.filter((draft) => draft.isLeaf).map((draft) => draft.content));
}

/** The text of a draft's content. */
export function textOf(draft: AtomDraft): string {
  return Buffer.from(draft.content).toString('utf8');
}
