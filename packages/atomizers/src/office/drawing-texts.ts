import { Alternatives } from '../docx/alternatives.ts';
import { DocxMath } from '../docx/docx-math.ts';
import { isSymbolFont, privateSigns, symbolText } from '../docx/symbol-fonts.ts';
import type { XmlAttributes, XmlHandler } from '../docx/xml-reader.ts';
import { piecesOf } from '../text/line-splitter.ts';
import { withoutStringEscapes } from './xml-string-escapes.ts';

/** Elements that a paragraph ends with: of DrawingML, and comments of workbooks and presentations. */
const paragraphEnds = new Set(['p', 'comment', 'threadedComment', 'cm']);
const shapes = new Set(['sp', 'graphicFrame', 'pic', 'cxnSp']);

/** A paragraph of a drawing. */
export interface DrawingParagraph {
  readonly text: string;
  readonly kind: 'paragraph' | 'heading' | 'table-cell';
}

/** What {@link DrawingTexts} needs. */
export interface DrawingTextsOptions {
  /** Longest paragraph in UTF-16 code units; a longer one goes on as the next. */
  readonly maxLength: number;
  /** Whether placeholders, which slides fill with their own text, are left out. */
  readonly withoutPlaceholders?: boolean;
  /** Whether comments that stand for a thread of comments, for programs that don't know those, are left out. */
  readonly withoutThreads?: boolean;
  /** Called with the text of each paragraph. */
  readonly onText?: (text: string) => void;
}

/** The paragraphs of a slide, a diagram or a drawing (DrawingML), in the order of the file. */
export class DrawingTexts implements XmlHandler {
  readonly #options: DrawingTextsOptions;
  readonly #elements: string[] = [];
  readonly #math = new DocxMath();
  readonly #alternatives = new Alternatives();
  readonly #authors: string[] = [];
  #ready: DrawingParagraph[] = [];
  #text = '';
  #added = 0;
  /** How many elements are open with one that is ignored. */
  #ignoredFrom: number | undefined;
  #isTitle = false;
  #isPlaceholder = false;
  #isThread = false;
  #cells = 0;
  #font = '';
  #symbolFont = '';
  /** Characters of symbol fonts whose sign isn't known. */
  meaningless = 0;

  constructor(options: DrawingTextsOptions) {
    this.#options = options;
  }

  open(name: string, attributes: XmlAttributes): void {
    const parent = this.#elements.at(-1);
    this.#elements.push(name);
    if (this.#ignoredFrom !== undefined) return;
    if (this.#alternatives.open(name, attributes.Requires ?? '', this.#added)) {
      this.#ignoredFrom = this.#elements.length;
      return;
    }
    this.#add(this.#math.open(name, attributes.val ?? '', parent, this.#text));
    if (shapes.has(name)) {
      this.#isTitle = false;
      this.#isPlaceholder = false;
    } else if (name === 'ph') {
      this.#isPlaceholder = true;
      this.#isTitle = attributes.type === 'title' || attributes.type === 'ctrTitle';
    } else if (name === 'tc') this.#cells += 1;
    else if (name === 'br') this.#add('\n');
    else if (name === 'tab') this.#add('\t');
    else if (name === 'sym' && parent === 'rPr') this.#symbolFont = attributes.typeface ?? '';
    else if (name === 'latin' && parent === 'rPr') this.#font = attributes.typeface ?? '';
    else if (name === 'author') this.#authors.push('');
    else if (name === 'comment') this.#isThread = /^tc=/.test(this.#authors[Number(attributes.authorId)] ?? '');
  }

  close(name: string): void {
    const isIgnored = this.#ignoredFrom !== undefined;
    if (this.#ignoredFrom === this.#elements.length) this.#ignoredFrom = undefined;
    this.#elements.pop();
    if (isIgnored) return;
    this.#alternatives.close(name, this.#added);
    this.#text = this.#math.close(name, this.#elements.at(-1), this.#text);
    if (name === 'tc') this.#cells -= 1;
    else if (name === 'r') {
      this.#font = '';
      this.#symbolFont = '';
    }
    if (!paragraphEnds.has(name)) return;
    if (name === 'comment' && this.#isThread && this.#options.withoutThreads === true) this.#text = '';
    this.#flush();
  }

  text(text: string): void {
    if (this.#ignoredFrom !== undefined) return;
    const element = this.#elements.at(-1);
    if (element === 't' || element === 'text') this.#add(this.#signs(withoutStringEscapes(text)));
    else if (element === 'author') this.#authors[this.#authors.length - 1] += text.slice(0, 64);
  }

  /** The paragraphs that have come to their end. */
  take(): readonly DrawingParagraph[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** A text as it is seen in its font. */
  #signs(text: string): string {
    const font = [this.#font, this.#symbolFont].find(isSymbolFont) ?? '';
    // Characters of the private area are set in the font for symbols, others in the one for letters.
    const shown =
      font === this.#font && font !== ''
        ? symbolText(font, text)
        : text.replaceAll(/[\uf020-\uf0ff]/g, (sign) => symbolText(font, sign));
    this.meaningless += privateSigns(shown);
    return shown;
  }

  #add(text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#added += text.length;
    const { maxLength } = this.#options;
    if (this.#text.length <= maxLength) return;
    const pieces = [...piecesOf(this.#text, maxLength)];
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      this.#text = piece;
      this.#flush();
    }
    this.#text = last;
  }

  #flush(): void {
    const text = this.#text.toWellFormed();
    this.#text = '';
    if (text.trim() === '' || (this.#isPlaceholder && this.#options.withoutPlaceholders === true)) return;
    this.#options.onText?.(text);
    this.#ready.push({ text, kind: this.#cells > 0 ? 'table-cell' : this.#isTitle ? 'heading' : 'paragraph' });
  }
}
