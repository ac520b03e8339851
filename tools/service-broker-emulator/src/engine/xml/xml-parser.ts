import { unsupported } from '../../unsupported.ts';
import { unexpectedEnd, xmlError } from './errors.ts';
import { forbidden, nameRest, nameStart } from './xml-characters.ts';
import {
  namespaceOf,
  type XmlAttribute,
  type XmlChild,
  type XmlDocument,
  type XmlElement,
  type XmlParent,
} from './xml-node.ts';

export interface XmlParseOptions {
  /** Keep text that is only white space between tags (CONVERT style 1). @default false */
  readonly preserveWhitespace?: boolean;
  /** What the text came from: a declaration that names another kind of encoding is refused. */
  readonly encoding?: 'utf-16' | 'bytes';
}

const spaces = /[ \t\r\n]*/y;
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const declarationPattern = /^<\?xml\s[^?]*?encoding\s*=\s*["']([^"']*)["']/;
/** Deeper nesting is refused by SQL Server too (error 6335). */
const MAXIMUM_DEPTH = 128;

/**
 * Parses an XML value: a document or a fragment (several elements, text at the top, nothing at all).
 *
 * @throws {SqlError} 9400 and on, with line and character, when the text is not well formed
 */
export function parseXml(text: string, options: XmlParseOptions = {}): XmlDocument {
  return new XmlParser(text, options).parse();
}

/** Where the first character stands that XML doesn't allow, half a surrogate pair among them. */
function firstIllegal(text: string): number | undefined {
  const found = forbidden.exec(text)?.index;
  if (text.isWellFormed()) return found;
  const lone = loneSurrogate.exec(text)?.index;
  return lone === undefined || (found !== undefined && found < lone) ? found : lone;
}

class XmlParser {
  readonly #text: string;
  readonly #preserve: boolean;
  readonly #encoding: 'utf-16' | 'bytes' | undefined;
  #at = 0;

  constructor(text: string, options: XmlParseOptions) {
    this.#text = text;
    this.#preserve = options.preserveWhitespace === true;
    this.#encoding = options.encoding;
  }

  parse(): XmlDocument {
    const text = this.#text;
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
    const document: XmlDocument = { kind: 'document', parent: undefined, children: [] };
    this.#declaration();
    const illegalAt = firstIllegal(text);
    let parent: XmlParent = document;
    let depth = 0;
    while (this.#at < text.length) {
      if (text.charCodeAt(this.#at) !== 0x3c) {
        this.#characters(parent);
        continue;
      }
      switch (text.charCodeAt(this.#at + 1)) {
        case 0x2f: {
          if (parent.kind === 'document') throw xmlError(9422, text, this.#at + 1);
          this.#endTag(parent);
          parent = parent.parent ?? document;
          depth--;
          break;
        }
        case 0x21:
          this.#bang(parent);
          break;
        case 0x3f:
          this.#instruction(parent);
          break;
        default: {
          const { element, open } = this.#startTag(parent);
          parent.children.push(element);
          if (open) {
            parent = element;
            if (++depth > MAXIMUM_DEPTH) unsupported('XML nested deeper than 128 levels');
          }
        }
      }
    }
    if (illegalAt !== undefined) throw xmlError(9420, text, illegalAt);
    if (parent !== document) throw unexpectedEnd(text);
    return document;
  }

  #declaration(): void {
    if (!/^<\?xml[ \t\r\n]/.test(this.#text.slice(this.#at, this.#at + 6))) return;
    const end = this.#text.indexOf('?>', this.#at);
    if (end === -1) throw unexpectedEnd(this.#text);
    const encoding = declarationPattern.exec(this.#text.slice(this.#at, end))?.[1]?.toLowerCase();
    if (encoding !== undefined && this.#encoding !== undefined) {
      const wide = encoding === 'utf-16' || encoding === 'ucs-2' || encoding === 'unicode';
      if (wide !== (this.#encoding === 'utf-16')) throw xmlError(9402, this.#text, end - 1);
    }
    this.#at = end + 2;
  }

  /** Text up to the next tag. */
  #characters(parent: XmlParent): void {
    const text = this.#text;
    let end = text.indexOf('<', this.#at);
    if (end === -1) end = text.length;
    const raw = text.slice(this.#at, end);
    const start = this.#at;
    this.#at = end;
    if (!this.#preserve && !/[^ \t\r\n]/.test(raw) && !keepsSpace(parent)) return;
    const close = raw.indexOf(']]>');
    if (close !== -1) throw xmlError(9422, text, start + close);
    append(parent, this.#resolve(raw, start));
  }

  /** Replaces references and normalizes line ends. */
  #resolve(raw: string, start: number): string {
    const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
    if (!text.includes('&')) return text;
    return raw.replace(
      /\r\n?|&([^;&<\s]*)(;?)/g,
      (match: string, name: string | undefined, semicolon, offset: number) => {
        if (name === undefined) return '\n';
        const at = start + offset;
        if (semicolon === '') {
          if (at + match.length >= this.#text.length) throw unexpectedEnd(this.#text);
          throw xmlError(name === '' ? 9421 : 9411, this.#text, at + match.length);
        }
        if (name.startsWith('#')) return this.#characterReference(name, at);
        const value = Object.hasOwn(entities, name) ? entities[name] : undefined;
        if (value === undefined) throw xmlError(9448, this.#text, at + match.length - 1);
        return value;
      },
    );
  }

  #characterReference(name: string, at: number): string {
    const hexadecimal = name.startsWith('#x');
    const digits = name.slice(hexadecimal ? 2 : 1);
    const valid = hexadecimal ? /^[0-9A-Fa-f]{1,6}$/ : /^[0-9]{1,7}$/;
    if (!valid.test(digits)) throw xmlError(hexadecimal ? 9416 : 9417, this.#text, at + 2);
    const code = Number.parseInt(digits, hexadecimal ? 16 : 10);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) || forbidden.test(String.fromCodePoint(code))) {
      throw xmlError(9420, this.#text, at + name.length + 1);
    }
    return String.fromCodePoint(code);
  }

  #skipSpaces(): boolean {
    spaces.lastIndex = this.#at;
    spaces.test(this.#text);
    const skipped = spaces.lastIndex > this.#at;
    this.#at = spaces.lastIndex;
    return skipped;
  }

  #startsName(): boolean {
    nameStart.lastIndex = this.#at;
    return nameStart.test(this.#text);
  }

  #name(): string {
    if (this.#at >= this.#text.length) throw unexpectedEnd(this.#text);
    if (!this.#startsName()) throw xmlError(9455, this.#text, this.#at);
    nameRest.lastIndex = this.#at;
    nameRest.test(this.#text);
    const name = this.#text.slice(this.#at, nameRest.lastIndex);
    this.#at = nameRest.lastIndex;
    return name;
  }

  #endTag(element: XmlElement): void {
    this.#at += 2;
    const start = this.#at;
    const name = this.#name();
    if (name !== element.name) throw xmlError(9436, this.#text, start);
    this.#skipSpaces();
    this.#expectClose();
  }

  #expectClose(): void {
    if (this.#at >= this.#text.length) throw unexpectedEnd(this.#text);
    if (this.#text.charCodeAt(this.#at) !== 0x3e) throw xmlError(9412, this.#text, this.#at);
    this.#at++;
  }

  #startTag(parent: XmlParent): { readonly element: XmlElement; readonly open: boolean } {
    const text = this.#text;
    this.#at++;
    const nameAt = this.#at;
    const name = this.#name();
    const raw: { readonly name: string; readonly value: string; readonly at: number }[] = [];
    for (;;) {
      const spaced = this.#skipSpaces();
      const code = text.charCodeAt(this.#at);
      if (Number.isNaN(code)) throw unexpectedEnd(text);
      if (code === 0x3e || code === 0x2f) break;
      if (!spaced) throw xmlError(this.#startsName() ? 9410 : 9455, text, this.#at);
      raw.push(this.#attribute());
    }
    const open = text.charCodeAt(this.#at) === 0x3e;
    this.#at++;
    if (!open) this.#expectClose();
    return { element: this.#element(name, nameAt, raw, parent), open };
  }

  #attribute(): { readonly name: string; readonly value: string; readonly at: number } {
    const text = this.#text;
    const at = this.#at;
    const name = this.#name();
    this.#skipSpaces();
    if (this.#at >= text.length) throw unexpectedEnd(text);
    if (text.charCodeAt(this.#at) !== 0x3d) throw xmlError(9414, text, this.#at);
    this.#at++;
    this.#skipSpaces();
    if (this.#at >= text.length) throw unexpectedEnd(text);
    const quote = text.charAt(this.#at);
    if (quote !== '"' && quote !== "'") throw xmlError(9413, text, this.#at);
    const start = this.#at + 1;
    const end = text.indexOf(quote, start);
    if (end === -1) throw unexpectedEnd(text);
    const value = text.slice(start, end);
    const bracket = value.indexOf('<');
    if (bracket !== -1) throw xmlError(9415, text, start + bracket);
    this.#at = end + 1;
    // Literal white space becomes spaces; what is written as a reference stays.
    const normalized = /[\t\r\n]/.test(value) ? value.replace(/\r\n|[\t\r\n]/g, ' ') : value;
    return { name, value: this.#resolve(normalized, start), at };
  }

  #element(
    name: string,
    nameAt: number,
    raw: readonly { readonly name: string; readonly value: string; readonly at: number }[],
    parent: XmlParent,
  ): XmlElement {
    const declarations: [string, string][] = [];
    const plain: (typeof raw)[number][] = [];
    const seen = new Set<string>();
    for (const attribute of raw) {
      if (seen.has(attribute.name)) throw xmlError(9437, this.#text, attribute.at + attribute.name.length);
      seen.add(attribute.name);
      if (attribute.name === 'xmlns') declarations.push(['', attribute.value]);
      else if (attribute.name.startsWith('xmlns:')) declarations.push([attribute.name.slice(6), attribute.value]);
      else plain.push(attribute);
    }
    const attributes: XmlAttribute[] = [];
    const [prefix, localName] = this.#split(name, nameAt);
    const scope: XmlElement = {
      kind: 'element',
      parent,
      name,
      localName,
      namespace: '',
      attributes,
      declarations,
      children: [],
    };
    const namespace = namespaceOf(prefix, scope);
    if (namespace === undefined) throw xmlError(9459, this.#text, nameAt + name.length);
    const element: XmlElement = namespace === '' ? scope : { ...scope, namespace };
    for (const attribute of plain) {
      const [attributePrefix, attributeName] = this.#split(attribute.name, attribute.at);
      const attributeNamespace = attributePrefix === '' ? '' : namespaceOf(attributePrefix, scope);
      if (attributeNamespace === undefined) throw xmlError(9459, this.#text, attribute.at + attribute.name.length);
      attributes.push({
        kind: 'attribute',
        parent: element,
        name: attribute.name,
        localName: attributeName,
        namespace: attributeNamespace,
        value: attribute.value,
      });
    }
    return element;
  }

  #split(name: string, at: number): readonly [string, string] {
    const colon = name.indexOf(':');
    if (colon === -1) return ['', name];
    if (colon === 0 || colon === name.length - 1 || name.includes(':', colon + 1)) {
      throw xmlError(9455, this.#text, at + Math.max(colon, name.lastIndexOf(':')));
    }
    return [name.slice(0, colon), name.slice(colon + 1)];
  }

  /** Comment, CDATA section or document type. */
  #bang(parent: XmlParent): void {
    const text = this.#text;
    const at = this.#at;
    if (text.startsWith('<!--', at)) {
      const end = text.indexOf('--', at + 4);
      if (end === -1) throw unexpectedEnd(text);
      if (text.charAt(end + 2) !== '>') {
        if (end + 2 >= text.length) throw unexpectedEnd(text);
        throw xmlError(9424, text, end + 2);
      }
      parent.children.push({ kind: 'comment', parent, value: text.slice(at + 4, end) });
      this.#at = end + 3;
      return;
    }
    if (text.startsWith('<![CDATA[', at)) {
      if (parent.kind === 'document') throw xmlError(9422, text, at + 2);
      const end = text.indexOf(']]>', at + 9);
      if (end === -1) throw unexpectedEnd(text);
      append(parent, text.slice(at + 9, end).replace(/\r\n?/g, '\n'));
      this.#at = end + 3;
      return;
    }
    if ('<!--'.startsWith(text.slice(at)) || '<![CDATA['.startsWith(text.slice(at))) throw unexpectedEnd(text);
    if (text.startsWith('<!DOCTYPE', at)) unsupported('XML with a DTD');
    throw xmlError(text.startsWith('<![', at) ? 9423 : text.startsWith('<!-', at) ? 9424 : 9422, text, at + 2);
  }

  #instruction(parent: XmlParent): void {
    const text = this.#text;
    const at = this.#at;
    this.#at += 2;
    const name = this.#name();
    if (name.toLowerCase() === 'xml') throw xmlError(9438, text, at + 5);
    const end = text.indexOf('?>', this.#at);
    if (end === -1) throw unexpectedEnd(text);
    parent.children.push({ kind: 'instruction', parent, name, value: text.slice(this.#at, end).trimStart() });
    this.#at = end + 2;
  }
}

/** Text that follows text (a CDATA section, mostly) becomes one node with it. */
function append(parent: XmlParent, value: string): void {
  if (value === '') return;
  const last: XmlChild | undefined = parent.children.at(-1);
  if (last?.kind === 'text') {
    parent.children[parent.children.length - 1] = { kind: 'text', parent, value: last.value + value };
    return;
  }
  parent.children.push({ kind: 'text', parent, value });
}

function keepsSpace(node: XmlParent): boolean {
  for (let current: XmlParent | undefined = node; current?.kind === 'element'; current = current.parent) {
    const space = current.attributes.find((attribute) => attribute.name === 'xml:space');
    if (space !== undefined) return space.value === 'preserve';
  }
  return false;
}
