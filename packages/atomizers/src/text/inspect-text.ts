import { type AtomizerSource, headBytes } from '../atomizer.ts';
import { EncodingInvalidError } from '../errors.ts';
import type { NoteCollector } from '../notes.ts';
import { readBlocks } from '../source-reading.ts';
import { type ChosenEncoding, chooseEncoding } from './choose-encoding.ts';
import { isKnownEncoding, streamDecoder } from './stream-decoder.ts';
import { TextInspection } from './text-inspection.ts';
import type { TextReading } from './text-reading.ts';

/** A source that is text, and its beginning. */
export interface InspectedText {
  /** The source with what is known of its encoding. Reading it adds notes. */
  readonly source: AtomizerSource;
  /** The first bytes in UTF-8. */
  readonly head: Uint8Array;
  /** Notes what was guessed: once it's sure that it's read as text. */
  note(): void;
}

/**
 * Reads a source from start to end to know whether it's text, and in which encoding.
 *
 * @param name `text`: the file's name is one of a text format
 * @param notes receives, while the text is read, what isn't valid
 * @returns null for bytes that aren't text
 * @throws EncodingInvalidError when the source states an encoding that isn't known
 */
export async function inspectText(
  source: AtomizerSource,
  name: 'text' | 'unknown',
  notes: NoteCollector,
  signal: AbortSignal,
): Promise<InspectedText | null> {
  if (source.encoding !== undefined && !isKnownEncoding(source.encoding))
    throw new EncodingInvalidError(source.encoding);
  const inspection = new TextInspection();
  for await (const block of readBlocks(source, signal)) inspection.add(block);
  inspection.end();
  const chosen = await chooseEncoding(inspection, name, source.encoding);
  if (chosen === null) return null;
  const onInvalid = (count: number, offset: number): void =>
    notes.add('BYTES_NOT_UNDERSTOOD', `${source.name}: not valid ${chosen.encoding} from byte ${offset} on`, count);
  const text: TextReading = { encoding: chosen.encoding, mode: chosen.mode, onInvalid };
  const decoder = streamDecoder({ ...text, onInvalid: () => undefined, mode: 'lenient' });
  const beginning = decoder.write(inspection.head);
  const head = inspection.bytes > inspection.head.length ? beginning : beginning + decoder.end();
  return {
    source: { ...source, text },
    head: Buffer.from(head).subarray(0, headBytes),
    note: () => noteEncoding(source, chosen, inspection, notes),
  };
}

function noteEncoding(
  { name }: AtomizerSource,
  { encoding, source, misstated }: ChosenEncoding,
  inspection: TextInspection,
  notes: NoteCollector,
): void {
  if (source === 'guessed') notes.add('ENCODING_GUESSED', `${name}: read as ${encoding}`);
  if (misstated !== undefined) {
    notes.add('ENCODING_MISSTATED', `${name}: says that it is in ${misstated}, read as ${encoding}`);
  }
  const controls = controlsIn(inspection, encoding);
  if (controls > 0) notes.add('CONTROL_CHARACTERS', `${name}: ${controls} control characters`, controls);
}

function controlsIn(inspection: TextInspection, encoding: string): number {
  const { controls, zeroCount, backspaces, wideControls } = inspection;
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return wideControls[encoding];
  // What has four bytes a character is too rare to be counted.
  return /^utf-32/.test(encoding) ? 0 : controls + zeroCount + backspaces;
}
