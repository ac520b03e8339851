import type { XmlAttributes, XmlHandler } from '../docx/xml-reader.ts';
import { ValueTooLargeError } from '../errors.ts';
import { piecesOf } from '../text/line-splitter.ts';
import { MathMl } from '../text/math-ml.ts';
import { odfControlText } from './odf-controls.ts';

/** What comes out of an OpenDocument file, in its order. */
export type OdfPiece =
  | {
      readonly kind: 'paragraph' | 'heading' | 'table-cell' | 'list-item' | 'caption' | 'form-field';
      readonly text: string;
      readonly metadata: Readonly<Record<string, string | number>>;
    }
  | { readonly kind: 'sheet'; readonly name: string }
  /** Blank cells are left out: a row may have one cell, in the last column. */
  | { readonly kind: 'row'; readonly number: number; readonly cells: readonly (string | undefined)[] };

/** Columns of a sheet. */
const maxColumns = 16_384;
/** A cell that stands for many equal ones is as many as this at most. */
const maxRepeatedCells = 256;
/** A row that stands for many equal ones is as many as this at most: they are one atom anyway. */
const maxRepeatedRows = 10;
/** Elements whose text isn't part of the document as it is shown. */
const hidden = new Set(['tracked-changes', 'script', 'event-listeners', 'binary-data']);
/** Elements whose paragraphs stand in the middle of another paragraph. */
const apart = new Set(['note', 'annotation', 'frame', 'text-box', 'object', 'custom-shape']);

/** Texts of a presentation that its slides show, and formulas. */
const textsOfTheirOwn = new Set(['footer-decl', 'header-decl', 'date-time-decl', 'math']);

/** What {@link OdfTexts} needs. */
export interface OdfTextsOptions {
  /** Whether rows of tables are what it is about. */
  readonly isSpreadsheet: boolean;
  /** Longest paragraph in UTF-16 code units; a longer one goes on as the next. */
  readonly maxLength: number;
  /** Largest text of a cell. */
  readonly maxValueBytes: number;
}

interface OpenParagraph {
  text: string;
  /** `nothing`: what stands there directly isn't part of any paragraph. */
  readonly kind: 'paragraph' | 'heading' | 'caption' | 'form-field' | 'nothing';
  readonly level: number | undefined;
}

/** Takes texts, tables and sheets out of `content.xml` or `styles.xml` of an OpenDocument file (ODF 1.3, part 3). */
export class OdfTexts implements XmlHandler {
  readonly #options: OdfTextsOptions;
  readonly #ready: OdfPiece[] = [];
  /** Paragraphs that are open, the innermost last: a note's is within the one that it belongs to. */
  readonly #paragraphs: OpenParagraph[] = [];
  readonly #places: string[] = [];
  readonly #math = new MathMl();
  #hidden = 0;
  #forms = 0;
  #lists = 0;
  #cells = 0;
  #page = 0;
  #row = 0;
  #repeatedRows = 1;
  #rowCells: (string | undefined)[] = [];
  /** Cells of the row so far. */
  #column = 0;
  #cell: { value: string | undefined; stated: string; texts: string[]; length: number; repeated: number } | undefined;

  /** Reading throws ValueTooLargeError. */
  constructor(options: OdfTextsOptions) {
    this.#options = options;
  }

  open(name: string, attributes: XmlAttributes): void {
    if (hidden.has(name)) this.#hidden += 1;
    if (this.#hidden > 0) return;
    if (apart.has(name)) {
      this.#places.push(name);
      this.#paragraphs.push({ text: '', kind: 'nothing', level: undefined });
    }
    if (name === 'forms') this.#forms += 1;
    else if (this.#forms > 0) this.#openControl(name, attributes);
    if (textsOfTheirOwn.has(name)) this.#paragraphs.push({ text: '', kind: 'paragraph', level: undefined });
    this.#add(this.#math.open(name, this.#paragraphs.at(-1)?.text ?? ''));
    if (this.#isCaption(name)) this.#paragraphs.push({ text: '', kind: 'caption', level: undefined });
    else if (name === 'p' || name === 'h') {
      const level = name === 'h' ? Number(attributes['outline-level'] ?? 1) : undefined;
      this.#paragraphs.push({ text: '', kind: name === 'h' ? 'heading' : 'paragraph', level });
    } else if (name === 's') this.#add(' '.repeat(Math.min(Number(attributes.c ?? 1) || 1, 1_000)));
    else if (name === 'tab') this.#add('\t');
    else if (name === 'line-break') this.#add('\n');
    else if (name === 'list') this.#lists += 1;
    else if (name === 'page') this.#page += 1;
    else if (name === 'ruby-text') this.#add('(');
    else if (this.#options.isSpreadsheet) this.#openTable(name, attributes);
    else if (name === 'table-cell') this.#cells += 1;
  }

  close(name: string): void {
    if (hidden.has(name)) {
      this.#hidden -= 1;
      return;
    }
    if (this.#hidden > 0) return;
    const paragraph = this.#paragraphs.at(-1);
    if (name === 'forms') this.#forms -= 1;
    else if (name === 'ruby-text') this.#closeReading(paragraph);
    else if (this.#math.isOpen && paragraph !== undefined) paragraph.text = this.#math.close(name, paragraph.text);
    if (name === 'p' || name === 'h' || textsOfTheirOwn.has(name) || this.#isCaption(name)) this.#closeParagraph();
    if (apart.has(name)) {
      this.#places.pop();
      this.#paragraphs.pop();
    }
    if (name === 'list') this.#lists -= 1;
    if (this.#options.isSpreadsheet) this.#closeTable(name);
    else if (name === 'table-cell') this.#cells -= 1;
  }

  text(text: string): void {
    // White space is one blank, as in HTML; blanks that count are elements.
    if (this.#hidden === 0) this.#add(text.replaceAll(/[ \t\r\n]+/g, ' '));
  }

  /** What has come to its end. */
  take(): readonly OdfPiece[] {
    return this.#ready.splice(0);
  }

  #openControl(name: string, attributes: XmlAttributes): void {
    const text = odfControlText(name, attributes);
    if (text !== '') this.#emit({ text, kind: 'form-field', level: undefined });
  }

  /** A reading beside characters stands behind them, in brackets. */
  #closeReading(paragraph: OpenParagraph | undefined): void {
    if (paragraph?.text.endsWith('(') === true) paragraph.text = paragraph.text.slice(0, -1);
    else this.#add(')');
  }

  /** What a picture is described by; elsewhere a title is a field. */
  #isCaption(name: string): boolean {
    return (name === 'desc' || name === 'title') && this.#places.at(-1) === 'frame';
  }

  #add(text: string): void {
    const paragraph = this.#paragraphs.at(-1);
    if (paragraph === undefined || paragraph.kind === 'nothing') return;
    paragraph.text += text;
    const { maxLength } = this.#options;
    if (paragraph.text.length <= maxLength) return;
    const pieces = [...piecesOf(paragraph.text, maxLength)];
    paragraph.text = pieces.pop() ?? '';
    for (const piece of pieces) this.#emit({ ...paragraph, text: piece });
  }

  #closeParagraph(): void {
    const paragraph = this.#paragraphs.pop();
    if (paragraph === undefined) return;
    if (this.#cell === undefined || this.#places.includes('annotation')) {
      this.#emit(paragraph);
      return;
    }
    this.#cell.texts.push(paragraph.text);
    this.#cell.length += paragraph.text.length + 1;
    const { maxValueBytes } = this.#options;
    if (this.#cell.length > maxValueBytes) {
      throw new ValueTooLargeError('OpenDocument', `row ${this.#row + 1} of a sheet`, maxValueBytes);
    }
  }

  #emit({ text, kind, level }: OpenParagraph): void {
    if (kind === 'nothing' || text.trim() === '') return;
    const place = this.#places.at(-1);
    const shown = this.#cells > 0 ? 'table-cell' : kind === 'paragraph' && this.#lists > 0 ? 'list-item' : kind;
    this.#ready.push({
      kind: shown,
      text: text.toWellFormed(),
      metadata: {
        ...(level !== undefined && { level }),
        ...(this.#page > 0 && { slide: this.#page }),
        ...(place !== undefined && { part: place }),
      },
    });
  }

  #openTable(name: string, attributes: XmlAttributes): void {
    if (name === 'table') {
      this.#row = 0;
      this.#ready.push({ kind: 'sheet', name: attributes.name ?? '' });
    } else if (name === 'table-row') {
      this.#repeatedRows = repetitions(attributes['number-rows-repeated']);
      this.#rowCells = [];
      this.#column = 0;
    } else if (name === 'table-cell' || name === 'covered-table-cell') {
      const repeated = repetitions(attributes['number-columns-repeated']);
      const stated = attributes['string-value'] ?? '';
      this.#cell = { value: cellValue(attributes), stated, texts: [], length: 0, repeated };
    }
  }

  #closeTable(name: string): void {
    if (name === 'table-cell' || name === 'covered-table-cell') this.#closeCell();
    if (name !== 'table-row') return;
    const count = this.#rowCells.length > 0 ? Math.min(this.#repeatedRows, maxRepeatedRows) : 0;
    for (let index = 0; index < count; index++) {
      this.#ready.push({ kind: 'row', number: this.#row + index + 1, cells: this.#rowCells });
    }
    this.#row += this.#repeatedRows;
  }

  #closeCell(): void {
    const cell = this.#cell;
    this.#cell = undefined;
    if (cell === undefined) return;
    const text = cell.value ?? (cell.texts.length === 0 ? cell.stated : cell.texts.join('\n'));
    // Cells up to the sheet's edge are written as one.
    const count = text === '' ? 0 : Math.min(cell.repeated, maxRepeatedCells, maxColumns - this.#column);
    for (let index = 0; index < count; index++) this.#rowCells[this.#column + index] = text;
    this.#column += cell.repeated;
  }
}

/** How many cells or rows one of them stands for. */
function repetitions(text: string | undefined): number {
  return Math.max(1, Math.trunc(Number(text ?? 1)) || 1);
}

/** What a cell holds, where its text would be in the form of a language: dates, times and numbers. */
function cellValue(attributes: XmlAttributes): string | undefined {
  switch (attributes['value-type']) {
    case 'date':
      return attributes['date-value']?.replace(/T00:00:00(?:\.0+)?$/, '').replace(/\.0+$/, '');
    case 'time':
      return durationOf(attributes['time-value']);
    case 'float':
    case 'percentage':
    case 'currency':
      return attributes.value;
    default:
      return undefined;
  }
}

/** `PT10H05M00S` as `10:05:00`. */
function durationOf(text: string | undefined): string | undefined {
  const match = /^PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S$/.exec(text ?? '');
  return match === null
    ? text
    : match
        .slice(1)
        .map((part) => part.padStart(2, '0'))
        .join(':');
}
