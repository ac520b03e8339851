import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AtomDraft, AtomizerSource } from '../src/atomizer.ts';
import { bytesSource } from '../src/source-reading.ts';

const folder = join(import.meta.dirname, 'corpus');

/** Names of the files of the corpus. */
export const corpusNames: readonly string[] = readdirSync(folder)
  .filter((name) => !name.startsWith('.'))
  .sort();

/** A file of the corpus. */
export function corpusBytes(name: string): Buffer {
  return readFileSync(join(folder, name));
}

/** A file of the corpus as a source. */
export function corpusSource(name: string): AtomizerSource {
  return bytesSource(name, corpusBytes(name));
}

/** A draft in a line: all of it but what follows from the rest. */
export function draftLine(draft: AtomDraft): string {
  const { ordinal, parent, atomType, isLeaf, startOffset, endOffset, content, contentType, metadata, canonicalText } =
    draft;
  const text =
    canonicalText === null ? `${content.length} bytes` : JSON.stringify(Buffer.from(content).toString('utf8'));
  const where = startOffset === null ? '-' : `${startOffset}-${endOffset}`;
  const about = metadata === null ? '' : ` ${JSON.stringify(metadata)}`;
  return `${ordinal} ${parent ?? '-'} ${atomType} ${isLeaf ? 'leaf' : 'parent'} ${where} ${contentType.split(';')[0]} ${text}${about}`;
}
