import { xmlError } from '../xml/errors.ts';
import { namesEncoding } from '../xml/xml-encoding.ts';
import type { XmlDocument, XmlNode } from '../xml/xml-node.ts';
import { parseXml, type XmlParseOptions } from '../xml/xml-parser.ts';
import { serializeXml } from '../xml/xml-serializer.ts';
import type { SqlVariant } from './sql-value.ts';
import { xmlType } from './type-info.ts';
import { decodeUtf16, decodeVarchar, encodeVarchar } from './varchar-bytes.ts';

/** The xml value of a text: checked, without its declaration, and in SQL Server's own writing. @throws {SqlError} 9400 and on */
export function parseXmlValue(text: string, options: XmlParseOptions = {}): string {
  return serializeXml(parseXml(text, options));
}

const declared = /^<\?xml\s[^?]*?encoding\s*=\s*["']([^"']*)["']/;

/** Names of encodings that the parser reads besides UTF-8 and UTF-16: code pages of one byte a character. */
const singleByte = /^(us-ascii|iso-8859-([1-9]|1[0135])|windows-(874|125[0-8]))$/;

/** XML text with the kind of encoding that it came in. */
interface XmlText {
  readonly text: string;
  readonly encoding: 'utf-16' | 'bytes';
}

/**
 * Text of XML bytes: by byte order mark, else by how the bytes begin, else by the declaration, else UTF-8.
 *
 * @throws {SqlError} 9401 when the declaration names no encoding, 9402 when it names one that the bytes are not in or that
 *   is not read, 9420 for broken UTF-8
 */
export function xmlTextOfBytes(bytes: Uint8Array): XmlText {
  const [first, second, third] = bytes;
  const wide = (text: string): XmlText => ({ text, encoding: 'utf-16' });
  if (first === 0xff && second === 0xfe) return wide(decodeUtf16(bytes.subarray(2)));
  if (first === 0xfe && second === 0xff) return wide(decodeUtf16(swapped(bytes.subarray(2))));
  if (first !== 0 && second === 0) return wide(decodeUtf16(bytes));
  if (first === 0 && second === 0x3c) return wide(decodeUtf16(swapped(bytes)));
  const start = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
  const head = Buffer.from(bytes.subarray(start, start + 200)).toString('latin1');
  const encoding = declared.exec(head)?.[1]?.toLowerCase() ?? 'utf-8';
  if (encoding === 'utf-8') return { text: decodeUtf8(bytes.subarray(start)), encoding: 'bytes' };
  if (!singleByte.test(encoding)) {
    throw xmlError(namesEncoding(encoding) ? 9402 : 9401, head, head.indexOf('?>') + 1);
  }
  if (encoding === 'windows-1252' || encoding === 'iso-8859-1')
    return { text: decodeVarchar(bytes), encoding: 'bytes' };
  return { text: new TextDecoder(encoding).decode(bytes), encoding: 'bytes' };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const text = Buffer.from(bytes).toString('utf8');
    throw xmlError(9420, text, text.indexOf('\uFFFD'));
  }
}

/** The xml value of bytes. @throws {SqlError} 9400 and on */
export function xmlValueOfBytes(bytes: Uint8Array, options: XmlParseOptions = {}): string {
  const { text, encoding } = xmlTextOfBytes(bytes);
  return parseXmlValue(text, { ...options, encoding });
}

/** The xml value of a varchar: a declaration says in which encoding its bytes are to be read. @throws {SqlError} 9400 and on */
export function xmlValueOfVarchar(text: string, collation: string | undefined, options: XmlParseOptions = {}): string {
  if (!declared.test(text.slice(0, 200))) return parseXmlValue(text, options);
  return xmlValueOfBytes(encodeVarchar(text, collation), options);
}

function swapped(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  return copy.swap16();
}

/**
 * A row of `nodes()`: a node inside its document, so that the parent axis works. It passes through rows in the form of
 * a variant of type xml; only the methods of xml read it.
 */
export class XmlNodeReference implements SqlVariant {
  readonly baseType = xmlType;
  readonly node: XmlNode;

  constructor(node: XmlNode) {
    this.node = node;
  }

  get value(): string {
    return serializeXml(this.node);
  }
}

/** Recently parsed values: a batch calls several methods on the same message body. More would only hold memory. */
const cachedDocuments = 16;
/** Larger texts are not kept, so that the cache stays small. */
const cachedTextLength = 262_144;
const documents = new Map<string, XmlDocument>();

/** The parsed form of an xml value. */
export function documentOf(value: string): XmlDocument {
  const known = documents.get(value);
  if (known !== undefined) return known;
  const document = parseXml(value, { preserveWhitespace: true });
  if (value.length > cachedTextLength) return document;
  if (documents.size >= cachedDocuments) {
    for (const oldest of documents.keys()) {
      documents.delete(oldest);
      break;
    }
  }
  documents.set(value, document);
  return document;
}
