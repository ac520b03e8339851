import type { AtomDraft } from '../atomizer.ts';
import { ColumnNames, type CsvBeginning, tellBeginningOf } from '../csv/csv-header.ts';
import type { DraftSequence } from '../draft-sequence.ts';
import { TooManyAtomsError, ValueTooLargeError } from '../errors.ts';
import type { NoteCollector } from '../notes.ts';

/** Rows that tell where the table begins and whether it has a header. */
const sampleRows = 50;

/** What {@link SheetRows} needs. */
export interface SheetRowsOptions {
  readonly drafts: DraftSequence;
  readonly notes: NoteCollector;
  /** The file's name. */
  readonly file: string;
  readonly sheet: string;
  /** Largest row in bytes. */
  readonly maxRowBytes: number;
}

/** Cells of one sheet, blank ones before others included: rows of one cell in the last column would take forever. */
const maxCells = 20_000_000;

interface SheetRow {
  readonly number: number;
  readonly cells: readonly string[];
}

/** Drafts of the rows of one sheet of a workbook: each row is text with tabs between its cells, as TSV with quotation marks. */
export class SheetRows {
  readonly #options: SheetRowsOptions;
  #sample: SheetRow[] = [];
  #beginning: CsvBeginning | undefined;
  #names: ColumnNames | undefined;
  #titles = 0;
  #cells = 0;

  constructor(options: SheetRowsOptions) {
    this.#options = options;
  }

  /**
   * The drafts that are complete with a row.
   *
   * @param number the row's, from 1
   * @param cells without those that aren't there: a row may have one cell, in the last column
   * @throws ValueTooLargeError, TooManyAtomsError
   */
  push(number: number, cells: readonly (string | undefined)[]): Iterable<AtomDraft> {
    let length = cells.length;
    while (length > 0 && (cells[length - 1] ?? '').trim() === '') length -= 1;
    if (length === 0) return [];
    this.#cells += length;
    if (this.#cells > maxCells) throw new TooManyAtomsError(maxCells, 'cells in one sheet');
    const shown: string[] = [];
    for (let index = 0; index < length; index++) shown.push(cells[index] ?? '');
    const row = { number, cells: shown };
    if (this.#beginning !== undefined) return [this.#draft(this.#beginning, row)];
    this.#sample.push(row);
    return this.#sample.length < sampleRows ? [] : this.end();
  }

  /** The drafts that are complete with some rows. */
  *all(
    rows: Iterable<{ readonly number: number; readonly cells: readonly (string | undefined)[] }>,
  ): Generator<AtomDraft> {
    for (const { number, cells } of rows) yield* this.push(number, cells);
  }

  /** The drafts of the rows that were kept back until then, one by one: each may be megabytes. */
  *end(): Generator<AtomDraft> {
    const rows = this.#sample;
    this.#sample = [];
    if (rows.length === 0) return;
    const beginning = this.#beginning ?? tellBeginningOf(rows.map(({ cells }) => cells));
    this.#beginning = beginning;
    for (const row of rows) yield this.#draft(beginning, row);
  }

  #draft({ titles, hasHeader, length }: CsvBeginning, row: SheetRow): AtomDraft {
    if (this.#names === undefined) {
      if (this.#titles < titles) {
        this.#titles += 1;
        return this.#add('sheet-title', row);
      }
      const { file, sheet, notes } = this.#options;
      this.#names = new ColumnNames(hasHeader ? row.cells : []);
      const columns = this.#names.first(Math.max(length, row.cells.length));
      notes.addTable({ name: `${file}: ${sheet}`, delimiter: '\t', quoting: 'doubled', columns });
      if (hasHeader) return this.#add('sheet-header', row);
    }
    // Blank cells say nothing, and may be thousands.
    return this.#add('sheet-row', row, this.#names.values(row.cells, ''));
  }

  #add(
    atomType: string,
    { number, cells }: SheetRow,
    values: Readonly<Record<string, string>> | null = null,
  ): AtomDraft {
    const { drafts, sheet, maxRowBytes } = this.#options;
    // A text that is there once may be in each of thousands of cells: no string is as long as that.
    let length = 0;
    for (const cell of cells) length += cell.length;
    if (length > maxRowBytes) throw new ValueTooLargeError('spreadsheet', `${sheet}, row ${number}`, maxRowBytes);
    const [only = ''] = cells;
    const text = (cells.length === 1 ? quoted(only) : cells.map(quoted).join('\t')).toWellFormed();
    const content = Buffer.from(text);
    if (content.length > maxRowBytes)
      throw new ValueTooLargeError('spreadsheet', `${sheet}, row ${number}`, maxRowBytes);
    return drafts.add({
      atomType,
      contentType: 'text/tab-separated-values; charset=utf-8',
      content,
      canonicalText: text.trim(),
      metadata: { sheet, row: number },
      values,
    });
  }
}

function quoted(cell: string): string {
  return /[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
