import { unknownTableHint, unterminatedBeforeCte } from './errors.ts';
import { isIdentifier } from './names.ts';
import type { TokenStream } from './token-stream.ts';

const tableHints: ReadonlySet<string> = new Set([
  'FORCESCAN',
  'FORCESEEK',
  'HOLDLOCK',
  'IGNORE_CONSTRAINTS',
  'IGNORE_TRIGGERS',
  'INDEX',
  'KEEPDEFAULTS',
  'KEEPIDENTITY',
  'NOEXPAND',
  'NOLOCK',
  'NOWAIT',
  'PAGLOCK',
  'READCOMMITTED',
  'READCOMMITTEDLOCK',
  'READPAST',
  'READUNCOMMITTED',
  'REPEATABLEREAD',
  'ROWLOCK',
  'SERIALIZABLE',
  'SNAPSHOT',
  'TABLOCK',
  'TABLOCKX',
  'UPDLOCK',
  'XLOCK',
]);

/** One hint with its index or column list, in upper case. */
function parseHint(t: TokenStream): string {
  const { key, text, line } = t.current;
  if (!tableHints.has(key)) {
    if (isIdentifier(t.current)) throw unknownTableHint(text, line);
    throw t.unexpected();
  }
  t.advance();
  if (key === 'INDEX') return `INDEX(${parseIndexHint(t)})`;
  return key === 'FORCESEEK' && t.is('(') ? `FORCESEEK(${t.parenthesized(parseSeekHint).join(',')})` : key;
}

/** `= index` or `(index, ...)`. */
function parseIndexHint(t: TokenStream): string {
  return t.accept('=') && !t.is('(') ? parseIndexReference(t) : t.parenthesized(parseIndexReference).join(',');
}

/** `index (columns)` of FORCESEEK. */
function parseSeekHint(t: TokenStream): string {
  const index = parseIndexReference(t);
  return `${index}(${t.parenthesized(parseIndexReference).join(',')})`;
}

function parseIndexReference(t: TokenStream): string {
  if (t.current.kind !== 'integer' && !isIdentifier(t.current)) throw t.unexpected();
  return t.advance().text.toUpperCase();
}

/** Hints between parentheses; the commas between them may be left out. */
function parseHintList(t: TokenStream): string[] {
  t.expect('(');
  const hints = [parseHint(t)];
  while (!t.is(')')) {
    t.accept(',');
    hints.push(parseHint(t));
  }
  t.expect(')');
  return hints;
}

/**
 * `WITH (NOLOCK, ...)`, `(NOLOCK)` or nothing.
 *
 * @throws {SqlError} 336 where WITH begins a common table expression instead
 */
export function parseTableHints(t: TokenStream): string[] {
  if (t.is('WITH')) {
    const next = t.peek(1);
    if (next.key === '(') {
      t.advance();
      return parseHintList(t);
    }
    if (isIdentifier(next) && next.key !== 'CHECK') throw unterminatedBeforeCte(next.text, next.line);
    return [];
  }
  if (isBareHintList(t)) return parseHintList(t);
  return t.accept('HOLDLOCK') ? ['HOLDLOCK'] : [];
}

/** Whether `(NOLOCK)`, the old form without WITH, stands here rather than the arguments of a function. */
export function isBareHintList(t: TokenStream): boolean {
  return t.is('(') && tableHints.has(t.peek(1).key) && isHintEnd(t.peek(2).key);
}

function isHintEnd(key: string): boolean {
  return key === ')' || key === ',' || key === '(' || key === '=' || tableHints.has(key);
}
