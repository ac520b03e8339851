import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { createDefaultRegistry } from '@hartonomous/atomizers';

/** What the atomizers read of a file. */
export interface AtomizedText {
  /** Of the leaves that have a text, one a line. */
  readonly text: string;
  /** Codes of the notes. */
  readonly notes: readonly string[];
}

/**
 * The text in a file's atoms.
 *
 * @throws AtomizerError
 */
export async function atomizedText(path: string): Promise<AtomizedText> {
  const blob = await openAsBlob(path);
  const source = { name: basename(path), size: blob.size, open: () => blob.stream() };
  const file = await createDefaultRegistry().atomize(source);
  const texts: string[] = [];
  for await (const draft of file.drafts)
    if (draft.isLeaf && draft.canonicalText !== null) texts.push(draft.canonicalText);
  return { text: texts.join('\n'), notes: file.reading().notes.map(({ code }) => code) };
}
