import { unsupported } from '../unsupported.ts';
import type { DeclareCursorStatement } from './ast/cursors.ts';
import type { DeclareStatement, DeclareTableStatement, SetVariableStatement } from './ast/variables.ts';
import { parseCursorDefinition, parseDeclareCursor } from './cursors.ts';
import { parseExpression } from './expressions.ts';
import { isIdentifier, parseType, parseVariableName } from './names.ts';
import { parseAssignmentOperator } from './select-items.ts';
import { parseTableBody } from './table-body.ts';
import type { TokenStream } from './token-stream.ts';

/** Variables, a table variable or a cursor. */
export function parseDeclare(t: TokenStream): DeclareStatement | DeclareTableStatement | DeclareCursorStatement {
  const { line } = t.expect('DECLARE');
  if (isIdentifier(t.current)) return parseDeclareCursor(t, line);
  const afterAs = t.peek(1).key === 'AS' ? 2 : 1;
  if (t.current.kind === 'variable' && t.peek(afterAs).key === 'TABLE') {
    const name = parseVariableName(t);
    t.accept('AS');
    t.expect('TABLE');
    return { kind: 'declareTable', name, table: parseTableBody(t), line };
  }
  return { kind: 'declare', variables: t.commaList(parseVariable), line };
}

function parseVariable(t: TokenStream): DeclareStatement['variables'][number] {
  const { line } = t;
  const name = parseVariableName(t);
  t.accept('AS');
  const type = parseType(t);
  return { name, type, ...(t.accept('=') ? { value: parseExpression(t) } : {}), line };
}

export function parseSetVariable(t: TokenStream, line: number): SetVariableStatement | DeclareCursorStatement {
  const variable = parseVariableName(t);
  if (t.is('.')) unsupported('modify() and other methods in SET @variable', line);
  if (t.is('=') && t.peek(1).key === 'CURSOR') {
    t.advance();
    t.advance();
    return { kind: 'declareCursor', name: variable, ...parseCursorDefinition(t, []), line };
  }
  const operator = parseAssignmentOperator(t);
  return { kind: 'setVariable', variable, operator, value: parseExpression(t), line };
}
