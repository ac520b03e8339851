import { forbidden, nameRest, nameStart } from '../engine/xml/xml-characters.ts';

/** Why a text is not well-formed XML, with the 1-based place SQL Server's texts name. */
class XmlFault extends Error {
  readonly at: number;

  constructor(at: number, what: string) {
    super(what);
    this.at = at;
  }
}

const reference = /&(?:(amp|lt|gt|quot|apos)|#([0-9]+)|#x([0-9A-Fa-f]+));/y;

/** What an ASCII character is in a name: 2 may begin one, 1 may go on in one. Nearly all names of messages are ASCII. */
const asciiName = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  nameStart.lastIndex = 0;
  if (nameStart.test(character)) return 2;
  return /[-.0-9]/.test(character) ? 1 : 0;
});

function utf16(body: Uint8Array, start: number): string {
  return Buffer.from(body.buffer, body.byteOffset + start, body.byteLength - start).toString('utf16le');
}

/** UTF-16, by the byte order mark or by how a `<` looks. */
function isWide(body: Uint8Array): boolean {
  const [first, second] = body;
  return (first === 0xff && second === 0xfe) || (second === 0 && first !== 0 && body.length % 2 === 0);
}

/** Bytes to text: by byte order mark, else by how a `<` looks, else UTF-8. */
function decode(body: Uint8Array): string {
  const [first, second, third] = body;
  if (first === 0xff && second === 0xfe) return utf16(body, 2);
  if (second === 0 && first !== 0 && body.length % 2 === 0) return utf16(body, 0);
  const start = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body.subarray(start));
  } catch (cause) {
    if (cause instanceof TypeError) throw new XmlFault(0, 'illegal xml character');
    throw cause;
  }
}

/** Checks one document from front to back; every method leaves {@link at} behind what it has read. */
class Checker {
  readonly #text: string;
  readonly #wide: boolean;
  readonly #open: string[] = [];
  at = 0;

  /** @param wide the body is UTF-16 */
  constructor(text: string, wide: boolean) {
    this.#text = text;
    this.#wide = wide;
  }

  document(): void {
    const bad = forbidden.exec(this.#text);
    if (bad !== null) throw new XmlFault(bad.index, 'illegal xml character');
    if (!this.#text.isWellFormed()) throw new XmlFault(0, 'illegal xml character');
    let roots = 0;
    while (this.at < this.#text.length) {
      if (this.#text[this.at] === '<') {
        if (this.#markup()) roots += 1;
        if (roots > 1) this.#fail('only one top level element is allowed');
      } else this.#characters();
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) this.#fail(`end tag for '${unclosed}' is missing, unexpected end of input`);
    if (roots === 0) this.#fail('a top level element is missing, unexpected end of input');
  }

  /** Reads what begins with `<`. True when it began a top level element. */
  #markup(): boolean {
    const text = this.#text;
    if (text.startsWith('<!--', this.at)) {
      const end = text.indexOf('--', this.at + 4);
      if (end < 0 || text[end + 2] !== '>') this.#fail('incorrect comment syntax');
      this.at = end + 3;
      return false;
    }
    if (text.startsWith('<![CDATA[', this.at)) {
      if (this.#open.length === 0) this.#fail('CDATA is not allowed at top level');
      this.at = this.#after(']]>', 'incorrect CDATA section syntax');
      return false;
    }
    if (text.startsWith('<?', this.at)) {
      const isDeclaration = /^<\?xml[ \t\r\n]/.test(text.slice(this.at, this.at + 6));
      if (isDeclaration && this.at !== 0) this.#fail('text/xmldecl not at the beginning of input');
      if (isDeclaration) this.#declaration();
      this.at = this.#after('?>', 'incorrect processing instruction syntax');
      return false;
    }
    if (text.startsWith('<!', this.at)) this.#fail('DTD is not allowed');
    if (text[this.at + 1] === '/') {
      this.#endTag();
      return false;
    }
    return this.#startTag();
  }

  /** The encoding that a declaration names has to be that of the body. */
  #declaration(): void {
    const end = this.#text.indexOf('?>');
    const encoding = /encoding\s*=\s*["']([^"']*)["']/.exec(this.#text.slice(0, Math.max(end, 0)))?.[1]?.toLowerCase();
    if (encoding === undefined) return;
    const namesWide = encoding === 'utf-16' || encoding === 'ucs-2' || encoding === 'unicode';
    if (namesWide !== this.#wide) {
      this.at = end - 1;
      this.#fail('unable to switch the encoding');
    }
  }

  #startTag(): boolean {
    this.at += 1;
    const name = this.#name();
    const topLevel = this.#open.length === 0;
    let attributes: Set<string> | undefined;
    for (;;) {
      const before = this.at;
      this.#skipSpace();
      const next = this.#text[this.at];
      if (next === '>') {
        this.at += 1;
        this.#open.push(name);
        return topLevel;
      }
      if (next === '/') {
        if (this.#text[this.at + 1] !== '>') this.#fail('illegal qualified name character');
        this.at += 2;
        return topLevel;
      }
      if (next === undefined) this.#fail('unexpected end of input');
      if (before === this.at) this.#fail('white space expected');
      attributes ??= new Set();
      this.#attribute(attributes);
    }
  }

  #attribute(seen: Set<string>): void {
    const name = this.#name();
    if (seen.has(name)) this.#fail('duplicate attribute');
    seen.add(name);
    this.#skipSpace();
    if (this.#text[this.at] !== '=') this.#fail('equal expected');
    this.at += 1;
    this.#skipSpace();
    const quote = this.#text[this.at];
    if (quote !== '"' && quote !== "'") this.#fail('A string literal was expected');
    const end = this.#text.indexOf(quote ?? '"', this.at + 1);
    if (end < 0) this.#fail('unexpected end of input');
    for (this.at += 1; this.at < end; ) {
      const character = this.#text[this.at];
      if (character === '<') this.#fail("'<' is not allowed in attribute values");
      if (character === '&') this.#reference();
      else this.at += 1;
    }
    this.at = end + 1;
  }

  #endTag(): void {
    this.at += 2;
    const start = this.at;
    const name = this.#name();
    const open = this.#open.pop();
    if (open !== name) {
      this.at = start;
      this.#fail(open === undefined ? `unexpected end tag` : 'end tag does not match start tag');
    }
    this.#skipSpace();
    if (this.#text[this.at] !== '>') this.#fail("'>' expected");
    this.at += 1;
  }

  /** Character data up to the next `<`. */
  #characters(): void {
    const text = this.#text;
    const next = text.indexOf('<', this.at);
    const end = next < 0 ? text.length : next;
    if (this.#open.length === 0) {
      this.#skipSpace();
      if (this.at < end) this.#fail('text is not allowed at top level');
      return;
    }
    while (this.at < end) {
      const ampersand = text.indexOf('&', this.at);
      const stop = ampersand < 0 || ampersand > end ? end : ampersand;
      if (text.slice(this.at, stop + 3).includes(']]>')) this.#fail("']]>' is not allowed in character data");
      this.at = stop;
      if (stop < end) this.#reference();
    }
  }

  #reference(): void {
    reference.lastIndex = this.at;
    const match = reference.exec(this.#text);
    if (match === null) this.#fail('well formed check: undeclared entity');
    const code =
      match?.[2] !== undefined ? Number(match[2]) : match?.[3] !== undefined ? Number.parseInt(match[3], 16) : 32;
    const legal =
      code === 9 ||
      code === 10 ||
      code === 13 ||
      (code >= 32 && code < 0xd800) ||
      (code > 0xdfff && code < 0xfffe) ||
      (code > 0xffff && code <= 0x10ffff);
    if (!legal) this.#fail('illegal xml character');
    this.at = reference.lastIndex;
  }

  #name(): string {
    const text = this.#text;
    const start = this.at;
    let at = start;
    let code = text.charCodeAt(at);
    if (asciiName[code] === 2) {
      do {
        at += 1;
        code = text.charCodeAt(at);
      } while ((asciiName[code] ?? 0) > 0);
      // Behind the end of the text the code is NaN, which is none of 128 and above.
      if (!(code >= 128)) {
        this.at = at;
        return text.slice(start, at);
      }
    }
    const point = text.codePointAt(start);
    if (point === undefined) this.#fail('unexpected end of input');
    const first = String.fromCodePoint(point ?? 0);
    nameStart.lastIndex = 0;
    if (!nameStart.test(first)) this.#fail('illegal qualified name character');
    this.at += first.length;
    this.#skip(nameRest);
    return text.slice(start, this.at);
  }

  #skipSpace(): void {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.at);
      if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return;
      this.at += 1;
    }
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    pattern.test(this.#text);
    this.at = pattern.lastIndex;
  }

  #after(end: string, problem: string): number {
    const found = this.#text.indexOf(end, this.at);
    if (found < 0) this.#fail(problem);
    return found + end.length;
  }

  #fail(what: string): never {
    throw new XmlFault(this.at, what);
  }
}

/**
 * Checks that a message body is one well-formed XML document, as VALIDATION = WELL_FORMED_XML asks. The encoding is
 * that of the byte order mark, else UTF-16 when it looks like it, else UTF-8. DTDs are refused, as SQL Server does.
 *
 * @returns the reason in the form of SQL Server's parser, or `undefined` when the body is well-formed
 */
export function xmlProblem(body: Uint8Array): string | undefined {
  let text = '';
  try {
    text = decode(body);
    new Checker(text, isWide(body)).document();
    return undefined;
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    const lines = text.slice(0, error.at).split('\n');
    return `XML parsing: line ${lines.length}, character ${(lines.at(-1)?.length ?? 0) + 1}, ${error.message}.`;
  }
}
