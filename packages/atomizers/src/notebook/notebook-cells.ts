import type { JsonValue } from '../json/json-reader.ts';

/** A cell of a notebook, or what a cell has printed. */
export interface NotebookPiece {
  readonly kind: 'markdown' | 'code' | 'raw' | 'output' | 'html';
  /** Number of the cell, from 1. */
  readonly cell: number;
  readonly text: string;
}

const place = /^(?:\/worksheets\/\d+)?\/cells\/(\d+)\/(.+)$/;
const source = /^(?:source|input)(?:\/\d+)?$/;
/** Texts of outputs; pictures and data for programs aren't texts. */
const output = /^outputs\/(\d+)\/(?:text(?:\/\d+)?|data\/text~1(?:plain|markdown)(?:\/\d+)?|ename|evalue)$/;
const html = /^outputs\/(\d+)\/(?:data\/text~1html|html)(?:\/\d+)?$/;
/** What stands for an object whose text is in another format. */
const standIn = /^<[\w.]+ object[^>]*>\s*$/;
/** Those that stand for a text. */
const textStandIn = /^<IPython\.core\.display\.(?:HTML|JSON|Latex|Math)\b/;

/** A chart in HTML may be megabytes of script. */
const maxHtmlLength = 4 * 1024 * 1024;

interface OpenCell {
  readonly number: number;
  type: string;
  source: string;
  outputs: string;
  /** Outputs that are HTML only. */
  html: string;
  /** The output that is open: its HTML, and whether it has a text too. */
  output:
    | { readonly number: string; html: string; isCut: boolean; text: 'none' | 'stand-in' | 'text-stand-in' | 'whole' }
    | undefined;
}

/** Gathers the cells of a Jupyter notebook (nbformat 3 and 4) from its values as they come. */
export class NotebookCells {
  readonly #maxLength: number;
  #cell: OpenCell | undefined;
  #ready: NotebookPiece[] = [];
  /** Outputs without a text, in a format that isn't read, or of more HTML than is read. */
  unread = 0;

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
      this.#cell = { number, type: 'code', source: '', outputs: '', html: '', output: undefined };
    }
    const cell = this.#cell;
    if (cell === undefined || type !== 'string') return;
    if (key === 'cell_type') cell.type = text;
    else if (source.test(key)) cell.source += text;
    else if (html.test(key) || output.test(key)) this.#output(cell, key, text);
    if (cell.source.length > this.#maxLength) this.#release(cell, 'source');
    if (cell.outputs.length > this.#maxLength) this.#release(cell, 'outputs');
    if (cell.html.length > this.#maxLength) this.#release(cell, 'html');
  }

  #output(cell: OpenCell, key: string, text: string): void {
    const number = output.exec(key)?.[1] ?? html.exec(key)?.[1] ?? '';
    if (cell.output?.number !== number) {
      this.#endOutput(cell);
      if (cell.outputs !== '' && !cell.outputs.endsWith('\n')) cell.outputs += '\n';
      cell.output = { number, html: '', isCut: false, text: 'none' };
    }
    if (html.test(key)) {
      if (cell.output.html.length < maxHtmlLength) cell.output.html += text;
      else cell.output.isCut = true;
      return;
    }
    const isStandIn = standIn.test(text) && cell.output.text === 'none';
    cell.output.text = !isStandIn ? 'whole' : textStandIn.test(text) ? 'text-stand-in' : 'stand-in';
    cell.outputs += text.endsWith('\n') || /\/\d+$/.test(key) ? text : `${text}\n`;
  }

  /** HTML is read where there is no text but one that stands for it: tables come as both. */
  #endOutput(cell: OpenCell): void {
    const ended = cell.output;
    cell.output = undefined;
    if (ended === undefined || ended.text === 'whole') return;
    if (ended.isCut || (ended.html === '' && ended.text === 'text-stand-in')) this.unread += 1;
    if (ended.html !== '') cell.html += `${ended.html}\n`;
  }

  /** Closes the last cell. */
  end(): void {
    const cell = this.#cell;
    this.#cell = undefined;
    if (cell === undefined) return;
    this.#release(cell, 'source');
    this.#endOutput(cell);
    this.#release(cell, 'outputs');
    this.#release(cell, 'html');
  }

  /** The pieces that have come to their end. */
  take(): readonly NotebookPiece[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #release(cell: OpenCell, what: 'source' | 'outputs' | 'html'): void {
    const text = cell[what].toWellFormed();
    cell[what] = '';
    if (text.trim() === '') return;
    const kind = what === 'source' ? kindOf(cell.type) : what === 'outputs' ? 'output' : what;
    this.#ready.push({ kind, cell: cell.number, text });
  }
}

function kindOf(type: string): NotebookPiece['kind'] {
  if (type === 'markdown' || type === 'heading') return 'markdown';
  return type === 'raw' ? 'raw' : 'code';
}
