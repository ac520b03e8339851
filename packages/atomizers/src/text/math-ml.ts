/** What stands before the parts of an element of MathML but the first, in a line: `1/2`, `x^10`. */
const marks: ReadonlyMap<string, readonly string[]> = new Map([
  ['mfrac', ['/']],
  ['msup', ['^']],
  ['msub', ['_']],
  ['msubsup', ['_', '^']],
  ['munder', ['_']],
  ['munderover', ['_', '^']],
]);

/** In a longer formula sums get no brackets any more: each takes time for all of the text before it. */
const maxBracketed = 4096;

interface Frame {
  readonly name: string;
  parts: number;
  /** Where its last part begins in the text. */
  start: number;
}

/** Writes formulas of MathML (`math`) in a line, as those of Word are. */
export class MathMl {
  readonly #frames: Frame[] = [];
  /** Where the formula begins in the text. */
  #start = 0;

  /** Whether a formula is open. */
  get isOpen(): boolean {
    return this.#frames.length > 0;
  }

  /** What to write where an element opens. @param text so far */
  open(name: string, text: string): string {
    if (name !== 'math' && this.#frames.length === 0) return '';
    if (this.#frames.length === 0) this.#start = text.length;
    const frame = this.#frames.at(-1);
    let mark = name === 'msqrt' || name === 'mroot' ? '√' : '';
    if (frame !== undefined) {
      mark = `${frame.parts === 0 ? '' : (marks.get(frame.name)?.[frame.parts - 1] ?? '')}${mark}`;
      frame.parts += 1;
      frame.start = text.length + mark.length;
    }
    this.#frames.push({ name, parts: 0, start: text.length + mark.length });
    return mark;
  }

  /** The text where an element closes: a part that is itself a sum or the like gets brackets. */
  close(name: string, text: string): string {
    if (this.#frames.at(-1)?.name !== name) return text;
    this.#frames.pop();
    const frame = this.#frames.at(-1);
    if (frame === undefined || !marks.has(frame.name) || frame.start > text.length) return text;
    if (text.length - this.#start > maxBracketed) return text;
    const part = text.slice(frame.start);
    return /[-+−±=→]/.test(part.trim()) ? `${text.slice(0, frame.start)}(${part})` : text;
  }
}
