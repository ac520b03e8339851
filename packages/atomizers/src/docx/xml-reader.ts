import { SaxesParser } from 'saxes';
import type { AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { FileBrokenError, NestingTooDeepError, ValueTooLargeError, XmlDoctypeError } from '../errors.ts';
import { declaredEncoding } from '../text/declared-encoding.ts';
import { decodeText } from '../text/decode-text.ts';
import { isKnownEncoding } from '../text/stream-decoder.ts';

/** Far beyond any list of styles or sheets; what is read of such a part is in memory. */
const maxWholePartBytes = 32 * 1024 * 1024;

/** Characters that take about as long to read as an element: OpenDocument has long names. */
const charactersPerElement = 100;

/** Formats whose parts may name a document type, as OpenOffice 2 and old books do; one that declares something is still refused. */
const formatsWithDoctype: ReadonlySet<string> = new Set(['OpenDocument', 'EPUB']);

/** Attributes by their names without prefix. */
export type XmlAttributes = Readonly<Record<string, string>>;

/** What is done with an XML document as it comes. Names are without prefix: Office always uses the same vocabulary. */
export interface XmlHandler {
  open(name: string, attributes: XmlAttributes): void;
  close(name: string): void;
  text(text: string): void;
}

/**
 * Reads an XML document piece by piece and yields after each, so that what the handler has gathered can be taken.
 * A DOCTYPE is refused, but for OpenDocument and EPUB one that declares nothing: nothing is ever expanded or fetched.
 *
 * @param part what the document is called in errors
 * @param format what its file is called there
 * @throws XmlDoctypeError, FileBrokenError, NestingTooDeepError, ValueTooLargeError, ArchiveBombError
 */
export async function* readXml(
  bytes: AsyncIterable<Uint8Array>,
  part: string,
  handler: XmlHandler,
  { limits, signal, expansion }: Pick<AtomizerContext, 'limits' | 'signal' | 'expansion'>,
  format = 'DOCX',
): AsyncGenerator<undefined> {
  const parser = new SaxesParser({ position: true });
  let depth = 0;
  let sinceEvent = 0;
  let elements = 0;
  parser.on('doctype', (doctype) => {
    if (!formatsWithDoctype.has(format) || doctype.includes('[')) throw new XmlDoctypeError(part);
  });
  parser.on('error', (error) => {
    throw new FileBrokenError(format, `${part}: ${error.message}`, error);
  });
  parser.on('opentag', ({ name, attributes }) => {
    sinceEvent = 0;
    depth += 1;
    if (depth > limits.maxNesting) throw new NestingTooDeepError(format, limits.maxNesting);
    const local = localAttributes(attributes);
    elements += 1;
    if (local !== noAttributes) elements += Object.keys(local).length / 2;
    handler.open(localName(name), local);
  });
  parser.on('closetag', ({ name }) => {
    sinceEvent = 0;
    depth -= 1;
    handler.close(localName(name));
  });
  parser.on('text', (text) => handler.text(text));
  parser.on('cdata', (text) => handler.text(text));
  for await (const piece of decodeText(await declaredSource(part, bytes), signal)) {
    sinceEvent += piece.length;
    parser.write(piece);
    expansion.addElements(elements + piece.length / charactersPerElement);
    elements = 0;
    if (sinceEvent > limits.maxValueBytes) throw new ValueTooLargeError(format, part, limits.maxValueBytes);
    yield;
  }
  parser.close();
  yield;
}

/**
 * Reads an XML document at once, for small ones.
 *
 * @throws as {@link readXml}; ValueTooLargeError beyond 32 MiB
 */
export async function readWholeXml(
  bytes: AsyncIterable<Uint8Array>,
  part: string,
  handler: XmlHandler,
  context: Pick<AtomizerContext, 'limits' | 'signal' | 'expansion'>,
  format = 'DOCX',
): Promise<void> {
  async function* counted(): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const piece of bytes) {
      size += piece.length;
      if (size > maxWholePartBytes) {
        throw new ValueTooLargeError(format, part, maxWholePartBytes, 'the most of a part that is read at once');
      }
      yield piece;
    }
  }
  for await (const _ of readXml(counted(), part, handler, context, format));
}

/** A part in the encoding that its XML declaration says; without one it's UTF-8, or UTF-16 with a mark. */
async function declaredSource(part: string, bytes: AsyncIterable<Uint8Array>): Promise<AtomizerSource> {
  const pieces = bytes[Symbol.asyncIterator]();
  const first = await pieces.next();
  const head = first.done === true ? new Uint8Array() : first.value;
  const declared = declaredEncoding(Buffer.from(head.subarray(0, 200)).toString('latin1'));
  const isKnown = declared !== undefined && !/^utf-?(?:8|16)/.test(declared) && isKnownEncoding(declared);
  async function* open(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  }
  return { name: part, size: null, open, ...(isKnown && { encoding: declared }) };
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

const noAttributes: XmlAttributes = Object.freeze({});

function localAttributes(attributes: Readonly<Record<string, unknown>>): XmlAttributes {
  // A plain loop: a workbook may have millions of elements, most of them without attributes.
  let local: Record<string, string> | undefined;
  for (const name in attributes) {
    local ??= {};
    local[localName(name)] = String(attributes[name]);
  }
  return local ?? noAttributes;
}
