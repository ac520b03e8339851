import type { XmlAttributes, XmlHandler } from '../docx/xml-reader.ts';
import { FileTooLargeError, ValueTooLargeError } from '../errors.ts';
import { PiecedText } from '../pieced-text.ts';
import { cellNumber, type NumberKind, numberKind } from './spreadsheet-number.ts';
import { withoutStringEscapes } from './xml-string-escapes.ts';

/** Excel's columns. */
const maxColumns = 16_384;
/** What a text costs in memory besides its characters, in bytes. */
const textOverhead = 48;

/** The sheets of a workbook, from its main part. */
export class Workbook implements XmlHandler {
  readonly sheets: { readonly name: string; readonly relationshipId: string }[] = [];
  is1904 = false;

  open(name: string, attributes: XmlAttributes): void {
    if (name === 'sheet') this.sheets.push({ name: attributes.name ?? '', relationshipId: attributes.id ?? '' });
    if (name === 'workbookPr') this.is1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '');
  }

  close(): void {}
  text(): void {}
}

/** What numbers of each style stand for. */
export class CellStyles implements XmlHandler {
  readonly #codes = new Map<number, string>();
  readonly #kinds: NumberKind[] = [];
  #inCells = false;

  open(name: string, attributes: XmlAttributes): void {
    if (name === 'numFmt') this.#codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
    if (name === 'cellXfs') this.#inCells = true;
    if (name !== 'xf' || !this.#inCells) return;
    const id = Number(attributes.numFmtId ?? 0);
    this.#kinds.push(numberKind(id, this.#codes.get(id)));
  }

  close(name: string): void {
    if (name === 'cellXfs') this.#inCells = false;
  }

  text(): void {}

  kindOf(style: string | undefined): NumberKind {
    return this.#kinds[Number(style ?? 0)] ?? 'number';
  }
}

/** The texts of a workbook that its cells refer to, without readings beside them. */
export class SharedTexts implements XmlHandler {
  readonly #maxBytes: number;
  readonly #texts: string[] = [];
  #bytes = 0;
  readonly #text = new PiecedText();
  #inText = false;
  #beside = 0;
  /** How often a text was asked for that isn't there. */
  missing = 0;

  /** @param maxBytes of memory */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  open(name: string): void {
    if (name === 'rPh') this.#beside += 1;
    this.#inText = name === 't' && this.#beside === 0;
    if (name === 'si') this.#text.clear();
  }

  close(name: string): void {
    this.#inText = false;
    if (name === 'rPh') this.#beside -= 1;
    if (name !== 'si') return;
    this.#bytes += 2 * this.#text.length + textOverhead;
    this.#check(this.#bytes);
    this.#texts.push(withoutStringEscapes(this.#text.toString()));
    this.#text.clear();
  }

  text(text: string): void {
    if (!this.#inText) return;
    this.#text.add(text);
    this.#check(this.#bytes + 2 * this.#text.length);
  }

  #check(bytes: number): void {
    if (bytes > this.#maxBytes) throw new FileTooLargeError('XLSX', this.#maxBytes, 'shared texts');
  }

  at(index: string): string {
    const text = this.#texts[Number.parseInt(index, 10)];
    if (text === undefined && index !== '') this.missing += 1;
    return text ?? '';
  }
}

/** A row as its cells are shown, without formats of numbers. */
export interface WorkbookRow {
  readonly number: number;
  /** Blank ones are left out: a row may have one cell, in the last column. */
  readonly cells: readonly (string | undefined)[];
}

/** What {@link SheetReader} needs. */
export interface SheetReaderOptions {
  readonly texts: SharedTexts;
  readonly styles: CellStyles;
  readonly is1904: boolean;
  /** The sheet's name. */
  readonly sheet: string;
  /** Largest row in bytes. */
  readonly maxValueBytes: number;
}

/** The rows of a sheet as they come. */
export class SheetReader implements XmlHandler {
  readonly #options: SheetReaderOptions;
  #rows: WorkbookRow[] = [];
  #number = 0;
  #cells: (string | undefined)[] = [];
  #column = 0;
  #type = 'n';
  #style: string | undefined;
  #value = '';
  #reads = false;
  #isFormula = false;
  #beside = 0;
  /** Cells with a formula that no program has computed. */
  uncomputed = 0;
  /** Of what the row's cells say themselves; in bytes it is no less. */
  #length = 0;

  /** Reading throws ValueTooLargeError. */
  constructor(options: SheetReaderOptions) {
    this.#options = options;
  }

  open(name: string, attributes: XmlAttributes): void {
    if (name === 'row') {
      this.#number = Number(attributes.r) || this.#number + 1;
      this.#cells = [];
      this.#column = 0;
      this.#length = 0;
    } else if (name === 'c') {
      this.#column = columnOf(attributes.r) ?? this.#column + 1;
      this.#type = attributes.t ?? 'n';
      this.#style = attributes.s;
      this.#value = '';
      this.#isFormula = false;
    } else if (name === 'rPh') this.#beside += 1;
    else if (name === 'f') this.#isFormula = true;
    this.#reads = name === 'v' || (name === 't' && this.#beside === 0);
  }

  close(name: string): void {
    this.#reads = false;
    if (name === 'rPh') this.#beside -= 1;
    // A text may be empty, a number may not.
    if (name === 'c' && this.#isFormula && this.#value === '' && this.#type !== 'str') this.uncomputed += 1;
    if (name === 'c' && this.#column <= maxColumns) this.#cells[this.#column - 1] = this.#shown();
    if (name === 'row' && this.#cells.length > 0) this.#rows.push({ number: this.#number, cells: this.#cells });
  }

  text(text: string): void {
    if (!this.#reads) return;
    this.#value += text;
    this.#length += text.length;
    const { sheet, maxValueBytes } = this.#options;
    if (this.#length > maxValueBytes)
      throw new ValueTooLargeError('XLSX', `${sheet}, row ${this.#number}`, maxValueBytes);
  }

  /** The rows that have come to their end. */
  take(): readonly WorkbookRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #shown(): string {
    const { texts, styles, is1904 } = this.#options;
    switch (this.#type) {
      case 's':
        return texts.at(this.#value);
      case 'b':
        return this.#value === '' ? '' : /^(?:1|true)$/.test(this.#value) ? 'TRUE' : 'FALSE';
      case 'n':
        return cellNumber(this.#value, styles.kindOf(this.#style), is1904);
      default:
        return withoutStringEscapes(this.#value);
    }
  }
}

/** The number of a cell's column, from 1: of AB12 28. */
function columnOf(reference: string | undefined): number | undefined {
  if (reference === undefined) return undefined;
  let column = 0;
  for (let index = 0; index < 3; index++) {
    const letter = reference.charCodeAt(index) - 64;
    if (!(letter >= 1 && letter <= 26)) break;
    column = column * 26 + letter;
  }
  return column === 0 ? undefined : column;
}
