const maxDetailLength = 200;
/** What is kept of tables is metadata of one atom, which must not grow without end. */
const maxTables = 200;
const maxColumns = 2_000;

/** Stable names of what a reader of the atoms should know about how a file was read. */
export type AtomizerNoteCode =
  /** A file, or a member of an archive, is kept as chunks of bytes: nobody knows its format. Counts bytes. */
  | 'BYTES_KEPT'
  /** Bytes in a text that aren't valid in its encoding. Counts them. */
  | 'BYTES_NOT_UNDERSTOOD'
  /** NUL and other control characters that a text doesn't usually have. Counts them; they are in the atoms. */
  | 'CONTROL_CHARACTERS'
  /** The encoding isn't stated anywhere and was guessed from the bytes. */
  | 'ENCODING_GUESSED'
  /** What the file says of its encoding isn't true. */
  | 'ENCODING_MISSTATED'
  /** A format that is known and isn't read; its bytes are kept. */
  | 'FORMAT_NOT_READ'
  /** Parts of a document that have or may have text and aren't read. */
  | 'PARTS_NOT_READ'
  /** Pages of a PDF without any text, such as scanned ones. */
  | 'PAGES_WITHOUT_TEXT'
  /** Pictures, and pages without other text, whose text was recognised by OCR: it may be wrong. */
  | 'TEXT_RECOGNIZED'
  /** Pictures that OCR couldn't read, or had no time for. */
  | 'PICTURES_NOT_READ'
  /** Pages of a PDF that can't be read, wholly or from some point on. */
  | 'PAGES_NOT_READ'
  /** Fonts of a PDF whose text can't be read. */
  | 'FONT_NOT_READ'
  /** Characters that their font gives no meaning: of a PDF, or signs of a symbol font that aren't known. */
  | 'FONT_WITHOUT_UNICODE'
  /** A form that isn't on the pages: XFA. */
  | 'FORM_NOT_READ'
  /** Rows that have more or fewer fields than the header. */
  | 'ROWS_OF_ANOTHER_LENGTH'
  /** Records that aren't read by their format's rules: a row with an open quotation mark, a line that isn't JSON. */
  | 'RECORDS_NOT_READ'
  /** Bytes before or behind an archive. */
  | 'BYTES_AROUND_ARCHIVE'
  /** Members of an archive that are refused: links, encrypted ones. */
  | 'MEMBERS_REFUSED'
  /** Members of an archive that their own format refuses; their bytes are kept. */
  | 'MEMBERS_BROKEN'
  /** Members that a later one of the same name replaces; of an Office document the last one is read alone. */
  | 'MEMBERS_REPLACED';

/** Something about how a file was read that its atoms don't show. */
export interface AtomizerNote {
  readonly code: AtomizerNoteCode;
  /** How often, or how many bytes; 1 or more. */
  readonly count: number;
  /** What exactly and where, for people; of several the first. Never longer than 200 characters. */
  readonly detail: string;
}

/** A table in a file, as its rows are to be read. */
export interface TableReading {
  /** The file's name; of a member of an archive its path. */
  readonly name: string;
  /** One character, or the same twice. */
  readonly delimiter: string;
  readonly quoting: 'doubled' | 'backslash' | 'spaced' | 'single' | 'none';
  /** Names of the columns, of those without a name `column N`; null where there are too many to keep: the header atom has them. */
  readonly columns: readonly string[] | null;
}

/** How well a file was read. */
export interface FileReading {
  /** One for each code, in the order of their first appearance. None: all text that a person sees in the file is in the atoms. */
  readonly notes: readonly AtomizerNote[];
  /** Letters and digits in the atoms that have no children. */
  readonly letters: number;
  /** Bytes that are kept as they are or weren't valid, of all bytes of the atoms that have no children: 0 to 1. */
  readonly shareNotUnderstood: number;
  /** The tables of text in it, which say what the fields of their rows are called; of more than 200 the first. */
  readonly tables: readonly TableReading[];
}

/** Gathers the notes about one file and all that is in it. */
export class NoteCollector {
  readonly #tables: TableReading[] = [];
  #columns = 0;
  readonly #notes = new Map<AtomizerNoteCode, { count: number; readonly detail: string }>();

  /**
   * Adds a note, or to the count of the one with that code.
   *
   * @param detail what and where, of the first
   * @param count 1 or more
   */
  add(code: AtomizerNoteCode, detail: string, count = 1): void {
    const known = this.#notes.get(code);
    if (known !== undefined) known.count += count;
    else this.#notes.set(code, { count, detail: shorten(detail) });
  }

  /** Adds a table, as long as all tables together have no more columns than {@link maxColumns}. */
  addTable(table: TableReading): void {
    if (this.#tables.length >= maxTables) return;
    const count = table.columns?.length ?? 0;
    const fits = this.#columns + count <= maxColumns;
    if (fits) this.#columns += count;
    this.#tables.push(fits ? table : { ...table, columns: null });
  }

  /** The tables that were found so far. */
  get tables(): readonly TableReading[] {
    return [...this.#tables];
  }

  /** How much was counted under a code. */
  count(code: AtomizerNoteCode): number {
    return this.#notes.get(code)?.count ?? 0;
  }

  /** What was noted so far. */
  get notes(): readonly AtomizerNote[] {
    return [...this.#notes].map(([code, { count, detail }]) => ({ code, count, detail }));
  }
}

function shorten(detail: string): string {
  const text = detail.toWellFormed();
  return text.length > maxDetailLength ? `${text.slice(0, maxDetailLength - 1).toWellFormed()}…` : text;
}
