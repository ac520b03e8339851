import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { guessDelimiter, isHeader, namedFields } from './csv-header.ts';
import { CsvReader, type CsvRow } from './csv-reader.ts';

/** CSV and TSV: rows as they are written, with their fields by column name. Quotes and line ends of any kind. */
export const csvAtomizer: Atomizer = {
  name: 'csv',
  mediaType: 'text/csv',
  input: 'text',
  reproduces: 'text',
  offsetUnit: 'byte',
  detect(head, name) {
    if (!['csv', 'tsv', 'tab'].includes(fileExtension(name))) return 0;
    return textOfHead(head) === null ? 0 : 0.75;
  },
  async *atomize(source: AtomizerSource, { limits, signal }: AtomizerContext): AsyncGenerator<AtomDraft> {
    const rows = new CsvDrafts();
    let reader: CsvReader | undefined;
    try {
      for await (const piece of decodeText(source, signal)) {
        reader ??= new CsvReader(delimiterOf(source.name, piece), limits.maxValueBytes);
        for (const row of reader.push(Buffer.from(piece))) yield rows.draft(row);
      }
      if (reader !== undefined) for await (const row of reader.end()) yield rows.draft(row);
    } finally {
      reader?.[Symbol.dispose]();
    }
  },
};

function delimiterOf(name: string, text: string): string {
  return fileExtension(name) === 'csv' ? guessDelimiter(text) : '\t';
}

/** Turns rows into drafts and knows which of them is the header. */
class CsvDrafts {
  readonly #drafts = new DraftSequence();
  #header: readonly string[] | undefined;
  #rows = 0;

  draft(row: CsvRow): AtomDraft {
    const text = Buffer.from(row.raw).toString('utf8');
    const base = {
      contentType: 'text/csv; charset=utf-8',
      content: row.raw,
      canonicalText: text.trim(),
      startOffset: row.start,
      endOffset: row.start + row.raw.length,
    };
    if (text.trim() === '') {
      return this.#drafts.add({ ...base, atomType: 'csv-blank', metadata: { line: row.line } });
    }
    if (this.#header === undefined) {
      const hasHeader = isHeader(row.fields);
      this.#header = hasHeader ? row.fields : [];
      if (hasHeader) return this.#drafts.add({ ...base, atomType: 'csv-header', metadata: { line: row.line } });
    }
    this.#rows += 1;
    const metadata = { line: row.line, row: this.#rows, values: namedFields(this.#header, row.fields) };
    return this.#drafts.add({ ...base, atomType: 'csv-row', metadata });
  }
}
