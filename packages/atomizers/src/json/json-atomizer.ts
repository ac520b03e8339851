import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { AtomizerError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import { resolveLimits } from '../options.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { jsonDrafts } from './json-drafts.ts';
import { JsonReader } from './json-reader.ts';
import { isJsonWithComments } from './json-with-comments.ts';
import { withoutSeparators } from './ndjson-atomizer.ts';

const extensions = ['json', 'geojson', 'jsonld', 'ipynb', 'webmanifest', 'map'];

/**
 * JSON: scalars and empty containers with their pointers. Elements of the outermost array that are objects or arrays
 * are records, parents of their values, unless they are longer than `maxSectionLength`.
 */
export const jsonAtomizer: Atomizer = {
  name: 'json',
  mediaType: 'application/json',
  input: 'text',
  reproduces: 'nothing',
  offsetUnit: 'byte',
  detect(head, name) {
    const text = textOfHead(head);
    if (text === null) return 0;
    // Comments and commas behind the last value: people's settings, which are read as source code.
    if (extensions.includes(fileExtension(name))) return isJsonWithComments(text) ? 0.1 : 0.7;
    return /^\s*[[{]/.test(text) && fileExtension(name) === '' && isJsonSoFar(text) ? 0.5 : 0;
  },
  async *atomize(source: AtomizerSource, { limits, signal }: AtomizerContext): AsyncGenerator<AtomDraft> {
    const drafts = new DraftSequence();
    const reader = new JsonReader(limits);
    for await (const piece of decodeText(source, signal)) {
      for (const record of reader.push(Buffer.from(withoutSeparators(piece)))) {
        for (const draft of jsonDrafts(drafts, record)) yield draft;
      }
    }
    for (const record of reader.end()) yield* jsonDrafts(drafts, record);
  },
};

function isJsonSoFar(text: string): boolean {
  try {
    new JsonReader(resolveLimits()).push(Buffer.from(text));
    return true;
  } catch (error) {
    if (error instanceof AtomizerError) return false;
    throw error;
  }
}
