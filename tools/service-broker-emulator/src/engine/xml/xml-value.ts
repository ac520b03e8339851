import { decodeUtf16, decodeVarchar } from '../types/code-page.ts';
import type { SqlVariant } from '../types/sql-value.ts';
import { XML } from '../types/type-info.ts';
import { xmlError } from './xml-errors.ts';
import type { XmlDocument, XmlNode } from './xml-node.ts';
import { parseXml, type XmlParseOptions } from './xml-parser.ts';
import { serializeXml } from './xml-serializer.ts';

/** The xml value of a text: checked, without its declaration, and in SQL Server's own writing. @throws {SqlError} 9400 and on */
export function parseXmlValue(text: string, options: XmlParseOptions = {}): string {
  return serializeXml(parseXml(text, options));
}

/**
 * Text of XML bytes: by byte order mark, else by how the bytes begin, else by the declaration, else UTF-8.
 *
 * @throws {SqlError} 9402 when the declaration names an encoding that the bytes are not in
 */
export function xmlTextOfBytes(bytes: Uint8Array): string {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return decodeUtf16(bytes.subarray(2));
  if (first === 0xfe && second === 0xff) return decodeUtf16(swapped(bytes.subarray(2)));
  if (first === 0x3c && second === 0) return decodeUtf16(bytes);
  if (first === 0 && second === 0x3c) return decodeUtf16(swapped(bytes));
  if (first === 0xef && second === 0xbb && third === 0xbf) return Buffer.from(bytes.subarray(3)).toString('utf8');
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const encoding = /^<\?xml\s[^?]*?encoding\s*=\s*["']([^"']*)["']/.exec(head)?.[1]?.toLowerCase();
  if (encoding === 'utf-16' || encoding === 'ucs-2') throw xmlError(9402, head, head.indexOf('?>') - 1);
  if (encoding === 'windows-1252' || encoding === 'iso-8859-1') return decodeVarchar(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
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
  readonly baseType = XML;
  readonly node: XmlNode;

  constructor(node: XmlNode) {
    this.node = node;
  }

  get value(): string {
    return serializeXml(this.node);
  }
}

/** Recently parsed values: a batch calls several methods on the same message body. More would only hold memory. */
const CACHED_DOCUMENTS = 16;
/** Larger texts are not kept, so that the cache stays small. */
const CACHED_TEXT_LENGTH = 262_144;
const documents = new Map<string, XmlDocument>();

/** The parsed form of an xml value. */
export function documentOf(value: string): XmlDocument {
  const known = documents.get(value);
  if (known !== undefined) return known;
  const document = parseXml(value, { preserveWhitespace: true });
  if (value.length > CACHED_TEXT_LENGTH) return document;
  if (documents.size >= CACHED_DOCUMENTS) {
    for (const oldest of documents.keys()) {
      documents.delete(oldest);
      break;
    }
  }
  documents.set(value, document);
  return document;
}
