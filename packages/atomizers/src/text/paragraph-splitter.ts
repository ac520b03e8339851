import type { Line } from './line-splitter.ts';

/** Lines up to and including the blank lines after them. */
export interface Paragraph {
  readonly text: string;
  /** In UTF-16 code units from the start of the text. */
  readonly start: number;
  /** Number of its first line. */
  readonly line: number;
}

/** Groups lines into paragraphs, which together are the text. One that grows too long goes on as another. */
export class ParagraphSplitter {
  readonly #maxLength: number;
  #lines: string[] = [];
  #length = 0;
  #first: Line | undefined;
  #endsBlank = false;
  #hasText = false;

  /** @param maxLength longest paragraph in UTF-16 code units; no line may be longer */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The paragraph that is complete because this line isn't part of it. */
  push(line: Line): Paragraph | undefined {
    const blank = line.text.trim() === '';
    const startsNew = (!blank && this.#endsBlank && this.#hasText) || this.#length + line.text.length > this.#maxLength;
    const complete = startsNew ? this.end() : undefined;
    this.#first ??= line;
    this.#lines.push(line.text);
    this.#length += line.text.length;
    this.#endsBlank = blank;
    this.#hasText ||= !blank;
    return complete;
  }

  /** The last paragraph. */
  end(): Paragraph | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    const paragraph = { text: this.#lines.join(''), start: first.start, line: first.number };
    this.#lines = [];
    this.#length = 0;
    this.#first = undefined;
    this.#endsBlank = false;
    this.#hasText = false;
    return paragraph;
  }
}
