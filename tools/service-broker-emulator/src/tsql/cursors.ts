import { unsupported } from '../unsupported.ts';
import type { CursorStatement, DeclareCursorStatement, FetchStatement } from './ast/cursors.ts';
import type { Expression } from './ast/expressions.ts';
import type { SelectStatement } from './ast/queries.ts';
import { parseSigned } from './execute.ts';
import { isIdentifier, parseIdentifier, parseVariableName } from './names.ts';
import { parseCommonTableExpressions, parseSelectStatement } from './queries.ts';
import type { TokenStream } from './token-stream.ts';

const cursorOptions = [
  'LOCAL',
  'GLOBAL',
  'FORWARD_ONLY',
  'SCROLL',
  'STATIC',
  'KEYSET',
  'DYNAMIC',
  'FAST_FORWARD',
  'READ_ONLY',
  'SCROLL_LOCKS',
  'OPTIMISTIC',
  'TYPE_WARNING',
] as const;

/** What follows the word CURSOR: options and `FOR select`. */
export function parseCursorDefinition(
  t: TokenStream,
  leading: readonly string[],
): { readonly options: readonly string[]; readonly query: SelectStatement } {
  const options: string[] = [...leading];
  for (let option = t.acceptOneOf(...cursorOptions); option; option = t.acceptOneOf(...cursorOptions)) {
    options.push(option);
  }
  t.expect('FOR');
  const ctes = t.is('WITH') ? parseCommonTableExpressions(t) : [];
  const query = parseSelectStatement(t, ctes);
  if (t.is('FOR')) {
    t.advance();
    if (t.acceptAll('READ', 'ONLY')) {
      options.push('READ_ONLY');
    } else {
      t.expect('UPDATE');
      if (t.accept('OF')) t.commaList(parseIdentifier);
    }
  }
  return { options, query };
}

export function parseDeclareCursor(t: TokenStream, line: number): DeclareCursorStatement {
  const name = parseIdentifier(t);
  const leading: string[] = [];
  for (let word = t.acceptOneOf('INSENSITIVE', 'SCROLL'); word; word = t.acceptOneOf('INSENSITIVE', 'SCROLL')) {
    leading.push(word);
  }
  t.expect('CURSOR');
  return { kind: 'declareCursor', name, ...parseCursorDefinition(t, leading), line };
}

/** A cursor's name or the variable that holds it. */
function parseCursorName(t: TokenStream): string {
  if (t.current.kind === 'variable') return t.advance().text;
  if (t.is('GLOBAL') && (isIdentifier(t.peek(1)) || t.peek(1).kind === 'variable')) t.advance();
  return parseIdentifier(t);
}

const cursorActions = { OPEN: 'open', CLOSE: 'close', DEALLOCATE: 'deallocate' } as const;

/** OPEN, CLOSE and DEALLOCATE. */
export function parseCursorStatement(t: TokenStream): CursorStatement {
  const { line } = t;
  const word = t.expectOneOf('OPEN', 'CLOSE', 'DEALLOCATE');
  const { key } = t.current;
  if (t.peek(1).key === 'KEY' && (key === 'SYMMETRIC' || key === 'MASTER')) unsupported(`${word} ${key} KEY`, line);
  if (key === 'ALL' && word === 'CLOSE') unsupported('CLOSE ALL SYMMETRIC KEYS', line);
  return { kind: 'cursor', action: cursorActions[word], name: parseCursorName(t), line };
}

const directions = {
  NEXT: 'next',
  PRIOR: 'prior',
  FIRST: 'first',
  LAST: 'last',
  ABSOLUTE: 'absolute',
  RELATIVE: 'relative',
} as const;

/** `FETCH [[direction] FROM] cursor [INTO @v, ...]`. */
export function parseFetch(t: TokenStream): FetchStatement {
  const { line } = t.expect('FETCH');
  const next = t.peek(1);
  const directed = next.key === 'FROM' || next.kind === 'integer' || next.kind === 'variable' || next.key === '-';
  const word = directed ? t.acceptOneOf('NEXT', 'PRIOR', 'FIRST', 'LAST', 'ABSOLUTE', 'RELATIVE') : undefined;
  const direction = word === undefined ? 'next' : directions[word];
  const offset = direction === 'absolute' || direction === 'relative' ? parseFetchOffset(t) : undefined;
  if (word === undefined) t.accept('FROM');
  else t.expect('FROM');
  const name = parseCursorName(t);
  const into = t.accept('INTO') ? t.commaList(parseVariableName) : [];
  return { kind: 'fetch', direction, ...(offset ? { offset } : {}), name, into, line };
}

function parseFetchOffset(t: TokenStream): Expression {
  if (t.is('-') || t.is('+')) return parseSigned(t);
  if (t.current.kind !== 'integer' && t.current.kind !== 'variable') throw t.unexpected();
  const { line, text, kind } = t.advance();
  return kind === 'integer' ? { kind: 'literal', type: 'integer', text, line } : { kind: 'variable', name: text, line };
}
