import type { XmlAttributes, XmlHandler } from '../docx/xml-reader.ts';

/** Elements that a paragraph ends with: of DrawingML, and comments of workbooks and presentations. */
const paragraphEnds = new Set(['p', 'comment', 'threadedComment', 'cm']);

/** A paragraph of a drawing. */
export interface DrawingParagraph {
  readonly text: string;
  readonly kind: 'paragraph' | 'heading' | 'table-cell';
}

/** The paragraphs of a slide, a diagram or a drawing (DrawingML), in the order of the file. */
export class DrawingTexts implements XmlHandler {
  readonly #maxLength: number;
  #ready: DrawingParagraph[] = [];
  #text = '';
  #inText = false;
  #isTitle = false;
  #cells = 0;

  /** @param maxLength longest paragraph in UTF-16 code units; a longer one goes on as the next */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  open(name: string, attributes: XmlAttributes): void {
    this.#inText = name === 't' || name === 'text';
    if (name === 'sp' || name === 'graphicFrame') this.#isTitle = false;
    if (name === 'ph') this.#isTitle = attributes.type === 'title' || attributes.type === 'ctrTitle';
    if (name === 'tc') this.#cells += 1;
    if (name === 'br') this.#text += '\n';
    if (name === 'tab') this.#text += '\t';
  }

  close(name: string): void {
    this.#inText = false;
    if (name === 'tc') this.#cells -= 1;
    if (paragraphEnds.has(name)) this.#flush();
  }

  text(text: string): void {
    if (!this.#inText) return;
    this.#text += text;
    if (this.#text.length > this.#maxLength) this.#flush();
  }

  /** The paragraphs that have come to their end. */
  take(): readonly DrawingParagraph[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #flush(): void {
    const text = this.#text.toWellFormed();
    this.#text = '';
    if (text.trim() === '') return;
    this.#ready.push({ text, kind: this.#cells > 0 ? 'table-cell' : this.#isTitle ? 'heading' : 'paragraph' });
  }
}
