import type { JsonValue } from '../json/json-reader.ts';

/** A cell of a notebook, or what a cell has printed. */
export interface NotebookPiece {
  readonly kind: 'markdown' | 'code' | 'raw' | 'output';
  /** Number of the cell, from 1. */
  readonly cell: number;
  readonly text: string;
}

const place = /^(?:\/worksheets\/\d+)?\/cells\/(\d+)\/(.+)$/;
const source = /^(?:source|input)(?:\/\d+)?$/;
/** Texts of outputs; pictures and data for programs aren't texts. */
const output = /^outputs\/(\d+)\/(?:text(?:\/\d+)?|data\/text~1(?:plain|markdown)(?:\/\d+)?|evalue)$/;

interface OpenCell {
  readonly number: number;
  type: string;
  source: string;
  outputs: string;
}

/** Gathers the cells of a Jupyter notebook (nbformat 3 and 4) from its values as they come. */
export class NotebookCells {
  readonly #maxLength: number;
  #cell: OpenCell | undefined;
  #ready: NotebookPiece[] = [];

  /** @param maxLength longest piece in UTF-16 code units; a longer one goes on as the next */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Takes a value. */
  push({ pointer, type, text }: JsonValue): void {
    const match = place.exec(pointer);
    if (match === null) return;
    const number = Number(match[1]) + 1;
    const key = match[2] ?? '';
    if (this.#cell?.number !== number) {
      this.end();
      this.#cell = { number, type: 'code', source: '', outputs: '' };
    }
    const cell = this.#cell;
    if (cell === undefined || type !== 'string') return;
    if (key === 'cell_type') cell.type = text;
    else if (source.test(key)) cell.source += text;
    else if (output.test(key)) cell.outputs += text.endsWith('\n') || /\/\d+$/.test(key) ? text : `${text}\n`;
    if (cell.source.length > this.#maxLength) this.#release(cell, 'source');
    if (cell.outputs.length > this.#maxLength) this.#release(cell, 'outputs');
  }

  /** Closes the last cell. */
  end(): void {
    const cell = this.#cell;
    this.#cell = undefined;
    if (cell === undefined) return;
    this.#release(cell, 'source');
    this.#release(cell, 'outputs');
  }

  /** The pieces that have come to their end. */
  take(): readonly NotebookPiece[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #release(cell: OpenCell, what: 'source' | 'outputs'): void {
    const text = cell[what].toWellFormed();
    cell[what] = '';
    if (text.trim() === '') return;
    const kind = what === 'outputs' ? 'output' : kindOf(cell.type);
    this.#ready.push({ kind, cell: cell.number, text });
  }
}

function kindOf(type: string): NotebookPiece['kind'] {
  if (type === 'markdown' || type === 'heading') return 'markdown';
  return type === 'raw' ? 'raw' : 'code';
}
