import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { AtomizerError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import { FlattenedDrafts } from '../flattened-drafts.ts';
import { parseLimits } from '../options.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { jsonDrafts } from './json-drafts.ts';
import { JsonReader, type JsonRecord } from './json-reader.ts';
import { isJsonWithComments } from './json-with-comments.ts';
import { withoutSeparators } from './ndjson-atomizer.ts';

const extensions = 'json geojson topojson jsonld ipynb webmanifest map har sarif avsc gltf'.split(' ');

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
  atomize: (source, context) => new FlattenedDrafts(draftsOfPieces(source, context)),
};

async function* draftsOfPieces(
  source: AtomizerSource,
  { limits, signal }: AtomizerContext,
): AsyncGenerator<Iterable<AtomDraft>> {
  const drafts = new DraftSequence();
  const reader = new JsonReader(limits);
  const draftsOf = function* (records: Iterable<JsonRecord>): Generator<AtomDraft> {
    for (const record of records) yield* jsonDrafts(drafts, record);
  };
  for await (const piece of decodeText(source, signal))
    yield draftsOf(reader.push(Buffer.from(withoutSeparators(piece))));
  yield draftsOf(reader.end());
}

function isJsonSoFar(text: string): boolean {
  try {
    new JsonReader(parseLimits()).push(Buffer.from(text));
    return true;
  } catch (error) {
    if (error instanceof AtomizerError) return false;
    throw error;
  }
}
