/** What stands before an operand in a line: `1/2`, `x^10`. */
const marks: ReadonlyMap<string, string> = new Map([
  ['den', '/'],
  ['sup', '^'],
  ['sub', '_'],
]);
const operands = new Set(['num', 'den', 'sup', 'sub', 'deg', 'lim']);
const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** An element that defines how its parts are joined (ECMA-376, part 1, 22.1.2). */
interface Frame {
  readonly name: string;
  /** Parts that have begun. */
  parts: number;
  begin: string;
  separator: string;
  end: string;
}

/** Writes formulas of Office (`m:oMath`) in a line. */
export class DocxMath {
  readonly #starts: number[] = [];
  readonly #frames: Frame[] = [];
  #depth = 0;

  /** What to write where an element opens. @param text of the paragraph so far */
  open(name: string, value: string, parent: string | undefined, text: string): string {
    if (name === 'oMath') this.#depth += 1;
    if (this.#depth === 0) return '';
    const frame = this.#frames.at(-1);
    const opened = frameOf(name);
    if (opened !== undefined) this.#frames.push(opened);
    if (frame !== undefined) setProperty(frame, name, value, parent);
    const isPart = frame !== undefined && parent === frame.name && !name.endsWith('Pr');
    const mark = (isPart ? markOfPart(frame, name, text) : '') + (marks.get(name) ?? '');
    if (isOperand(name, parent)) this.#starts.push(text.length + mark.length);
    return mark;
  }

  /** The paragraph's text where an element closes: an operand of several parts gets brackets, one without any no mark. */
  close(name: string, parent: string | undefined, text: string): string {
    if (this.#depth === 0) return text;
    if (name === 'oMath') this.#depth -= 1;
    if (frameOf(name) !== undefined) return text + endOf(this.#frames.pop());
    if (!isOperand(name, parent)) return text;
    const start = this.#starts.pop();
    if (start === undefined || start > text.length) return text;
    const operand = text.slice(start);
    if (operand === '') return text.slice(0, start - (marks.get(name) ?? '').length);
    if (name === 'deg') return text.slice(0, start) + degree(operand);
    return /[-+−±=*/→\s]/.test(operand.trim()) ? `${text.slice(0, start)}(${operand})` : text;
  }
}

function frameOf(name: string): Frame | undefined {
  const frame = { name, parts: 0, begin: '', separator: '', end: '' };
  switch (name) {
    case 'd':
      return { ...frame, begin: '(', separator: '|', end: ')' };
    case 'nary':
      return { ...frame, begin: '∫' };
    case 'acc':
      return { ...frame, end: '\u0302' };
    case 'm':
      return { ...frame, separator: '; ' };
    case 'mr':
      return { ...frame, separator: ' ' };
    case 'eqArr':
      return { ...frame, separator: '\n' };
    default:
      return ['rad', 'func', 'limLow', 'limUpp'].includes(name) ? frame : undefined;
  }
}

function setProperty(frame: Frame, name: string, value: string, parent: string | undefined): void {
  if (parent !== `${frame.name}Pr`) return;
  if (name === 'begChr') frame.begin = value;
  else if (name === 'endChr') frame.end = value;
  else if (name === 'sepChr') frame.separator = value;
  else if (name === 'chr' && frame.name === 'nary') frame.begin = value;
  else if (name === 'chr' && frame.name === 'acc') frame.end = value;
}

function markOfPart(frame: Frame, name: string, text: string): string {
  frame.parts += 1;
  if (frame.name === 'rad') return name === 'e' ? '√' : '';
  if (frame.name === 'limLow' || frame.name === 'limUpp')
    return name === 'e' ? '' : frame.name === 'limLow' ? '_' : '^';
  if (frame.name === 'func') return name === 'e' && !text.endsWith(' ') ? ' ' : '';
  if (frame.parts === 1) return frame.begin;
  // The operand of a sum comes after its bounds.
  if (frame.name === 'nary') return name === 'e' && !text.endsWith(frame.begin) ? ' ' : '';
  return frame.separator;
}

function endOf(frame: Frame | undefined): string {
  return frame === undefined || (frame.name === 'd' && frame.parts === 0) ? '' : frame.end;
}

function isOperand(name: string, parent: string | undefined): boolean {
  return operands.has(name) || (name === 'e' && parent === 'rad');
}

/** The third root of x is ³√x. */
function degree(text: string): string {
  if (/^\d+$/.test(text)) return text.replaceAll(/\d/g, (digit) => raised[Number(digit)] ?? digit);
  return text === 'n' ? 'ⁿ' : `(${text})`;
}
