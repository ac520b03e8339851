import { unsupported } from '../unsupported.ts';
import type { Expression } from './ast/expressions.ts';
import type {
  IfStatement,
  ProceduralStatement,
  RaiserrorStatement,
  ThrowStatement,
  TransactionStatement,
  TryCatchStatement,
  WaitForStatement,
  WhileStatement,
} from './ast/procedural-statements.ts';
import type { Statement } from './ast/statements.ts';
import { parseGetConversationGroup, parseReceive } from './conversations.ts';
import { outsideLoop, throwOutsideCatch, useInModule } from './errors.ts';
import { parseSigned } from './execute.ts';
import { parseExpression, tryLiteral } from './expressions.ts';
import { isIdentifier, parseIdentifier, parseString } from './names.ts';
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

/** A name or variable after BEGIN, SAVE, COMMIT or ROLLBACK TRANSACTION. */
function parseTransactionName(t: TokenStream): string | Expression | undefined {
  if (t.current.kind === 'variable') {
    const { text, line } = t.advance();
    return { kind: 'variable', name: text, line };
  }
  return isIdentifier(t.current) && t.peek(1).key !== ':' ? t.advance().text : undefined;
}

const TRANSACTION_ACTIONS = { BEGIN: 'begin', COMMIT: 'commit', ROLLBACK: 'rollback', SAVE: 'save' } as const;

/** BEGIN, COMMIT, ROLLBACK and SAVE TRANSACTION. */
export function parseTransaction(t: TokenStream): TransactionStatement {
  const { line } = t;
  const word = t.expectOneOf('BEGIN', 'COMMIT', 'ROLLBACK', 'SAVE');
  const action = TRANSACTION_ACTIONS[word];
  const named = t.acceptOneOf('TRAN', 'TRANSACTION') !== undefined;
  if (!named) {
    if (word === 'BEGIN' || word === 'SAVE') throw t.unexpected();
    t.accept('WORK');
    return { kind: 'transaction', action, line };
  }
  const name = parseTransactionName(t);
  if (word === 'SAVE' && name === undefined) throw t.unexpected();
  if (t.is('WITH') && t.peek(1).key === 'MARK') unsupported('BEGIN TRANSACTION ... WITH MARK', line);
  if (word === 'COMMIT' && t.areNext('WITH', '(', 'DELAYED_DURABILITY')) {
    t.expect('WITH', '(', 'DELAYED_DURABILITY', '=');
    t.expectOneOf('ON', 'OFF');
    t.expect(')');
  }
  return { kind: 'transaction', action, ...(name === undefined ? {} : { name }), line };
}

/** RAISERROR takes constants and variables only. */
function parseRaiserrorArgument(t: TokenStream): Expression {
  const { kind, line, text, key } = t.current;
  if (kind === 'variable') return { kind: 'variable', name: t.advance().text, line };
  if (kind === 'globalVariable') return { kind: 'globalVariable', name: text, line: t.advance().line };
  if (key === '-' || key === '+') return parseSigned(t);
  const literal = tryLiteral(t);
  if (literal === undefined) throw t.unexpected();
  return literal;
}

export function parseRaiserror(t: TokenStream): RaiserrorStatement {
  const { line } = t.expect('RAISERROR');
  if (t.current.kind === 'integer') unsupported('RAISERROR without parentheses', line);
  t.expect('(');
  const message = parseRaiserrorArgument(t);
  t.expect(',');
  const severity = parseRaiserrorArgument(t);
  t.expect(',');
  const state = parseRaiserrorArgument(t);
  const parameters: Expression[] = [];
  while (t.accept(',')) parameters.push(parseRaiserrorArgument(t));
  t.expect(')');
  const options = t.accept('WITH') ? t.commaList((stream) => stream.expectOneOf('NOWAIT', 'LOG', 'SETERROR')) : [];
  return { kind: 'raiserror', message, severity, state, arguments: parameters, options, line };
}

function parseThrowArgument(t: TokenStream, isText: boolean): Expression {
  const { kind, line } = t.current;
  if (kind === 'variable') return { kind: 'variable', name: t.advance().text, line };
  if (isText ? kind !== 'string' && kind !== 'unicodeString' : kind !== 'integer') throw t.unexpected();
  const literal = tryLiteral(t);
  if (literal === undefined) throw t.unexpected();
  return literal;
}

/** @throws {SqlError} 10704 for a bare THROW outside CATCH */
export function parseThrow(t: TokenStream): ThrowStatement {
  const { line } = t.expect('THROW');
  const { kind } = t.current;
  if (kind !== 'variable' && kind !== 'integer') {
    if (t.catches === 0) throw throwOutsideCatch(line);
    return { kind: 'throw', line };
  }
  const number = parseThrowArgument(t, false);
  t.expect(',');
  const message = parseThrowArgument(t, true);
  t.expect(',');
  const state = parseThrowArgument(t, false);
  return { kind: 'throw', error: { number, message, state }, line };
}

/** `WAITFOR DELAY`, `WAITFOR TIME` and `WAITFOR (statement) [, TIMEOUT n]`. */
export function parseWaitFor(t: TokenStream): WaitForStatement {
  const { line } = t.expect('WAITFOR');
  if (!t.accept('(')) {
    const kind = t.expectOneOf('DELAY', 'TIME') === 'DELAY' ? 'delay' : 'time';
    return { kind: 'waitFor', wait: { kind, value: parseWaitValue(t) }, line };
  }
  if (!t.is('RECEIVE') && !t.is('GET')) throw t.unexpected();
  const statement = t.is('RECEIVE') ? parseReceive(t) : parseGetConversationGroup(t);
  t.expect(')');
  if (!t.accept(',')) return { kind: 'waitFor', wait: { kind: 'statement', statement }, line };
  t.expect('TIMEOUT');
  const timeout = parseTimeout(t);
  return { kind: 'waitFor', wait: { kind: 'statement', statement, timeout }, line };
}

function parseTimeout(t: TokenStream): Expression {
  if (t.is('-') || t.is('+')) return parseSigned(t);
  return parseWaitValue(t);
}

function parseWaitValue(t: TokenStream): Expression {
  const { kind, line } = t.current;
  if (kind === 'variable') return { kind: 'variable', name: t.advance().text, line };
  const literal = tryLiteral(t);
  if (literal === undefined) throw t.unexpected();
  return literal;
}

/** What can't begin an expression ends a RETURN without a value. */
function startsExpression(t: TokenStream): boolean {
  const { kind, key, reserved } = t.current;
  if (kind === 'symbol') return key === '(' || key === '-' || key === '+' || key === '~';
  if (kind !== 'word') return kind !== 'end';
  if (!reserved) return t.peek(1).key !== ':';
  return RESERVED_EXPRESSION_STARTS.has(key) || ((key === 'LEFT' || key === 'RIGHT') && t.peek(1).key === '(');
}

const RESERVED_EXPRESSION_STARTS: ReadonlySet<string> = new Set([
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

export function parsePrint(t: TokenStream): ProceduralStatement {
  const { line } = t.expect('PRINT');
  return { kind: 'print', value: parseExpression(t), line };
}

export function parseUse(t: TokenStream): ProceduralStatement {
  const { line } = t.expect('USE');
  if (t.inModule) throw useInModule(line);
  return { kind: 'use', database: parseIdentifier(t), line };
}

/** `EXECUTE AS CALLER`, `EXECUTE AS USER = 'x'`, `EXECUTE AS LOGIN = @x`. */
export function parseExecuteAsStatement(t: TokenStream): ProceduralStatement {
  const { line } = t.advance();
  t.expect('AS');
  const word = t.expectOneOf('CALLER', 'USER', 'LOGIN');
  if (word === 'CALLER') return { kind: 'executeAs', context: 'caller', line };
  t.expect('=');
  const at = t.line;
  const name: Expression =
    t.current.kind === 'variable'
      ? { kind: 'variable', name: t.advance().text, line: at }
      : { kind: 'literal', type: 'string', value: parseString(t), unicode: true, line: at };
  if (t.is('WITH') && (t.peek(1).key === 'NO' || t.peek(1).key === 'COOKIE')) {
    unsupported(`EXECUTE AS ... WITH ${t.peek(1).key === 'NO' ? 'NO REVERT' : 'COOKIE'}`, line);
  }
  return { kind: 'executeAs', context: word === 'USER' ? 'user' : 'login', name, line };
}

export function parseRevert(t: TokenStream): ProceduralStatement {
  const { line } = t.expect('REVERT');
  if (t.areNext('WITH', 'COOKIE')) unsupported('REVERT WITH COOKIE', line);
  return { kind: 'revert', line };
}
