import { ValueTooLargeError } from '../errors.ts';
import type { AtomizerLimits } from '../options.ts';
import { piecesOf } from '../text/line-splitter.ts';
import { MathMl } from '../text/math-ml.ts';
import { BoundedHtmlParser } from './bounded-html-parser.ts';
import { apartElements, besideElements, blockElements, blockTypes, hiddenElements } from './html-elements.ts';

/** A run of text within one block element. */
export interface HtmlBlock {
  readonly atomType: string;
  readonly element: string;
  /** With white space as a browser shows it. */
  readonly text: string;
  /** In UTF-16 code units from the start of the file. */
  readonly start: number;
  readonly end: number;
}

type Attributes = Readonly<Record<string, string>>;

const preformatted = new Set(['pre', 'listing', 'plaintext']);
/** Documents within documents; each is escaped once more than the one around it. */
const maxFrames = 3;
/** Texts that wait for the end of their block. */
const maxBehind = 1_000;
const hiddenInputs = new Set(['hidden', 'password', 'checkbox', 'radio', 'color', 'range', 'file', 'image']);

/** Takes the text out of HTML or XHTML that comes in pieces, block by block. Never builds a tree. */
export class HtmlBlocks {
  readonly #limits: AtomizerLimits;
  readonly #depth: number;
  readonly #isXml: boolean;
  readonly #parser: BoundedHtmlParser;
  readonly #open: string[] = [];
  /** The names of hidden elements that are open, with false for templates that are shown. */
  readonly #hiding: { readonly name: string; readonly hides: boolean }[] = [];
  #hidden = 0;
  #preformatted = 0;
  #beside = 0;
  #text = '';
  #breaks = 0;
  #start = 0;
  #end = 0;
  #sinceEvent = 0;
  /** Texts that belong behind the block: of pictures, and what stands beside the text. */
  #behind: HtmlBlock[] = [];
  #besideText = '';
  #optionLabel = '';
  readonly #math = new MathMl();
  #ready: HtmlBlock[] = [];

  /**
   * @param isXml whether elements close themselves and CDATA is text
   * @param limits `maxNesting`, `maxValueBytes` and `maxBlockLength` count
   * @param depth how many documents it's within, each in an attribute of the one before
   */
  constructor(isXml: boolean, limits: AtomizerLimits, depth = 0) {
    this.#limits = limits;
    this.#depth = depth;
    this.#isXml = isXml;
    this.#parser = new BoundedHtmlParser(
      {
        onopentag: (name, attributes) => this.#openTag(name, attributes),
        onclosetag: (name) => this.#closeTag(name),
        ontext: (text) => this.#addText(text),
        oncomment: () => {
          this.#sinceEvent = 0;
        },
        onprocessinginstruction: () => {
          this.#sinceEvent = 0;
        },
      },
      isXml ? { recognizeSelfClosing: true, recognizeCDATA: true } : {},
      limits.maxNesting,
      () => this.#open.length,
      hiddenElements,
    );
  }

  /**
   * The blocks that are complete with this piece.
   *
   * @throws NestingTooDeepError for hidden elements only, ValueTooLargeError for a tag or comment that has no end
   */
  push(piece: string): readonly HtmlBlock[] {
    this.#sinceEvent += piece.length;
    this.#parser.write(piece);
    if (this.#behind.length > maxBehind) this.#flush();
    if (this.#sinceEvent > this.#limits.maxValueBytes) {
      throw new ValueTooLargeError('HTML', `character ${this.#parser.endIndex}`, this.#limits.maxValueBytes);
    }
    return this.#take();
  }

  /** The last blocks. */
  end(): readonly HtmlBlock[] {
    this.#parser.end();
    this.#flush();
    return this.#take();
  }

  #openTag(name: string, attributes: Attributes): void {
    this.#sinceEvent = 0;
    if (blockElements.has(name)) this.#flush();
    if (hiddenElements.has(name)) {
      const hides = !(name === 'template' && 'shadowrootmode' in attributes);
      this.#hiding.push({ name, hides });
      if (hides) this.#hidden += 1;
    }
    if (this.#hidden === 0) this.#openVisible(name, attributes);
    if (name === 'iframe' && this.#hidden === 1) this.#addFrame(attributes.srcdoc);
    this.#open.push(name);
    if (preformatted.has(name)) this.#preformatted += 1;
    if (besideElements.has(name)) this.#beside += 1;
  }

  #openVisible(name: string, attributes: Attributes): void {
    if (name === 'br') this.#break();
    if (apartElements.has(name)) this.#space();
    if (name === 'img' || name === 'area') this.#addBehind('caption', name, attributes.alt ?? '');
    if (name === 'optgroup') this.#addLabel(attributes.label);
    if (name === 'option') this.#optionLabel = attributes.label ?? '';
    if (name === 'textarea') this.#addBehind('caption', name, attributes.placeholder ?? '');
    if (name === 'input' && attributes.type?.toLowerCase() === 'image')
      this.#addBehind('caption', name, attributes.alt ?? '');
    if (name === 'input' && !hiddenInputs.has((attributes.type ?? '').toLowerCase())) {
      this.#addText(attributes.value || (attributes.placeholder ?? ''));
      this.#space();
    }
    const mark = this.#math.open(name, this.#text);
    if (mark !== '') this.#addText(mark);
  }

  #closeTag(name: string): void {
    this.#sinceEvent = 0;
    // Browsers show the label of an option and not its text.
    if (name === 'option' && this.#optionLabel !== tidied(this.#text)) {
      this.#addBehind('caption', name, this.#optionLabel);
    }
    if (blockElements.has(name)) this.#flush();
    if (apartElements.has(name)) this.#space();
    if (this.#math.isOpen && this.#hidden === 0) this.#text = this.#math.close(name, this.#text);
    if (this.#open.at(-1) === name) this.#open.pop();
    if (preformatted.has(name) && this.#preformatted > 0) this.#preformatted -= 1;
    if (besideElements.has(name) && this.#beside > 0) this.#beside -= 1;
    if (this.#hiding.at(-1)?.name === name && this.#hiding.pop()?.hides === true) this.#hidden -= 1;
  }

  #addText(text: string): void {
    this.#sinceEvent = 0;
    // Outside of XHTML's root are declarations only: their end isn't always known for one.
    if (this.#hidden > 0 || text === '' || (this.#isXml && this.#open.length === 0)) return;
    if (this.#beside > 0) {
      // Brackets are for browsers that don't know what stands beside.
      if (this.#open.at(-1) !== 'rp') this.#besideText += `${text.trim()} `;
      if (this.#besideText.length > this.#limits.maxBlockLength) this.#flush();
      return;
    }
    const shown =
      this.#preformatted > 0 ? text : text.replaceAll(/[ \t\r\n\f]+/g, ' ').replaceAll(/[\u00ad\u200b]/g, '');
    if (this.#text === '') {
      if (shown.trim() === '' && this.#preformatted === 0) return;
      this.#start = this.#parser.startIndex;
    }
    if (shown.trim() !== '') this.#breaks = 0;
    this.#text += shown;
    this.#end = this.#parser.endIndex + 1;
    if (this.#text.length > this.#limits.maxBlockLength) this.#flush();
  }

  /** A line break; two of them end a paragraph. */
  #break(): void {
    this.#breaks += 1;
    if (this.#preformatted > 0) this.#text += '\n';
    else if (this.#breaks > 1) this.#flush();
    else if (this.#text !== '') this.#text += '\n';
  }

  #space(): void {
    if (this.#text !== '' && this.#preformatted === 0) this.#text += ' ';
  }

  /** The name of a group of options, which isn't text. */
  #addLabel(label: string | undefined): void {
    this.#flush();
    if (label === undefined || label === '') return;
    this.#addText(label);
    this.#flush();
  }

  /** A document within an attribute, with the blocks that it has alone. */
  #addFrame(html: string | undefined): void {
    if (html === undefined || this.#depth >= maxFrames) return;
    this.#flush();
    const inner = new HtmlBlocks(false, this.#limits, this.#depth + 1);
    const at = { start: this.#parser.startIndex, end: this.#parser.endIndex + 1 };
    for (const block of [...inner.push(html), ...inner.end()]) this.#ready.push({ ...block, ...at });
  }

  #addBehind(atomType: string, element: string, text: string): void {
    const at = { start: this.#parser.startIndex, end: this.#parser.endIndex + 1 };
    for (const piece of piecesOf(text.replaceAll(/\s+/g, ' ').trim(), this.#limits.maxBlockLength)) {
      this.#behind.push({ atomType, element, text: piece.toWellFormed(), ...at });
    }
  }

  #flush(): void {
    const element = this.#open.findLast((name) => blockElements.has(name)) ?? 'body';
    const isPreformatted = this.#preformatted > 0;
    const text = isPreformatted ? this.#text.replace(/^\r?\n/, '') : tidied(this.#text);
    this.#text = '';
    this.#breaks = 0;
    if (this.#besideText.trim() !== '') {
      this.#addBehind('ruby-text', 'rt', this.#besideText);
      this.#besideText = '';
    }
    const behind = this.#behind;
    this.#behind = [];
    if (text.trim() !== '') {
      const atomType = isPreformatted ? 'code' : (blockTypes[element] ?? 'paragraph');
      for (const piece of piecesOf(text, this.#limits.maxBlockLength)) {
        this.#ready.push({ atomType, element, text: piece, start: this.#start, end: this.#end });
      }
    }
    this.#ready.push(...behind);
  }

  #take(): readonly HtmlBlock[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

function tidied(text: string): string {
  return text
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .trim();
}
