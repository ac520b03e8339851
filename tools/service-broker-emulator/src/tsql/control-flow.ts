import { unsupported } from '../unsupported.ts';
import type { IfStatement, TryCatchStatement, WhileStatement } from './ast/control-flow.ts';
import type { ProceduralStatement, Statement } from './ast/statements.ts';
import { outsideLoop } from './errors.ts';
import { parseExpression } from './expressions.ts';
import { parseIdentifier } from './names.ts';
import { parsePredicate } from './predicates.ts';
import { parseStatement, parseStatementsUntilEnd } from './statements.ts';
import type { TokenStream } from './token-stream.ts';

export function parseIf(t: TokenStream): IfStatement {
  const { line } = t.expect('IF');
  const condition = parsePredicate(t);
  t.markStatementStart();
  const then = t.nested(parseStatement);
  skipSemicolonsBeforeElse(t);
  if (!t.accept('ELSE')) return { kind: 'if', condition, then, line };
  return { kind: 'if', condition, then, otherwise: t.nested(parseStatement), line };
}

/** Semicolons may end the first branch; only with ELSE behind them do they belong to the IF. */
function skipSemicolonsBeforeElse(t: TokenStream): void {
  let semicolons = 0;
  while (t.peek(semicolons).key === ';') semicolons += 1;
  if (t.peek(semicolons).key !== 'ELSE') return;
  while (t.accept(';')) {
    // Their number was counted above.
  }
}

export function parseWhile(t: TokenStream): WhileStatement {
  const { line } = t.expect('WHILE');
  const condition = parsePredicate(t);
  t.markStatementStart();
  t.loops += 1;
  const body = t.nested(parseStatement);
  t.loops -= 1;
  return { kind: 'while', condition, body, line };
}

/** `BEGIN TRY ... END TRY BEGIN CATCH ... END CATCH`. */
export function parseTryCatch(t: TokenStream): TryCatchStatement {
  const { line } = t;
  t.expect('BEGIN', 'TRY');
  const body = t.nested(parseStatementsUntilEnd);
  t.expect('END', 'TRY');
  t.accept(';');
  t.expect('BEGIN', 'CATCH');
  while (t.accept(';')) {
    // A handler may consist of empty statements.
  }
  t.catches += 1;
  const handler = t.is('END') ? [] : t.nested(parseStatementsUntilEnd);
  t.catches -= 1;
  t.expect('END', 'CATCH');
  return { kind: 'tryCatch', body, handler, line };
}

/** `BEGIN ... END`. */
export function parseBlock(t: TokenStream): Statement {
  const { line } = t.expect('BEGIN');
  if (t.is('ATOMIC')) unsupported('BEGIN ATOMIC', line);
  const statements = t.nested(parseStatementsUntilEnd);
  t.expect('END');
  return { kind: 'block', statements, line };
}

/** What can't begin an expression ends a RETURN without a value. */
function startsExpression(t: TokenStream): boolean {
  const { kind, key, reserved } = t.current;
  if (kind === 'symbol') return key === '(' || key === '-' || key === '+' || key === '~';
  if (kind !== 'word') return kind !== 'end';
  if (!reserved) return t.peek(1).key !== ':';
  return reservedExpressionStarts.has(key) || ((key === 'LEFT' || key === 'RIGHT') && t.peek(1).key === '(');
}

const reservedExpressionStarts: ReadonlySet<string> = new Set([
  'CASE',
  'COALESCE',
  'CONVERT',
  'CURRENT_TIMESTAMP',
  'CURRENT_USER',
  'NULL',
  'NULLIF',
  'SESSION_USER',
  'SYSTEM_USER',
  'TRY_CONVERT',
  'USER',
]);

export function parseReturn(t: TokenStream): ProceduralStatement {
  const { line } = t.expect('RETURN');
  return startsExpression(t) ? { kind: 'return', value: parseExpression(t), line } : { kind: 'return', line };
}

/** @throws {SqlError} 135 or 136 outside WHILE */
export function parseLoopExit(t: TokenStream): ProceduralStatement {
  const { line } = t;
  const word = t.expectOneOf('BREAK', 'CONTINUE');
  if (t.loops === 0) throw outsideLoop(word, line);
  return { kind: word === 'BREAK' ? 'break' : 'continue', line };
}

export function parseGoto(t: TokenStream): ProceduralStatement {
  const { line } = t.expect('GOTO');
  return { kind: 'goto', label: parseIdentifier(t), line };
}
