import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { FlattenedDrafts } from '../flattened-drafts.ts';
import type { NoteCollector } from '../notes.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { tellDialect } from './csv-dialect.ts';
import { ColumnNames, type CsvBeginning, tellBeginning } from './csv-header.ts';
import { type CsvDialect, CsvReader, type CsvRow } from './csv-reader.ts';

const tabExtensions = ['tsv', 'tab'];
/** How much of a file decides its dialect: one piece, as it is decoded. */
const sampleLength = 64 * 1024;

/** CSV and TSV: rows as they are written, with their fields by column name. Quotes and line ends of any kind. */
export const csvAtomizer: Atomizer = {
  name: 'csv',
  mediaType: 'text/csv',
  input: 'text',
  reproduces: 'text',
  offsetUnit: 'byte',
  detect(head, name) {
    if (!['csv', 'psv', ...tabExtensions].includes(fileExtension(name))) return 0;
    return textOfHead(head) === null ? 0 : 0.75;
  },
  variant: ({ name }) => (isNamedTabs(name) ? 'tabs' : undefined),
  atomize: (source, context) => new FlattenedDrafts(draftsOfPieces(source, context)),
};

function isNamedTabs(name: string): boolean {
  return tabExtensions.includes(fileExtension(name));
}

async function* draftsOfPieces(
  source: AtomizerSource,
  { limits, signal, notes }: AtomizerContext,
): AsyncGenerator<Iterable<AtomDraft>> {
  let reader: CsvReader | undefined;
  let rows: CsvDrafts | undefined;
  for await (const piece of decodeText(source, signal)) {
    if (reader === undefined || rows === undefined) {
      const sample = piece.slice(0, sampleLength);
      const dialect = tellDialect(sample, isNamedTabs(source.name));
      reader = new CsvReader(dialect, limits.maxValueBytes);
      rows = new CsvDrafts(source.name, dialect, tellBeginning(sample, dialect), limits.maxBlockLength, notes);
    }
    yield rows.all(reader.push(piece));
  }
  if (reader === undefined || rows === undefined) return;
  yield rows.all(reader.end());
  yield rows.end();
}

interface BlankRows {
  text: string;
  readonly line: number;
}

/** Turns rows into drafts and knows which of them are titles and the header. */
class CsvDrafts {
  readonly #name: string;
  readonly #dialect: CsvDialect;
  readonly #drafts = new DraftSequence();
  readonly #beginning: CsvBeginning;
  readonly #maxBlankLength: number;
  readonly #notes: NoteCollector;
  #blank: BlankRows | undefined;
  #names: ColumnNames | undefined;
  #titles = 0;
  #rows = 0;
  #offset = 0;

  constructor(
    name: string,
    dialect: CsvDialect,
    beginning: CsvBeginning,
    maxBlankLength: number,
    notes: NoteCollector,
  ) {
    this.#name = name;
    this.#dialect = dialect;
    this.#beginning = beginning;
    this.#maxBlankLength = maxBlankLength;
    this.#notes = notes;
  }

  /** The drafts that are complete with some rows. */
  *all(rows: Iterable<CsvRow>): Generator<AtomDraft> {
    for (const row of rows) yield* this.drafts(row);
  }

  /** The drafts that are complete with a row: blank ones that follow each other are one. */
  *drafts(row: CsvRow): Generator<AtomDraft> {
    if (row.fields.length === 1 && row.text.trim() === '') {
      yield* this.#addBlank(row);
      return;
    }
    yield* this.end();
    yield this.#draft(row);
  }

  *#addBlank({ text, line }: CsvRow): Generator<AtomDraft> {
    // Empty lines come together, all with the same end.
    const unit = text.startsWith('\r\n') ? 2 : /^[\r\n]/.test(text) ? 1 : text.length;
    for (let from = 0; from < text.length; ) {
      const room = this.#maxBlankLength - (this.#blank?.text.length ?? 0);
      const fitting = Math.floor(room / unit) * unit;
      if (fitting === 0 && this.#blank !== undefined) {
        yield* this.end();
        continue;
      }
      const part = text.slice(from, from + Math.max(unit, fitting));
      if (this.#blank === undefined) this.#blank = { text: part, line: line + from / unit };
      else this.#blank.text += part;
      from += part.length;
    }
  }

  /** The last blank rows. */
  *end(): Generator<AtomDraft> {
    const blank = this.#blank;
    if (blank === undefined) return;
    this.#blank = undefined;
    yield this.#add('csv-blank', blank.text, { line: blank.line });
  }

  #draft({ text, fields, fieldCount, line, hasOpenQuote }: CsvRow): AtomDraft {
    if (hasOpenQuote) this.#notes.add('RECORDS_NOT_READ', `line ${line}: a quotation mark without a second one`);
    const { titles, hasHeader, length, hasRowNames } = this.#beginning;
    if (this.#names === undefined) {
      if (this.#titles < titles) {
        this.#titles += 1;
        return this.#add('csv-title', text, { line });
      }
      const header = hasRowNames ? ['', ...fields] : fields;
      this.#names = new ColumnNames(hasHeader ? header : []);
      const columns = this.#names.first(Math.max(length, hasHeader ? header.length : 0));
      this.#notes.addTable({ name: this.#name, ...this.#dialect, columns });
      if (hasHeader) return this.#add('csv-header', text, { line });
    }
    this.#rows += 1;
    if (fieldCount !== length) {
      this.#notes.add('ROWS_OF_ANOTHER_LENGTH', `line ${line}: ${fieldCount} fields where most have ${length}`);
    }
    return this.#add('csv-row', text, { line, row: this.#rows }, this.#names.values(fields));
  }

  #add(
    atomType: string,
    text: string,
    metadata: Readonly<Record<string, unknown>>,
    values: Readonly<Record<string, string>> | null = null,
  ): AtomDraft {
    const content = Buffer.from(text);
    const startOffset = this.#offset;
    this.#offset += content.length;
    return this.#drafts.add({
      atomType,
      contentType: 'text/csv; charset=utf-8',
      content,
      canonicalText: text.trim().toWellFormed(),
      metadata,
      values,
      startOffset,
      endOffset: this.#offset,
    });
  }
}
