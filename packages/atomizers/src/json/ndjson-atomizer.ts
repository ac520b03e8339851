import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { FileBrokenError, ValueTooLargeError } from '../errors.ts';
import { fileExtension } from '../file-extension.ts';
import { FlattenedDrafts } from '../flattened-drafts.ts';
import type { AtomizerLimits } from '../options.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { type Line, LineSplitter } from '../text/line-splitter.ts';
import { jsonDrafts } from './json-drafts.ts';
import { JsonReader, type JsonRecord, type JsonValue } from './json-reader.ts';

/** JSON values, one a line: each line is a record, the parent of its values, whose pointers start at the line. */
export const ndjsonAtomizer: Atomizer = {
  name: 'ndjson',
  mediaType: 'application/x-ndjson',
  input: 'text',
  reproduces: 'nothing',
  offsetUnit: 'byte',
  detect(head, name) {
    const extension = fileExtension(name);
    const text = textOfHead(head);
    if (text === null) return 0;
    if (['ndjson', 'jsonl', 'ldjson', 'jsonlines', 'geojsonl', 'geojsons'].includes(extension)) return 0.75;
    // Spark, MongoDB and BigQuery call records one a line JSON too.
    return ['json', 'geojson'].includes(extension) && hasRecordPerLine(text) ? 0.75 : 0;
  },
  atomize: (source, context) => new FlattenedDrafts(draftsOfPieces(source, context)),
};

async function* draftsOfPieces(
  source: AtomizerSource,
  { limits, signal }: AtomizerContext,
): AsyncGenerator<Iterable<AtomDraft>> {
  const drafts = new DraftSequence();
  const lines = new LineSplitter(limits.maxValueBytes);
  let offset = 0;
  const draftsOf = function* (complete: Iterable<Line>): Generator<AtomDraft> {
    for (const line of complete) {
      const bytes = Buffer.from(line.text);
      if (bytes.length >= limits.maxValueBytes) {
        throw new ValueTooLargeError('NDJSON', `line ${line.number}`, limits.maxValueBytes);
      }
      const record = line.text.trim() === '' ? undefined : readLine(bytes, line, limits);
      if (record !== undefined) yield* jsonDrafts(drafts, record, { offset, metadata: { line: line.number } });
      offset += bytes.length;
    }
  };
  for await (const piece of decodeText(source, signal)) yield draftsOf(lines.push(withoutSeparators(piece)));
  yield draftsOf(lines.end());
}

/** Lines recognised without a parser, which costs more to create than they do. */
const emptyTypes = new Map<string, JsonValue['type']>([
  ['{}', 'object'],
  ['[]', 'array'],
  ['null', 'null'],
]);

function readLine(bytes: Buffer, line: Line, limits: AtomizerLimits): JsonRecord {
  const text = line.text.trim();
  const empty = emptyTypes.get(text);
  if (empty !== undefined) {
    const raw = Buffer.from(text);
    return { value: { pointer: '', type: empty, raw, text, start: bytes.indexOf(raw) }, values: [] };
  }
  try {
    const reader = new JsonReader(limits, bytes.length);
    const values = [...reader.push(bytes), ...reader.end()].flatMap(flatten);
    const [only] = values;
    const raw = Buffer.from(text);
    // A scalar or an empty container is the whole line.
    if (values.length === 1 && only?.pointer === '') return { value: only, values: [] };
    const type = text.startsWith('[') ? 'array' : 'object';
    return { value: { pointer: '', type, raw, text, start: bytes.indexOf(raw) }, values };
  } catch (error) {
    if (!(error instanceof FileBrokenError)) throw error;
    throw new FileBrokenError(
      'NDJSON',
      `line ${line.number}: ${error.message.replace(/^.*?as JSON: (?:line \d+, )?/, '').replace(/\.$/, '')}`,
      error,
    );
  }
}

/** The scalars of a record; the line is the only parent. */
function flatten(record: JsonRecord): readonly JsonValue[] {
  return record.values.length === 0 ? [record.value] : record.values;
}

/** Whether the first two lines with anything on them are an object or array each. */
function hasRecordPerLine(head: string): boolean {
  const lines = withoutSeparators(head)
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '');
  const [first = '', second = ''] = lines;
  return isContainer(first) && (lines.length > 2 ? isContainer(second) : /^\s*[[{]/.test(second));
}

function isContainer(line: string): boolean {
  if (!/^\s*[[{]/.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch (error) {
    // The parser says by this that it isn't JSON.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** RFC 7464 begins each text of a sequence with a record separator. */
export function withoutSeparators(text: string): string {
  return text.replaceAll('\u001e', ' ');
}
