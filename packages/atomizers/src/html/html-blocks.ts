import { Parser } from 'htmlparser2';
import { NestingTooDeepError, ValueTooLargeError } from '../errors.ts';
import type { AtomizerLimits } from '../options.ts';
import { cutAt } from '../text/line-splitter.ts';

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

const blockTypes: Readonly<Record<string, string>> = {
  h1: 'heading',
  h2: 'heading',
  h3: 'heading',
  h4: 'heading',
  h5: 'heading',
  h6: 'heading',
  li: 'list-item',
  dt: 'list-item',
  dd: 'list-item',
  td: 'table-cell',
  th: 'table-cell',
  pre: 'code',
  title: 'title',
  caption: 'caption',
  figcaption: 'caption',
};
const otherBlocks =
  'address article aside blockquote body br center details dialog div dl fieldset figure footer form head header hgroup hr html legend main menu nav ol option p section select summary table tbody tfoot thead tr ul';
const blockElements = new Set([...Object.keys(blockTypes), ...otherBlocks.split(' ')]);
/** Elements whose text nobody reads. */
const hiddenElements = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'iframe',
  'object',
  'svg',
  'math',
  'textarea',
]);

/** Takes the text out of HTML that comes in pieces, block by block. Never builds a tree. */
export class HtmlBlocks {
  readonly #limits: AtomizerLimits;
  readonly #parser: Parser;
  readonly #open: string[] = [];
  #hidden = 0;
  #text = '';
  #start = 0;
  #end = 0;
  #sinceEvent = 0;
  #ready: HtmlBlock[] = [];

  /** @param limits `maxNesting`, `maxValueBytes` and `maxBlockLength` count */
  constructor(limits: AtomizerLimits) {
    this.#limits = limits;
    this.#parser = new Parser({
      onopentag: (name) => this.#openTag(name),
      onclosetag: (name) => this.#closeTag(name),
      ontext: (text) => this.#addText(text),
      oncomment: () => {
        this.#sinceEvent = 0;
      },
      onprocessinginstruction: () => {
        this.#sinceEvent = 0;
      },
    });
  }

  /**
   * The blocks that are complete with this piece.
   *
   * @throws NestingTooDeepError, ValueTooLargeError for a tag or comment that has no end
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

  #openTag(name: string): void {
    this.#sinceEvent = 0;
    if (blockElements.has(name)) this.#flush();
    this.#open.push(name);
    if (hiddenElements.has(name)) this.#hidden += 1;
    // The parser itself gets slow with depth, so this has to be refused before it gets deep.
    if (this.#open.length > this.#limits.maxNesting) throw new NestingTooDeepError('HTML', this.#limits.maxNesting);
  }

  #closeTag(name: string): void {
    this.#sinceEvent = 0;
    if (blockElements.has(name)) this.#flush();
    if (this.#open.at(-1) === name) this.#open.pop();
    if (hiddenElements.has(name) && this.#hidden > 0) this.#hidden -= 1;
  }

  #addText(text: string): void {
    this.#sinceEvent = 0;
    if (this.#hidden > 0) return;
    if (this.#text === '') {
      if (text.trim() === '') return;
      this.#start = this.#parser.startIndex;
    }
    this.#text += text;
    this.#end = this.#parser.endIndex + 1;
    if (this.#text.length > this.#limits.maxBlockLength) this.#flush();
  }

  #flush(): void {
    const element = this.#open.findLast((name) => blockElements.has(name)) ?? 'body';
    const preformatted = this.#open.includes('pre');
    const text = preformatted ? this.#text : this.#text.replaceAll(/[ \t\r\n\f]+/g, ' ').trim();
    this.#text = '';
    if (text.trim() === '') return;
    const atomType = preformatted ? 'code' : (blockTypes[element] ?? 'paragraph');
    for (let at = 0; at < text.length; ) {
      const next = Math.min(cutAt(text, at, this.#limits.maxBlockLength), text.length);
      this.#ready.push({ atomType, element, text: text.slice(at, next), start: this.#start, end: this.#end });
      at = next;
    }
  }

  #take(): readonly HtmlBlock[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}
