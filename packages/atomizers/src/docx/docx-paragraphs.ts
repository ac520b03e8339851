import { cutAt } from '../text/line-splitter.ts';
import type { HeadingStyles } from './docx-styles.ts';
import type { XmlAttributes, XmlHandler } from './xml-reader.ts';

/** A paragraph of a Word document. */
export interface DocxParagraph {
  readonly kind: 'heading' | 'paragraph' | 'table-cell';
  readonly text: string;
  readonly style?: string;
  /** Of a heading: 1 to 9. */
  readonly level?: number;
}

interface OpenParagraph {
  text: string;
  style?: string;
  level?: number;
}

const maxStyleLength = 128;
/** Copies for old programs, what was deleted, and where something was before it was moved. */
const ignoredElements = new Set(['Fallback', 'del', 'moveFrom']);

/** Gathers the paragraphs of WordprocessingML. What isn't part of its present text is left out. */
export class DocxParagraphs implements XmlHandler {
  readonly #headings: HeadingStyles;
  readonly #maxLength: number;
  /** More than one where a paragraph holds a text box, which has paragraphs of its own. */
  readonly #open: OpenParagraph[] = [];
  #ready: DocxParagraph[] = [];
  #cells = 0;
  #ignored = 0;
  #inText = false;

  constructor(headings: HeadingStyles, maxLength: number) {
    this.#headings = headings;
    this.#maxLength = maxLength;
  }

  open(name: string, attributes: XmlAttributes): void {
    if (ignoredElements.has(name)) this.#ignored += 1;
    if (this.#ignored > 0) return;
    const paragraph = this.#open.at(-1);
    if (name === 'p') this.#open.push({ text: '' });
    else if (name === 'tc') this.#cells += 1;
    else if (name === 't') this.#inText = true;
    else if (name === 'tab' || name === 'ptab') this.#add('\t');
    else if (name === 'br' || name === 'cr') this.#add('\n');
    else if (name === 'noBreakHyphen') this.#add('-');
    else if (paragraph !== undefined && name === 'pStyle') this.#style(paragraph, attributes.val ?? '');
    else if (paragraph !== undefined && name === 'outlineLvl') {
      const level = Number(attributes.val) + 1;
      if (level >= 1 && level <= 9) paragraph.level = level;
    }
  }

  close(name: string): void {
    if (ignoredElements.has(name)) this.#ignored -= 1;
    if (this.#ignored > 0) return;
    if (name === 't') this.#inText = false;
    else if (name === 'tc') this.#cells -= 1;
    else if (name === 'p') {
      const paragraph = this.#open.pop();
      if (paragraph !== undefined) this.#finish(paragraph);
    }
  }

  text(text: string): void {
    if (this.#inText && this.#ignored === 0) this.#add(text);
  }

  /** The paragraphs that have come to their end. */
  take(): readonly DocxParagraph[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #style(paragraph: OpenParagraph, style: string): void {
    paragraph.style = style.slice(0, maxStyleLength);
    const level = this.#headings.get(style);
    if (level !== undefined) paragraph.level ??= level;
  }

  #add(text: string): void {
    const paragraph = this.#open.at(-1);
    if (paragraph === undefined) return;
    paragraph.text += text;
    while (paragraph.text.length > this.#maxLength) {
      const cut = cutAt(paragraph.text, 0, this.#maxLength);
      this.#finish({ ...paragraph, text: paragraph.text.slice(0, cut) });
      paragraph.text = paragraph.text.slice(cut);
    }
  }

  #finish({ text, style, level }: OpenParagraph): void {
    if (text.trim() === '') return;
    const kind = this.#cells > 0 ? 'table-cell' : level === undefined ? 'paragraph' : 'heading';
    this.#ready.push({
      kind,
      text: text.toWellFormed(),
      ...(style !== undefined && { style }),
      ...(level !== undefined && { level }),
    });
  }
}
