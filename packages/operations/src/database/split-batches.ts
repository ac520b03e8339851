import { SqlScriptError } from '../errors.ts';
import { lineBreaksIn, type SqlToken, sqlTokens } from './sql-tokens.ts';

/** A batch of a script: what is sent to SQL Server in one go. */
export interface SqlBatch {
  /** Without white space at both ends. */
  readonly text: string;
  /** Line of the script on which the text begins, from 1. */
  readonly line: number;
  /** How often to run it: n of the `GO n` that ends it, else 1. */
  readonly count: number;
}

/** SQL Server's tools take GO counts up to this (int). */
const maxCount = 2_147_483_647;

/**
 * Splits a script at its GO lines as SQL Server's own tools do: GO (in any case) alone on its line, with an optional
 * count and an optional `--` comment. A GO in a string, a quoted name or a comment separates nothing. Empty batches are
 * left out.
 *
 * @param source where the script comes from, for error messages
 * @throws SqlScriptError for a line that begins with GO and goes on with something else
 */
export function splitBatches(script: string, source = 'script'): SqlBatch[] {
  const tokens = [...sqlTokens(script)];
  const batches: SqlBatch[] = [];
  let pending: SqlToken[] = [];
  const flush = (count: number): void => {
    const batch = batchOf(pending, count);
    if (batch !== undefined) batches.push(batch);
    pending = [];
  };
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.kind !== 'word' || token.text.toUpperCase() !== 'GO' || !beginsLine(tokens[index - 1], index)) {
      pending.push(token);
      continue;
    }
    const rest = restOfLine(tokens, index + 1);
    flush(countOf(rest, token.line, source));
    index += rest.length;
  }
  flush(1);
  return batches;
}

function beginsLine(previous: SqlToken | undefined, index: number): boolean {
  if (previous === undefined) return true;
  return previous.kind === 'space' && (index === 1 || lineBreaksIn(previous.text) > 0);
}

/** The tokens after GO up to the white space that holds the line's end, which is left for the next batch. */
function restOfLine(tokens: readonly SqlToken[], start: number): readonly SqlToken[] {
  let end = start;
  while (end < tokens.length && !endsLine(tokens[end])) end += 1;
  return tokens.slice(start, end);
}

function endsLine(token: SqlToken | undefined): boolean {
  return token?.kind === 'space' && lineBreaksIn(token.text) > 0;
}

function countOf(rest: readonly SqlToken[], line: number, source: string): number {
  const words = rest.filter(({ kind }) => kind !== 'space');
  if (words.at(-1)?.kind === 'comment' && words.at(-1)?.text.startsWith('--') === true) words.pop();
  const [count, ...more] = words;
  if (count === undefined) return 1;
  const number = /^\d{1,10}$/.test(count.text) ? Number(count.text) : Number.NaN;
  if (more.length === 0 && number >= 1 && number <= maxCount) return number;
  throw new SqlScriptError(
    source,
    line,
    `a line that begins with GO can go on only with a count from 1 to ${maxCount} and a -- comment, not with ` +
      `"${words.map(({ text }) => text).join(' ')}"`,
    'Put GO on a line of its own, without a semicolon; put brackets around GO where it is a name.',
  );
}

function batchOf(tokens: readonly SqlToken[], count: number): SqlBatch | undefined {
  const [first] = tokens;
  if (first === undefined) return undefined;
  const whole = tokens.map(({ text }) => text).join('');
  const text = whole.replace(/^[\s\uFEFF]+/, '').trimEnd();
  if (text === '') return undefined;
  return { text, line: first.line + lineBreaksIn(whole.slice(0, whole.indexOf(text))), count };
}
