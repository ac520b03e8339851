import { unsupported } from '../unsupported.ts';
import type { ExecuteArgument, ExecuteStatement } from './ast/execute.ts';
import type { Expression } from './ast/expressions.ts';
import { nestedTooDeeply } from './errors.ts';
import { tryLiteral } from './expressions.ts';
import { isIdentifier, parseObjectName, parseString } from './names.ts';
import { maxChain, type TokenStream } from './token-stream.ts';

/** EXEC and EXECUTE in all forms. */
export function parseExecute(t: TokenStream): ExecuteStatement {
  const { line } = t.advance();
  if (t.is('(')) return parseExecuteString(t, line);
  let returnVariable: string | undefined;
  if (t.current.kind === 'variable' && t.peek(1).key === '=') {
    returnVariable = t.advance().text;
    t.advance();
  }
  return { ...parseCall(t, line), ...(returnVariable ? { returnVariable } : {}) };
}

/** A procedure's name and arguments; at the start of a batch it stands without EXEC. */
export function parseCall(t: TokenStream, line: number): ExecuteStatement {
  const variable = t.current.kind === 'variable' ? t.advance().text : undefined;
  const name = variable === undefined ? parseObjectName(t) : undefined;
  if (t.is(';') && t.peek(1).kind === 'integer') unsupported('numbered procedures', line);
  const parameters = startsArgument(t) ? t.commaList(parseArgument) : [];
  parseOptions(t);
  // A parenthesis here can only begin a query of its own; arguments are not expressions.
  if (t.is('(') && t.peek(1).key !== 'SELECT' && t.peek(1).key !== '(') throw t.unexpected();
  if (variable !== undefined) {
    return { kind: 'execute', target: { kind: 'procedureVariable', variable, arguments: parameters }, line };
  }
  if (name === undefined) throw t.unexpected();
  return { kind: 'execute', target: { kind: 'procedure', name, arguments: parameters }, line };
}

function parseOptions(t: TokenStream): void {
  if (!t.is('WITH') || (t.peek(1).key !== 'RECOMPILE' && t.peek(1).key !== 'RESULT')) return;
  t.advance();
  // RECOMPILE asks for a fresh plan, which changes no result.
  if (!t.accept('RECOMPILE')) unsupported('EXECUTE ... WITH RESULT SETS', t.line);
}

function startsArgument(t: TokenStream): boolean {
  const { kind, key, reserved } = t.current;
  if (kind === 'word') return (!reserved && t.peek(1).key !== ':') || key === 'NULL' || key === 'DEFAULT';
  return kind !== 'symbol' ? kind !== 'end' : key === '-';
}

function parseArgument(t: TokenStream): ExecuteArgument {
  const { line, kind, text } = t.current;
  let name: string | undefined;
  if (kind === 'variable' && t.peek(1).key === '=') {
    name = text;
    t.advance();
    t.advance();
  }
  const value = parseArgumentValue(t);
  const output = value.kind === 'variable' && t.acceptOneOf('OUTPUT', 'OUT') !== undefined;
  return { ...(name ? { name } : {}), value, output, line };
}

/** A constant with an optional minus, a variable, DEFAULT, or a bare word, which is a string. */
export function parseArgumentValue(t: TokenStream): Expression {
  const { line, kind, key } = t.current;
  if (kind === 'variable') return { kind: 'variable', name: t.advance().text, line };
  if (kind === 'globalVariable') return { kind: 'globalVariable', name: t.advance().text, line };
  if (key === 'DEFAULT') {
    t.advance();
    return { kind: 'default', line };
  }
  if (key === '-') return parseSigned(t);
  if (isIdentifier(t.current)) return { kind: 'literal', type: 'string', value: t.advance().text, unicode: true, line };
  const literal = tryLiteral(t);
  if (literal === undefined) throw t.unexpected();
  return literal;
}

/** A number with its sign. */
export function parseSigned(t: TokenStream): Expression {
  const { key, line } = t.advance();
  const { kind } = t.current;
  if (kind !== 'integer' && kind !== 'decimal' && kind !== 'float' && kind !== 'money') throw t.unexpected();
  const operand = tryLiteral(t);
  if (operand === undefined) throw t.unexpected();
  return key === '-' ? { kind: 'unary', operator: '-', operand, line } : operand;
}

/** `EXEC ('text' + @more ...) [AS USER = 'x' | AS LOGIN = 'x']`. */
function parseExecuteString(t: TokenStream, line: number): ExecuteStatement {
  t.expect('(');
  const text = parseConcatenation(t);
  if (t.is(',')) unsupported('EXECUTE with parameters for a linked server', line);
  t.expect(')');
  const executeAs = t.is('AS') ? parseExecuteAs(t) : undefined;
  if (t.is('AT')) unsupported('EXECUTE ... AT linked server', line);
  return { kind: 'execute', target: { kind: 'string', text }, ...(executeAs ? { executeAs } : {}), line };
}

function parseExecuteAs(t: TokenStream): { readonly kind: 'user' | 'login'; readonly name: string } {
  t.expect('AS');
  const kind = t.expectOneOf('USER', 'LOGIN') === 'USER' ? 'user' : 'login';
  t.expect('=');
  return { kind, name: parseString(t) };
}

/** Strings and variables joined by `+`; T-SQL takes no other expression here. */
function parseConcatenation(t: TokenStream): Expression {
  let left = parseTextOperand(t);
  for (let links = 1; t.is('+'); links += 1) {
    if (links > maxChain) throw nestedTooDeeply(t.line);
    const { line } = t.advance();
    left = { kind: 'binary', operator: '+', left, right: parseTextOperand(t), line };
  }
  return left;
}

function parseTextOperand(t: TokenStream): Expression {
  const { line, kind } = t.current;
  if (kind === 'variable') return { kind: 'variable', name: t.advance().text, line };
  if (kind === 'globalVariable') return { kind: 'globalVariable', name: t.advance().text, line };
  if (kind !== 'string' && kind !== 'unicodeString') throw t.unexpected();
  const literal = tryLiteral(t);
  if (literal === undefined) throw t.unexpected();
  return literal;
}
