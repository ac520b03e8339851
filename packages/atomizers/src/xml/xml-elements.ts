import { ValueTooLargeError } from '../errors.ts';
import { BoundedHtmlParser } from '../html/bounded-html-parser.ts';
import type { AtomizerLimits } from '../options.ts';

/** Text of an element, or its attributes. */
export interface XmlPiece {
  readonly atomType: 'xml-text' | 'xml-attributes';
  readonly element: string;
  readonly text: string;
}

/**
 * Takes the texts and attributes out of XML that comes in pieces, element by element; entities that the document declares are never
 * expanded. An element that stands within text belongs to that text. What isn't well-formed is read as far as it goes, and what
 * is nested deeper than `maxNesting` belongs to the last element that isn't.
 */
export class XmlElements {
  readonly #limits: Pick<AtomizerLimits, 'maxBlockLength' | 'maxNesting' | 'maxValueBytes'>;
  readonly #shown: ReadonlySet<string> | undefined;
  readonly #parser: BoundedHtmlParser;
  #depth = 0;
  readonly #names: string[] = [];
  #text = '';
  /** Depth of the element that the text belongs to. */
  #owner = 0;
  #element = '';
  #sinceEvent = 0;
  #ready: XmlPiece[] = [];

  /** @param shown elements whose text is read; undefined: of all, with their attributes */
  constructor(
    limits: Pick<AtomizerLimits, 'maxBlockLength' | 'maxNesting' | 'maxValueBytes'>,
    shown?: ReadonlySet<string>,
  ) {
    this.#limits = limits;
    this.#shown = shown;
    this.#parser = new BoundedHtmlParser(
      {
        onopentag: (name, attributes) => this.#open(name, attributes),
        onclosetag: () => this.#close(),
        ontext: (text) => this.#add(text),
        oncomment: () => {
          this.#sinceEvent = 0;
        },
        onprocessinginstruction: () => {
          this.#sinceEvent = 0;
        },
      },
      { xmlMode: true, decodeEntities: true },
      limits.maxNesting,
      () => this.#depth,
      new Set(),
    );
  }

  /** The pieces that are complete with this one. @throws ValueTooLargeError for a tag or comment that has no end */
  push(piece: string): readonly XmlPiece[] {
    this.#sinceEvent += piece.length;
    this.#parser.write(piece);
    if (this.#sinceEvent > this.#limits.maxValueBytes) {
      throw new ValueTooLargeError('XML', `character ${this.#parser.endIndex}`, this.#limits.maxValueBytes);
    }
    return this.#take();
  }

  /** The last pieces. */
  end(): readonly XmlPiece[] {
    this.#parser.end();
    this.#flush();
    return this.#take();
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#sinceEvent = 0;
    this.#depth += 1;
    this.#names.push(name);
    // Within text it goes on; between elements a new text begins.
    if (this.#text !== '' && this.#depth <= this.#owner) this.#flush();
    if (this.#shown !== undefined) return;
    const pairs = Object.entries(attributes).filter(([key]) => !/^xmlns(?::|$)/.test(key));
    if (pairs.length === 0) return;
    if (this.#text === '') {
      const text = pairs.map(([key, value]) => `${key}="${value}"`).join(' ');
      this.#push('xml-attributes', name, text);
    } else this.#text += ` ${pairs.map(([, value]) => value).join(' ')} `;
  }

  #close(): void {
    this.#sinceEvent = 0;
    if (this.#text !== '' && this.#depth <= this.#owner) this.#flush();
    this.#names.pop();
    this.#depth -= 1;
  }

  #add(text: string): void {
    this.#sinceEvent = 0;
    // Outside of the root are declarations only: their end isn't always known for one.
    if (this.#depth === 0) return;
    if (this.#text === '') {
      if (text.trim() === '') return;
      const name = this.#names.at(-1) ?? '';
      if (this.#shown !== undefined && !this.#shown.has(localName(name))) return;
      this.#owner = this.#depth;
      this.#element = name;
    }
    this.#text += text;
    if (this.#text.length > this.#limits.maxBlockLength) this.#flush();
  }

  #flush(): void {
    const text = this.#text.replaceAll(/[ \t]*(?:\r\n|\n|\r)[ \t]*/g, '\n').trim();
    this.#text = '';
    if (text !== '') this.#push('xml-text', this.#element, text);
  }

  #push(atomType: XmlPiece['atomType'], element: string, text: string): void {
    for (let at = 0; at < text.length; at += this.#limits.maxBlockLength) {
      const part = text.slice(at, at + this.#limits.maxBlockLength);
      this.#ready.push({ atomType, element: element.slice(0, 128), text: part.toWellFormed() });
    }
  }

  #take(): readonly XmlPiece[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
