import { unsupported } from '../unsupported.ts';
import type { Expression } from './ast/expressions.ts';
import type {
  CreateFunctionStatement,
  CreateProcedureStatement,
  CreateTriggerStatement,
  CreateViewStatement,
  ExecuteAsClause,
  ModuleHead,
  ParameterDefinition,
} from './ast/modules.ts';
import type { Statement } from './ast/statements.ts';
import { parseArgumentValue } from './execute.ts';
import {
  parseColumnNames,
  parseNameInDatabase,
  parseObjectName,
  parseString,
  parseType,
  parseVariableName,
} from './names.ts';
import { parseCommonTableExpressions, parseSelect, parseSelectStatement } from './queries.ts';
import { parseModuleBody, parseStatementsUntilEnd } from './statements.ts';
import { parseTableBody } from './table-body.ts';
import type { TokenStream } from './token-stream.ts';

export type ModuleMode = ModuleHead['mode'];

/** A parameter of a module, of sp_executesql or of sp_prepare. */
export function parseParameter(t: TokenStream): ParameterDefinition {
  const { line } = t;
  const name = parseVariableName(t);
  t.accept('AS');
  const type = parseType(t);
  t.accept('VARYING');
  if (!t.acceptAll('NOT', 'NULL')) t.accept('NULL');
  const value: Expression | undefined = t.accept('=') ? parseArgumentValue(t) : undefined;
  let output = false;
  let readOnly = false;
  for (let word = t.acceptOneOf('OUTPUT', 'OUT', 'READONLY'); word; word = t.acceptOneOf('OUTPUT', 'OUT', 'READONLY')) {
    if (word === 'READONLY') readOnly = true;
    else output = true;
  }
  return { name, type, ...(value ? { value } : {}), output, readOnly, line };
}

/** `AS CALLER | SELF | OWNER | 'user'` behind EXECUTE. */
export function parseExecuteAsClause(t: TokenStream): ExecuteAsClause {
  t.expectOneOf('EXEC', 'EXECUTE');
  t.expect('AS');
  const word = t.acceptOneOf('CALLER', 'SELF', 'OWNER');
  if (word === undefined) return { kind: 'user', name: parseString(t) };
  return { kind: word === 'CALLER' ? 'caller' : word === 'SELF' ? 'self' : 'owner' };
}

/** The WITH options of a module; those that only bear on plans, schema binding or text are taken without effect. */
function parseModuleOptions(t: TokenStream): ExecuteAsClause | undefined {
  let executeAs: ExecuteAsClause | undefined;
  if (!t.accept('WITH')) return undefined;
  t.commaList((stream) => {
    const { key, line } = stream.current;
    switch (key) {
      case 'EXEC':
      case 'EXECUTE':
        executeAs = parseExecuteAsClause(stream);
        break;
      case 'NATIVE_COMPILATION':
      case 'ENCRYPTION':
        unsupported(`modules WITH ${key}`, line);
        break;
      case 'RETURNS':
        stream.expect('RETURNS', 'NULL', 'ON', 'NULL', 'INPUT');
        break;
      case 'CALLED':
        stream.expect('CALLED', 'ON', 'NULL', 'INPUT');
        break;
      case 'INLINE':
        stream.expect('INLINE', '=');
        stream.expectOneOf('ON', 'OFF');
        break;
      default:
        stream.expectOneOf('RECOMPILE', 'SCHEMABINDING', 'VIEW_METADATA');
    }
  });
  return executeAs;
}

/** `PROCEDURE name parameters AS statements`, from PROC on. */
export function parseProcedure(t: TokenStream, mode: ModuleMode, line: number): CreateProcedureStatement {
  t.expectOneOf('PROC', 'PROCEDURE');
  const name = parseNameInDatabase(t, 'CREATE/ALTER PROCEDURE');
  if (t.is(';')) unsupported('numbered procedures', line);
  const parenthesized = t.accept('(');
  const parameters = t.current.kind === 'variable' ? t.commaList(parseParameter) : [];
  if (parenthesized) t.expect(')');
  const executeAs = parseModuleOptions(t);
  if (t.acceptAll('FOR', 'REPLICATION')) unsupported('procedures FOR REPLICATION', line);
  t.expect('AS');
  rejectExternal(t);
  t.inModule = true;
  const body = parseModuleBody(t);
  return {
    kind: 'createProcedure',
    mode,
    name,
    text: t.source,
    parameters,
    ...(executeAs ? { executeAs } : {}),
    body,
    line,
  };
}

function rejectExternal(t: TokenStream): void {
  if (t.areNext('EXTERNAL', 'NAME')) unsupported('CLR modules (EXTERNAL NAME)', t.line);
}

/** `FUNCTION name (parameters) RETURNS ...`, from FUNCTION on. */
export function parseFunction(t: TokenStream, mode: ModuleMode, line: number): CreateFunctionStatement {
  t.expect('FUNCTION');
  const name = parseNameInDatabase(t, 'CREATE/ALTER FUNCTION');
  t.expect('(');
  const parameters = t.is(')') ? [] : t.commaList(parseParameter);
  t.expect(')', 'RETURNS');
  const { returns, executeAs } = parseReturns(t);
  const head = { kind: 'createFunction', mode, name, text: t.source, parameters, line } as const;
  return { ...head, ...(executeAs ? { executeAs } : {}), returns };
}

interface FunctionTail {
  readonly returns: CreateFunctionStatement['returns'];
  readonly executeAs: ExecuteAsClause | undefined;
}

function parseReturns(t: TokenStream): FunctionTail {
  if (t.accept('TABLE')) {
    if (t.is('(')) unsupported('CLR modules (EXTERNAL NAME)', t.line);
    const executeAs = parseModuleOptions(t);
    t.accept('AS');
    t.expect('RETURN');
    return { executeAs, returns: { kind: 'inlineTable', query: parseInlineQuery(t) } };
  }
  if (t.current.kind === 'variable') {
    const variable = parseVariableName(t);
    t.expect('TABLE');
    const table = parseTableBody(t);
    const executeAs = parseModuleOptions(t);
    return { executeAs, returns: { kind: 'table', variable, table, body: parseFunctionBody(t) } };
  }
  const type = parseType(t);
  const executeAs = parseModuleOptions(t);
  return { executeAs, returns: { kind: 'scalar', type, body: parseFunctionBody(t) } };
}

function parseFunctionBody(t: TokenStream): Statement[] {
  t.accept('AS');
  rejectExternal(t);
  t.expect('BEGIN');
  t.inModule = true;
  const body = t.nested(parseStatementsUntilEnd);
  t.expect('END');
  return body;
}

function parseInlineQuery(t: TokenStream) {
  if (t.is('(') && t.peek(1).key === 'WITH') {
    t.advance();
    const query = parseSelectStatement(t, parseCommonTableExpressions(t));
    t.expect(')');
    return query;
  }
  return t.is('WITH') ? parseSelectStatement(t, parseCommonTableExpressions(t)) : parseSelectStatement(t);
}

/** `VIEW name [(columns)] AS select`, from VIEW on. */
export function parseView(t: TokenStream, mode: ModuleMode, line: number): CreateViewStatement {
  t.expect('VIEW');
  const name = parseNameInDatabase(t, 'CREATE/ALTER VIEW');
  const columns = t.is('(') ? parseColumnNames(t) : undefined;
  parseModuleOptions(t);
  t.expect('AS');
  const ctes = t.is('WITH') ? parseCommonTableExpressions(t) : [];
  const select = parseSelect(t);
  if (t.areNext('WITH', 'CHECK', 'OPTION')) unsupported('views WITH CHECK OPTION', t.line);
  const query = ctes.length > 0 ? { ...select, with: ctes } : select;
  return { kind: 'createView', mode, name, text: t.source, ...(columns ? { columns } : {}), query, line };
}

const triggerEvents = { INSERT: 'insert', UPDATE: 'update', DELETE: 'delete' } as const;

/** `TRIGGER name ON table ... AS statements`, from TRIGGER on. */
export function parseTrigger(t: TokenStream, mode: ModuleMode, line: number): CreateTriggerStatement {
  t.expect('TRIGGER');
  const name = parseNameInDatabase(t, 'CREATE/ALTER TRIGGER');
  t.expect('ON');
  if (t.is('DATABASE') || t.areNext('ALL', 'SERVER')) unsupported('DDL and logon triggers', line);
  const table = parseObjectName(t);
  if (parseModuleOptions(t) !== undefined) unsupported('triggers WITH EXECUTE AS', line);
  const timing = t.acceptAll('INSTEAD', 'OF') ? 'insteadOf' : 'after';
  if (timing === 'after') t.expectOneOf('FOR', 'AFTER');
  const events = t.commaList((stream) => triggerEvents[stream.expectOneOf('INSERT', 'UPDATE', 'DELETE')]);
  t.acceptAll('NOT', 'FOR', 'REPLICATION');
  t.expect('AS');
  rejectExternal(t);
  if (t.atEnd) throw t.unexpected();
  t.inModule = true;
  const body = parseModuleBody(t);
  return { kind: 'createTrigger', mode, name, text: t.source, table, timing, events, body, line };
}
