import type { SqlError } from '../../errors.ts';
import { unsupported } from '../../unsupported.ts';
import { documentTypeForbidden, type XmlErrorNumber, xmlError } from './errors.ts';
import { beginsName, firstIllegal, isInName, isSpace } from './xml-characters.ts';
import { isWideEncoding, namesEncoding } from './xml-encoding.ts';
import { NamespaceScopes, type RawAttribute, type XmlTag } from './xml-namespaces.ts';

/** What a scan comes by, in the order of the text. Line ends are normalized, references are replaced. */
export interface XmlEvents {
  startElement(tag: XmlTag): void;
  /** Also follows the start of an element that closes itself. */
  endElement(): void;
  /** @param isWritten nothing of it comes from a reference or a CDATA section */
  text(value: string, isWritten: boolean): void;
  comment(value: string): void;
  instruction(target: string, value: string): void;
}

export interface XmlScanOptions {
  /** What the text came from: a declaration that names another kind of encoding is refused. */
  readonly encoding?: 'utf-16' | 'bytes' | undefined;
  /** One element with nothing but comments and processing instructions beside it; else a fragment may be anything, or empty. */
  readonly isDocument?: boolean;
  /** A document type is what the caller allows, and what the emulator doesn't have. */
  readonly allowsDocumentType?: boolean;
}

/**
 * Reads XML from front to back as SQL Server's parser does; the only one in the emulator. Errors stand at the character at
 * which the parser stops: what is wrong with a tag's prefixes or attributes at its `>`, a reference at its `;`, a text that
 * ends too early at its last character. Source: numbers and places as others have seen them of SQL Server 2025.
 *
 * @throws {SqlError} 9400 and on with line and character, 6359 for a document type
 */
export function scanXml(text: string, events: XmlEvents, options: XmlScanOptions = {}): void {
  new XmlScanner(text, events, options).scan();
}

const entities = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

class XmlScanner {
  readonly #text: string;
  readonly #events: XmlEvents;
  readonly #options: XmlScanOptions;
  readonly #start: number;
  readonly #illegalAt: number;
  readonly #open: string[] = [];
  readonly #scopes = new NamespaceScopes();
  #hasContent = false;
  #hasRoot = false;
  #at: number;

  constructor(text: string, events: XmlEvents, options: XmlScanOptions) {
    this.#text = text;
    this.#events = events;
    this.#options = options;
    this.#start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    this.#at = this.#start;
    this.#illegalAt = firstIllegal(text) ?? Number.POSITIVE_INFINITY;
  }

  scan(): void {
    const text = this.#text;
    while (this.#at < text.length) {
      if (text.charCodeAt(this.#at) === 0x3c) this.#markup();
      else this.#characters();
    }
    if (this.#open.length > 0 || (this.#options.isDocument === true && !this.#hasRoot)) throw this.#ended();
    if (this.#illegalAt < text.length) throw this.#error(9420, this.#illegalAt);
  }

  /** What is wrong first: a character that XML doesn't allow may stand before the place where the parser stopped. */
  #error(number: XmlErrorNumber, at: number): SqlError {
    if (this.#illegalAt < at) return xmlError(9420, this.#text, this.#illegalAt);
    return xmlError(number, this.#text, at);
  }

  #ended(number: XmlErrorNumber = 9400): SqlError {
    return this.#error(number, this.#text.length);
  }

  #markup(): void {
    const next = this.#text.charCodeAt(this.#at + 1);
    if (next === 0x2f) this.#endTag();
    else if (next === 0x21) this.#bang();
    else if (next === 0x3f) this.#instruction();
    else this.#startTag();
  }

  /** Text up to the next tag. */
  #characters(): void {
    const text = this.#text;
    const start = this.#at;
    const next = text.indexOf('<', start);
    const end = next === -1 ? text.length : next;
    if (this.#open.length === 0) {
      this.#skipSpaces();
      if (this.#at < end) {
        this.#hasContent = true;
        if (this.#options.isDocument === true) throw this.#error(9422, this.#at);
      }
    }
    const raw = text.slice(start, end);
    const close = raw.indexOf(']]>');
    const isWritten = !raw.includes('&');
    const value = isWritten ? raw : this.#resolved(start, close === -1 ? end : start + close);
    if (close !== -1) throw this.#error(9454, start + close);
    this.#at = end;
    this.#events.text(isWritten ? withLineFeeds(value) : value, isWritten);
  }

  /** Text with its references replaced and its line ends normalized. */
  #resolved(start: number, end: number): string {
    let value = '';
    for (let from = start; from < end; ) {
      const next = this.#text.indexOf('&', from);
      const stop = next === -1 || next > end ? end : next;
      value += withLineFeeds(this.#text.slice(from, stop));
      if (stop === end) break;
      this.#at = stop;
      value += this.#reference();
      from = this.#at;
    }
    return value;
  }

  #reference(): string {
    const text = this.#text;
    const start = this.#at + 1;
    if (start >= text.length) throw this.#ended();
    if (text.charCodeAt(start) === 0x23) return this.#characterReference(start + 1);
    if (!beginsName(text.charCodeAt(start))) throw this.#error(9421, start);
    this.#at = start;
    const name = this.#plainName();
    this.#expectSemicolon();
    const value = entities.get(name);
    if (value === undefined) throw this.#error(9448, this.#at);
    this.#at++;
    return value;
  }

  #characterReference(start: number): string {
    const text = this.#text;
    const isHexadecimal = text.charAt(start) === 'x';
    const digits = isHexadecimal ? /[0-9A-Fa-f]*/y : /[0-9]*/y;
    digits.lastIndex = isHexadecimal ? start + 1 : start;
    const [written = ''] = digits.exec(text) ?? [];
    if (written === '') throw this.#error(isHexadecimal ? 9416 : 9417, digits.lastIndex);
    this.#at = digits.lastIndex;
    this.#expectSemicolon();
    const code = Number.parseInt(written, isHexadecimal ? 16 : 10);
    if (code > 0x10ffff) throw this.#error(9420, this.#at);
    const character = String.fromCodePoint(code);
    if (firstIllegal(character) !== undefined) throw this.#error(9420, this.#at);
    this.#at++;
    return character;
  }

  #expectSemicolon(): void {
    if (this.#text.charCodeAt(this.#at) !== 0x3b) throw this.#error(9411, this.#at);
  }

  #skipSpaces(): boolean {
    const start = this.#at;
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#at > start;
  }

  /** A name of an entity or a processing instruction. */
  #plainName(): string {
    const start = this.#at;
    for (let code = this.#text.charCodeAt(start); isInName(code) || code === 0x3a; ) {
      code = this.#text.charCodeAt(++this.#at);
    }
    return this.#text.slice(start, this.#at);
  }

  /** A name with a prefix or without. */
  #name(): string {
    const start = this.#at;
    this.#namePart();
    if (this.#text.charCodeAt(this.#at) === 0x3a) {
      this.#at++;
      this.#namePart();
      if (this.#text.charCodeAt(this.#at) === 0x3a) throw this.#error(9456, this.#at);
    }
    return this.#text.slice(start, this.#at);
  }

  #namePart(): void {
    const text = this.#text;
    if (this.#at >= text.length) throw this.#ended();
    if (!beginsName(text.charCodeAt(this.#at))) throw this.#error(9455, this.#at);
    do this.#at++;
    while (isInName(text.charCodeAt(this.#at)));
  }

  #endTag(): void {
    if (this.#open.length === 0 && !this.#hasContent) throw this.#error(9455, this.#at + 1);
    this.#at += 2;
    const name = this.#name();
    this.#skipSpaces();
    if (this.#text.charCodeAt(this.#at) !== 0x3e) throw this.#error(9412, this.#at);
    if (this.#open.pop() !== name) throw this.#error(9436, this.#at);
    this.#at++;
    this.#scopes.leave();
    this.#events.endElement();
  }

  #startTag(): void {
    const text = this.#text;
    if (this.#options.isDocument === true && this.#hasRoot && this.#open.length === 0)
      throw this.#error(9435, this.#at + 1);
    this.#at++;
    const name = this.#name();
    const attributes: RawAttribute[] = [];
    for (;;) {
      const isSpaced = this.#skipSpaces();
      const code = text.charCodeAt(this.#at);
      if (code === 0x3e || code === 0x2f) break;
      if (Number.isNaN(code)) throw this.#ended();
      if (!isSpaced) throw this.#error(attributes.length === 0 ? 9455 : 9410, this.#at);
      attributes.push(this.#attribute());
    }
    const closesItself = text.charCodeAt(this.#at) === 0x2f;
    if (closesItself) this.#at++;
    if (text.charCodeAt(this.#at) !== 0x3e) throw this.#error(9412, this.#at);
    this.#hasContent = true;
    this.#hasRoot = true;
    const tag = this.#scopes.enter(name, attributes);
    if (typeof tag === 'number') throw this.#error(tag, this.#at);
    this.#at++;
    this.#events.startElement(tag);
    if (closesItself) {
      this.#scopes.leave();
      this.#events.endElement();
    } else this.#open.push(name);
  }

  #attribute(): RawAttribute {
    const text = this.#text;
    const name = this.#name();
    this.#skipSpaces();
    if (text.charCodeAt(this.#at) !== 0x3d) throw this.#error(9414, this.#at);
    this.#at++;
    this.#skipSpaces();
    const quote = text.charAt(this.#at);
    if (quote !== '"' && quote !== "'") throw this.#error(9413, this.#at);
    const start = this.#at + 1;
    const found = text.indexOf(quote, start);
    const raw = text.slice(start, found === -1 ? text.length : found);
    const bracket = raw.indexOf('<');
    const value = this.#attributeValue(start, start + (bracket === -1 ? raw.length : bracket));
    if (bracket !== -1) throw this.#error(9415, start + bracket);
    if (found === -1) throw this.#ended();
    this.#at = found + 1;
    return { name, value };
  }

  /** Literal white space becomes spaces; what is written as a reference stays. */
  #attributeValue(start: number, end: number): string {
    let value = '';
    for (let from = start; from < end; ) {
      const next = this.#text.indexOf('&', from);
      const stop = next === -1 || next > end ? end : next;
      const plain = this.#text.slice(from, stop);
      value += /[\t\r\n]/.test(plain) ? plain.replace(/\r\n|[\t\r\n]/g, ' ') : plain;
      if (stop === end) break;
      this.#at = stop;
      value += this.#reference();
      from = this.#at;
    }
    return value;
  }

  /** Comment, CDATA section or document type. */
  #bang(): void {
    const next = this.#text.charAt(this.#at + 2);
    if (next === '-') this.#comment();
    else if (next === '[') this.#cdata();
    else if (next === 'D' && this.#open.length === 0) throw this.#documentType();
    else throw this.#error(9422, this.#at + 2);
  }

  #comment(): void {
    const text = this.#text;
    const start = this.#at + 4;
    if (text.charCodeAt(start - 1) !== 0x2d) throw this.#error(9424, start - 1);
    const end = text.indexOf('--', start);
    if (end === -1) throw this.#ended(9424);
    if (text.charCodeAt(end + 2) !== 0x3e) throw this.#error(9412, end + 2);
    this.#at = end + 3;
    this.#events.comment(withLineFeeds(text.slice(start, end)));
  }

  #cdata(): void {
    const text = this.#text;
    const start = this.#opened('<![CDATA[', 9423);
    if (this.#options.isDocument === true && this.#open.length === 0) throw this.#error(9422, this.#at + 2);
    const end = text.indexOf(']]>', start);
    if (end === -1) throw this.#ended(9423);
    this.#at = end + 3;
    this.#hasContent = true;
    if (end > start) this.#events.text(withLineFeeds(text.slice(start, end)), false);
  }

  /** Behind a keyword that has begun. */
  #opened(keyword: string, number: XmlErrorNumber): number {
    for (let index = 2; index < keyword.length; index++) {
      if (this.#text[this.#at + index] !== keyword[index]) throw this.#error(number, this.#at + index);
    }
    return this.#at + keyword.length;
  }

  /** A document type is refused when it is whole. */
  #documentType(): SqlError {
    const start = this.#opened('<!DOCTYPE', 9422);
    let depth = 0;
    for (const { 0: part } of this.#text.slice(start).matchAll(/"[^"]*"|'[^']*'|["'[\]>]/g)) {
      if (part === '"' || part === "'") break;
      if (part === '[') depth++;
      if (part === ']') depth--;
      if (part !== '>' || depth > 0) continue;
      if (this.#options.allowsDocumentType === true) unsupported('XML with a DTD');
      return documentTypeForbidden();
    }
    return this.#ended();
  }

  #instruction(): void {
    const text = this.#text;
    const start = this.#at;
    this.#at += 2;
    if (this.#at >= text.length) throw this.#ended();
    if (!beginsName(text.charCodeAt(this.#at))) throw this.#error(9421, this.#at);
    const target = this.#plainName();
    if (target === 'xml') {
      if (start !== this.#start) throw this.#error(9438, this.#at);
      this.#declaration();
      return;
    }
    if (target.toLowerCase() === 'xml') throw this.#error(9439, this.#at);
    if (this.#at >= text.length) throw this.#ended(9451);
    if (!this.#skipSpaces() && text.charCodeAt(this.#at) !== 0x3f) throw this.#error(9421, this.#at);
    const end = text.indexOf('?>', this.#at);
    if (end === -1) throw this.#ended(9451);
    const value = withLineFeeds(text.slice(this.#at, end));
    this.#at = end + 2;
    this.#events.instruction(target, value);
  }

  /** Version, encoding, standalone, in this order. */
  #declaration(): void {
    const text = this.#text;
    const names = ['version', 'encoding', 'standalone'];
    let next = 0;
    let encoding: string | undefined;
    for (;;) {
      const isSpaced = this.#skipSpaces();
      if (this.#at >= text.length) throw this.#ended();
      if (text.charCodeAt(this.#at) === 0x3f) break;
      if (!isSpaced) throw this.#error(9441, this.#at);
      const start = this.#at;
      while (/[A-Za-z]/.test(text.charAt(this.#at))) this.#at++;
      const index = names.indexOf(text.slice(start, this.#at));
      if (index < next || (next === 0 && index !== 0)) throw this.#error(9441, this.#at);
      next = index + 1;
      const value = this.#declaredValue();
      if (index === 1) encoding = value;
      else if (index === 0 ? value !== '1.0' : value !== 'yes' && value !== 'no') throw this.#error(9441, this.#at - 1);
    }
    this.#at++;
    if (this.#at >= text.length) throw this.#ended();
    if (text.charCodeAt(this.#at) !== 0x3e || next === 0) throw this.#error(9441, this.#at);
    if (encoding !== undefined && this.#options.encoding !== undefined) {
      if (!namesEncoding(encoding)) throw this.#error(9401, this.#at);
      if (isWideEncoding(encoding) !== (this.#options.encoding === 'utf-16')) throw this.#error(9402, this.#at);
    }
    this.#at++;
  }

  #declaredValue(): string {
    const text = this.#text;
    this.#skipSpaces();
    if (this.#at >= text.length) throw this.#ended();
    if (text.charCodeAt(this.#at) !== 0x3d) throw this.#error(9441, this.#at);
    this.#at++;
    this.#skipSpaces();
    if (this.#at >= text.length) throw this.#ended();
    const quote = text.charAt(this.#at);
    if (quote !== '"' && quote !== "'") throw this.#error(9441, this.#at);
    const start = this.#at + 1;
    const end = text.indexOf(quote, start);
    if (end === -1) throw this.#ended();
    this.#at = end + 1;
    return text.slice(start, end);
  }
}

function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
