import { unsupported } from '../unsupported.ts';
import type { Expression } from './ast/expressions.ts';
import type { RaiserrorStatement, ThrowStatement } from './ast/raise-error.ts';
import type { ProceduralStatement } from './ast/statements.ts';
import { throwOutsideCatch } from './errors.ts';
import { parseSigned } from './execute.ts';
import { parseExpression, tryLiteral } from './expressions.ts';
import type { TokenStream } from './token-stream.ts';

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

export function parsePrint(t: TokenStream): ProceduralStatement {
  const { line } = t.expect('PRINT');
  return { kind: 'print', value: parseExpression(t), line };
}
