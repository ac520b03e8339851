/** What stands before an operand in a line: `1/2`, `x^10`. */
const marks: Readonly<Record<string, string>> = { den: '/', sup: '^', sub: '_' };
const operands = new Set(['num', 'den', 'sup', 'sub', 'deg']);

/** Writes formulas of Office (`m:oMath`) in a line. */
export class DocxMath {
  readonly #starts: number[] = [];

  /** What to write where an element opens, in a paragraph that is `length` long so far. */
  open(name: string, length: number): string {
    const mark = name === 'rad' ? '√' : (marks[name] ?? '');
    if (operands.has(name)) this.#starts.push(length + mark.length);
    return mark;
  }

  /** The paragraph's text where an element closes: an operand of several parts gets brackets. */
  close(name: string, text: string): string {
    if (!operands.has(name)) return text;
    const start = this.#starts.pop();
    if (start === undefined || start > text.length) return text;
    const operand = text.slice(start);
    return /[-+−±=*/\s]/.test(operand.trim()) ? `${text.slice(0, start)}(${operand})` : text;
  }
}
