import { ValueTooLargeError } from '../errors.ts';
import { BoundedHtmlParser } from '../html/bounded-html-parser.ts';
import type { AtomizerLimits } from '../options.ts';
import { piecesOf } from '../text/line-splitter.ts';

/** Text of an element, or its attributes. */
export interface XmlPiece {
  readonly atomType: 'xml-text' | 'xml-attributes';
  readonly element: string;
  readonly text: string;
}

/** Elements of HTML in pictures that stand in lines of their own. */
const lineElements = new Set('br div p li tr pre h1 h2 h3 h4 h5 h6 ul ol table blockquote'.split(' '));
/** Line ends and the blanks around them, from the first of these on: otherwise each blank of a long run would look through all of it. */
const lineEnds = /(?<![ \t])[ \t]*[\r\n][ \t\r\n]*/g;
/** Elements that hold a file in Base64: in FictionBook a picture, in OpenDocument and Office documents of one file any. */
const embeddingElements = new Set('office:binary-data pkg:binaryData w:binData'.split(' '));
/** Elements whose text is never shown. */
const unshown = new Set(['script', 'style']);

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
  /** Open elements that hold a document of another vocabulary: HTML in SVG, with elements of any name. */
  #foreign = 0;
  /** Depth of the open element that holds a file; 0 if there is none. */
  #embedding = 0;
  #sinceEvent = 0;
  #ready: XmlPiece[] = [];
  /** Files within the document, which aren't text. */
  embedded = 0;

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
    if (localName(name) === 'foreignObject') this.#foreign += 1;
    if (this.#embedding === 0 && embedsFile(name, attributes)) {
      this.#embedding = this.#depth;
      this.embedded += 1;
    }
    if (this.#shown !== undefined && (lineElements.has(localName(name)) || isNextLine(attributes))) this.#endLine();
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
    const name = localName(this.#names.pop() ?? '');
    if (name === 'foreignObject') this.#foreign -= 1;
    if (this.#shown !== undefined && lineElements.has(name)) this.#endLine();
    if (this.#embedding === this.#depth) this.#embedding = 0;
    this.#depth -= 1;
  }

  #add(text: string): void {
    this.#sinceEvent = 0;
    // Outside of the root are declarations only: their end isn't always known for one.
    if (this.#depth === 0 || this.#embedding > 0) return;
    let added = text;
    if (this.#text === '') {
      added = text.trimStart();
      if (added === '') return;
      const name = this.#names.at(-1) ?? '';
      if (this.#shown !== undefined && !this.#isShown(this.#shown, localName(name))) return;
      this.#owner = this.#depth;
      this.#element = name;
    }
    this.#text += added;
    if (this.#text.length > this.#limits.maxBlockLength) this.#flush({ goesOn: true });
  }

  /** What comes next in the text is in a line of its own. */
  #endLine(): void {
    if (this.#text !== '' && !this.#text.endsWith('\n')) this.#text += '\n';
  }

  #isShown(shown: ReadonlySet<string>, name: string): boolean {
    return shown.has(name) || (this.#foreign > 0 && !unshown.has(name));
  }

  /** Gives the text. @param goesOn keeps its last piece, so that where it's cut doesn't depend on how it came */
  #flush({ goesOn = false } = {}): void {
    const pieces = [...piecesOf(this.#text, this.#limits.maxBlockLength)];
    this.#text = goesOn ? (pieces.pop() ?? '') : '';
    for (const piece of pieces) {
      const text = piece
        .replaceAll(lineEnds, (found) => found.replaceAll(/\r\n?/g, '\n').replaceAll(/[ \t]/g, ''))
        .trim();
      if (text !== '') this.#push('xml-text', this.#element, text);
    }
  }

  #push(atomType: XmlPiece['atomType'], element: string, text: string): void {
    for (const part of piecesOf(text, this.#limits.maxBlockLength)) {
      this.#ready.push({ atomType, element: element.slice(0, 128), text: part.toWellFormed() });
    }
  }

  #take(): readonly XmlPiece[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

/** Whether a piece of a text in SVG is in another line than what is before it. */
function isNextLine({ y, dy }: Readonly<Record<string, string>>): boolean {
  if (dy !== undefined) return Number.parseFloat(dy) !== 0;
  return y !== undefined && !/[\s,]/.test(y.trim());
}

function embedsFile(name: string, attributes: Readonly<Record<string, string>>): boolean {
  if (name === 'binary') return /^image\//i.test(attributes['content-type'] ?? '');
  return embeddingElements.has(name);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
