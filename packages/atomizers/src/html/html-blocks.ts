import { ValueTooLargeError } from '../errors.ts';
import type { AtomizerLimits } from '../options.ts';
import { cutAt } from '../text/line-splitter.ts';
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

const hiddenInputs = new Set(['hidden', 'password', 'checkbox', 'radio', 'color', 'range', 'file', 'image']);

/** Takes the text out of HTML or XHTML that comes in pieces, block by block. Never builds a tree. */
export class HtmlBlocks {
  readonly #limits: AtomizerLimits;
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
  #fractionParts = 0;
  #ready: HtmlBlock[] = [];

  /**
   * @param isXml whether elements close themselves and CDATA is text
   * @param limits `maxNesting`, `maxValueBytes` and `maxBlockLength` count
   */
  constructor(isXml: boolean, limits: AtomizerLimits) {
    this.#limits = limits;
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
    this.#open.push(name);
    if (name === 'pre') this.#preformatted += 1;
    if (besideElements.has(name)) this.#beside += 1;
  }

  #openVisible(name: string, attributes: Attributes): void {
    if (name === 'br') this.#break();
    if (apartElements.has(name)) this.#space();
    if (name === 'img' || name === 'area') this.#addBehind('caption', name, attributes.alt ?? '');
    if (name === 'input' && !hiddenInputs.has((attributes.type ?? '').toLowerCase())) {
      this.#addText(attributes.value ?? '');
      this.#space();
    }
    if (name === 'mfrac') this.#fractionParts = 0;
    else if (this.#open.at(-1) === 'mfrac') {
      this.#fractionParts += 1;
      if (this.#fractionParts === 2) this.#addText('/');
    }
  }

  #closeTag(name: string): void {
    this.#sinceEvent = 0;
    if (blockElements.has(name)) this.#flush();
    if (apartElements.has(name)) this.#space();
    if (this.#open.at(-1) === name) this.#open.pop();
    if (name === 'pre' && this.#preformatted > 0) this.#preformatted -= 1;
    if (besideElements.has(name) && this.#beside > 0) this.#beside -= 1;
    if (this.#hiding.at(-1)?.name === name && this.#hiding.pop()?.hides === true) this.#hidden -= 1;
  }

  #addText(text: string): void {
    this.#sinceEvent = 0;
    if (this.#hidden > 0 || text === '') return;
    if (this.#beside > 0) {
      // Brackets are for browsers that don't know what stands beside.
      if (this.#open.at(-1) !== 'rp') this.#besideText += `${text.trim()} `;
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

  #addBehind(atomType: string, element: string, text: string): void {
    const shown = text.replaceAll(/\s+/g, ' ').trim().slice(0, this.#limits.maxBlockLength);
    if (shown === '') return;
    const at = this.#parser.startIndex;
    this.#behind.push({ atomType, element, text: shown.toWellFormed(), start: at, end: this.#parser.endIndex + 1 });
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
      for (let at = 0; at < text.length; ) {
        const next = Math.min(cutAt(text, at, this.#limits.maxBlockLength), text.length);
        this.#ready.push({ atomType, element, text: text.slice(at, next), start: this.#start, end: this.#end });
        at = next;
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
    .replaceAll(/ *\n */g, '\n')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}
