import { piecesOf } from '../text/line-splitter.ts';
import { Alternatives } from './alternatives.ts';
import { DocxFields } from './docx-fields.ts';
import { DocxMath } from './docx-math.ts';
import type { HeadingStyles } from './docx-styles.ts';
import { isSymbolFont, privateSigns, symbolOf, symbolText } from './symbol-fonts.ts';
import type { XmlAttributes, XmlHandler } from './xml-reader.ts';

/** A paragraph of a Word document. */
export interface DocxParagraph {
  readonly kind: 'heading' | 'paragraph' | 'table-cell';
  readonly text: string;
  readonly style?: string;
  /** Of a heading: 1 to 9. */
  readonly level?: number;
  /** Ids of relationships, and addresses, that it has links to. */
  readonly links?: readonly string[];
}

/** A document of another format that stands in this place (`w:altChunk`). */
export interface DocxChunk {
  readonly kind: 'chunk';
  readonly relationshipId: string;
}

interface OpenParagraph {
  text: string;
  style?: string;
  level?: number;
  links: string[];
  /** Its mark is deleted: it goes on as the next one. */
  isJoined: boolean;
}

/** A box to tick or a list to choose from, of the kind that is older than content controls. */
interface FormField {
  isBox: boolean;
  isChecked: boolean;
  readonly entries: string[];
  choice: number;
}

const maxStyleLength = 128;
const maxLinks = 32;
const maxLinkLength = 2048;
/** Word allows for 25. */
const maxListEntries = 1_000;
/** What was deleted, where something was before it was moved, and what was set before it was set otherwise. */
const ignoredElements = new Set([
  'del',
  'moveFrom',
  'pPrChange',
  'rPrChange',
  'sectPrChange',
  'tblPrChange',
  'tcPrChange',
  'trPrChange',
]);

/** Gathers the paragraphs of WordprocessingML. What isn't part of its present text is left out. */
export class DocxParagraphs implements XmlHandler {
  readonly #headings: HeadingStyles;
  readonly #maxLength: number;
  /** More than one where a paragraph holds a text box, which has paragraphs of its own. */
  readonly #open: OpenParagraph[] = [];
  readonly #elements: string[] = [];
  readonly #math = new DocxMath();
  readonly #alternatives = new Alternatives();
  #ready: (DocxParagraph | DocxChunk)[] = [];
  #joined = '';
  #added = 0;
  #cells = 0;
  /** How many elements are open with one that is ignored. */
  #ignoredFrom: number | undefined;
  #font = '';
  #field: FormField | undefined;
  readonly #fields = new DocxFields();
  #meaningless = 0;
  /** A reading beside Chinese characters: where it began, and its text. */
  #reading: { readonly start: number; readonly text: string } | undefined;

  constructor(headings: HeadingStyles, maxLength: number) {
    this.#headings = headings;
    this.#maxLength = maxLength;
  }

  /** Fields whose result isn't in the file. */
  get fieldsNotShown(): number {
    return this.#fields.notShown;
  }

  /** Characters of symbol fonts whose sign isn't known. */
  get meaningless(): number {
    return this.#meaningless;
  }

  open(name: string, attributes: XmlAttributes): void {
    const parent = this.#elements.at(-1);
    const isMark = name === 'del' && parent === 'rPr' && this.#elements.at(-2) === 'pPr';
    this.#elements.push(name);
    if (this.#ignoredFrom !== undefined) return;
    const paragraph = this.#open.at(-1);
    if (isMark && paragraph !== undefined) paragraph.isJoined = true;
    if (ignoredElements.has(name) || this.#alternatives.open(name, attributes.Requires ?? '', this.#added)) {
      this.#ignoredFrom = this.#elements.length;
      return;
    }
    this.#add(this.#math.open(name, attributes.val ?? '', parent, paragraph?.text ?? ''));
    this.#openElement(name, attributes, parent, paragraph);
  }

  close(name: string): void {
    const isIgnored = this.#ignoredFrom !== undefined;
    if (this.#ignoredFrom === this.#elements.length) this.#ignoredFrom = undefined;
    this.#elements.pop();
    if (isIgnored) return;
    this.#alternatives.close(name, this.#added);
    const paragraph = this.#open.at(-1);
    if (paragraph !== undefined) paragraph.text = this.#math.close(name, this.#elements.at(-1), paragraph.text);
    if (name === 'tc') this.#cells -= 1;
    else if (name === 'r') this.#font = '';
    else if (name === 'ffData') this.#endField();
    else if (name === 'rt' && paragraph !== undefined) this.#endReading(paragraph);
    else if (name === 'ruby') this.#addReading();
    else if (name === 'p' && paragraph !== undefined) {
      this.#open.pop();
      if (paragraph.isJoined) this.#joined = paragraph.text;
      else this.#finish(paragraph);
    }
  }

  text(text: string): void {
    if (this.#ignoredFrom !== undefined) return;
    const element = this.#elements.at(-1);
    if (element === 'instrText') this.#fields.instruction(text);
    if (element === 't') this.#addText(isSymbolFont(this.#font) ? symbolText(this.#font, text) : text);
  }

  /** The paragraphs, and documents between them, that have come to their end. */
  take(): readonly (DocxParagraph | DocxChunk)[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #openElement(
    name: string,
    attributes: XmlAttributes,
    parent: string | undefined,
    paragraph: OpenParagraph | undefined,
  ): void {
    const value = attributes.val ?? '';
    if (name === 'p') {
      this.#open.push({ text: this.#joined, links: [], isJoined: false });
      this.#joined = '';
    } else if (name === 'tc') this.#cells += 1;
    // Where a paragraph's tab stops are defined, they have the same name.
    else if ((name === 'tab' && parent === 'r') || name === 'ptab') this.#add('\t');
    else if (name === 'br' || name === 'cr') this.#add('\n');
    else if (name === 'noBreakHyphen') this.#add('-');
    else if (name === 'fldChar') this.#fieldMark(attributes.fldCharType ?? '');
    else if (name === 'sym' || name === 'symEx') this.#addSymbol(attributes);
    // Words drawn along a line: WordArt before it became text in a box.
    else if (name === 'textpath') this.#add(attributes.string ?? '');
    else if (name === 'rt') this.#reading = { start: paragraph?.text.length ?? 0, text: '' };
    else if (name === 'rFonts' && parent === 'rPr') this.#font = attributes.ascii ?? attributes.hAnsi ?? '';
    else if (name === 'altChunk' && attributes.id !== undefined) {
      this.#ready.push({ kind: 'chunk', relationshipId: attributes.id });
    } else if (name === 'hyperlink' && attributes.id !== undefined) addLink(paragraph, attributes.id);
    else if (name === 'ffData') this.#field = { isBox: false, isChecked: false, entries: [], choice: 0 };
    else if (this.#field !== undefined) this.#openField(this.#field, name, value);
    else if (paragraph !== undefined && name === 'pStyle') this.#style(paragraph, value);
    else if (paragraph !== undefined && name === 'outlineLvl') {
      const level = Number(attributes.val) + 1;
      if (level >= 1 && level <= 9) paragraph.level = level;
    }
  }

  #openField(field: FormField, name: string, value: string): void {
    if (name === 'checkBox') field.isBox = true;
    else if (name === 'checked' || (name === 'default' && field.isBox))
      field.isChecked = !/^(?:0|false|off)$/.test(value);
    else if (name === 'listEntry' && field.entries.length < maxListEntries) field.entries.push(value);
    else if (name === 'result') field.choice = Number(value);
  }

  /** The reading comes before its characters in the file, and after them in the text. */
  #endReading(paragraph: OpenParagraph): void {
    const start = Math.min(this.#reading?.start ?? 0, paragraph.text.length);
    this.#reading = { start, text: paragraph.text.slice(start) };
    paragraph.text = paragraph.text.slice(0, start);
  }

  #addReading(): void {
    const text = this.#reading?.text ?? '';
    this.#reading = undefined;
    if (text !== '') this.#add(`(${text})`);
  }

  #endField(): void {
    const field = this.#field;
    this.#field = undefined;
    if (field?.isBox === true) this.#add(field.isChecked ? '☒' : '☐');
    else this.#add(field?.entries[field.choice] ?? '');
  }

  #fieldMark(type: string): void {
    if (type === 'begin') this.#fields.begin();
    if (type === 'separate') {
      const link = this.#fields.separate(this.#added);
      if (link !== undefined) addLink(this.#open.at(-1), link);
    }
    if (type === 'end') this.#addText(this.#fields.end(this.#added));
  }

  /** Adds a text whose signs in private characters are counted. */
  #addText(text: string): void {
    this.#meaningless += privateSigns(text);
    this.#add(text);
  }

  #addSymbol({ font = '', char = '' }: XmlAttributes): void {
    const code = Number.parseInt(char, 16);
    if (Number.isNaN(code)) return;
    const symbol = symbolOf(font, code);
    if (symbol === undefined) this.#meaningless += 1;
    this.#add(symbol ?? String.fromCodePoint(code));
  }

  #style(paragraph: OpenParagraph, style: string): void {
    paragraph.style = style.slice(0, maxStyleLength);
    const level = this.#headings.get(style);
    if (level !== undefined) paragraph.level ??= level;
  }

  #add(text: string): void {
    const paragraph = this.#open.at(-1);
    if (paragraph === undefined || text === '') return;
    paragraph.text += text;
    this.#added += text.length;
    if (paragraph.text.length <= this.#maxLength) return;
    const pieces = [...piecesOf(paragraph.text, this.#maxLength)];
    paragraph.text = pieces.pop() ?? '';
    for (const piece of pieces) this.#finish({ ...paragraph, text: piece });
  }

  #finish({ text, style, level, links }: OpenParagraph): void {
    if (text.trim() === '') return;
    const kind = this.#cells > 0 ? 'table-cell' : level === undefined ? 'paragraph' : 'heading';
    this.#ready.push({
      kind,
      text: text.toWellFormed(),
      ...(style !== undefined && { style }),
      ...(level !== undefined && { level }),
      ...(links.length > 0 && { links }),
    });
  }
}

function addLink(paragraph: OpenParagraph | undefined, link: string): void {
  if (paragraph !== undefined && paragraph.links.length < maxLinks) {
    paragraph.links.push(link.slice(0, maxLinkLength).toWellFormed());
  }
}
