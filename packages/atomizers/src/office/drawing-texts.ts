import { DocxMath } from '../docx/docx-math.ts';
import { isSymbolFont, privateSigns, symbolText } from '../docx/symbol-fonts.ts';
import type { XmlAttributes, XmlHandler } from '../docx/xml-reader.ts';
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
  /** Of each `mc:AlternateContent`: whether its choice has text, so that the fallback for old programs isn't needed. */
  readonly #alternatives: { hasText: boolean; before: number }[] = [];
  readonly #authors: string[] = [];
  #ready: DrawingParagraph[] = [];
  #text = '';
  #added = 0;
  #ignored = 0;
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
    if (name === 'Fallback' && this.#alternatives.at(-1)?.hasText === true) this.#ignored += 1;
    if (this.#ignored > 0) return;
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
    else if (name === 'AlternateContent') this.#alternatives.push({ hasText: false, before: this.#added });
    else if (name === 'Choice') {
      const alternative = this.#alternatives.at(-1);
      if (alternative === undefined) return;
      alternative.before = this.#added;
      // The fallback of a newer chart says that it can't be shown.
      alternative.hasText ||= /^cx\d*\b/.test(attributes.Requires ?? '');
    }
  }

  close(name: string): void {
    this.#elements.pop();
    if (name === 'Fallback' && this.#alternatives.at(-1)?.hasText === true) {
      this.#ignored -= 1;
      return;
    }
    if (this.#ignored > 0) return;
    this.#text = this.#math.close(name, this.#elements.at(-1), this.#text);
    if (name === 'tc') this.#cells -= 1;
    else if (name === 'r') {
      this.#font = '';
      this.#symbolFont = '';
    } else if (name === 'Choice') {
      const alternative = this.#alternatives.at(-1);
      if (alternative !== undefined) alternative.hasText ||= this.#added > alternative.before;
    } else if (name === 'AlternateContent') this.#alternatives.pop();
    if (!paragraphEnds.has(name)) return;
    if (name === 'comment' && this.#isThread && this.#options.withoutThreads === true) this.#text = '';
    this.#flush();
  }

  text(text: string): void {
    if (this.#ignored > 0) return;
    const element = this.#elements.at(-1);
    if (element === 't' || element === 'text') this.#add(this.#signs(text));
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
    if (this.#text.length > this.#options.maxLength) this.#flush();
  }

  #flush(): void {
    const text = withoutStringEscapes(this.#text).toWellFormed();
    this.#text = '';
    if (text.trim() === '' || (this.#isPlaceholder && this.#options.withoutPlaceholders === true)) return;
    this.#options.onText?.(text);
    this.#ready.push({ text, kind: this.#cells > 0 ? 'table-cell' : this.#isTitle ? 'heading' : 'paragraph' });
  }
}
