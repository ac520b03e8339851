import type { AtomDraft } from './atomizer.ts';
import type { FileReading, NoteCollector } from './notes.ts';

/** Which UTF-16 code units are letters or digits; the halves of surrogate pairs count as half a letter each. */
let letterTable: Uint8Array | undefined;
function letters(): Uint8Array {
  if (letterTable !== undefined) return letterTable;
  const table = new Uint8Array(0x10000);
  for (let code = 0; code < table.length; code++) {
    if (code >= 0xd800 && code <= 0xdfff) table[code] = 1;
    else if (/[\p{L}\p{N}]/u.test(String.fromCharCode(code))) table[code] = 2;
  }
  letterTable = table;
  return table;
}

/** Counts what the drafts of a file hold. */
export class ReadingMeasure {
  readonly #notes: NoteCollector;
  #halfLetters = 0;
  #bytes = 0;

  constructor(notes: NoteCollector) {
    this.#notes = notes;
  }

  /** Bytes of the atoms so far that have no children. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a draft into account. */
  add(draft: AtomDraft): void {
    if (!draft.isLeaf) return;
    this.#bytes += draft.content.length;
    const text = draft.canonicalText;
    if (text === null) return;
    const table = letters();
    let sum = 0;
    for (let index = 0; index < text.length; index++) sum += table[text.charCodeAt(index)] ?? 0;
    this.#halfLetters += sum;
  }

  /** How well the file was read, as far as it was. */
  reading(): FileReading {
    const lost = this.#notes.count('BYTES_KEPT') + this.#notes.count('BYTES_NOT_UNDERSTOOD');
    return {
      notes: this.#notes.notes,
      letters: Math.floor(this.#halfLetters / 2),
      tables: this.#notes.tables,
      shareNotUnderstood: lost === 0 ? 0 : Math.min(1, lost / Math.max(this.#bytes, lost)),
    };
  }
}
