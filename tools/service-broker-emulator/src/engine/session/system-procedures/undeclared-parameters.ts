import type { ExecuteStatement } from '../../../tsql/ast/execute.ts';
import type { Statement } from '../../../tsql/ast/statements.ts';
import { parseParameterDeclarations } from '../../../tsql/parse.ts';
import { unsupported } from '../../../unsupported.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { parsedProcedure } from '../../catalog/parsed-module.ts';
import { refuseDocumentedProcedure } from '../../documented/is-documented.ts';
import { compileData, compileSelect } from '../../query/compile-statement.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { nullType } from '../../types/type-info.ts';
import { ModuleFrame } from '../module-frame.ts';
import { databaseOf, findObject, printName, resolveScalarType } from '../name-resolution.ts';
import { declarationsOf } from '../procedure-call.ts';
import type { SessionCore } from '../session-core.ts';
import { procedureNotFound } from '../statements/errors/execution-errors.ts';
import { undeclaredUsedTwice } from './errors.ts';

/** A parameter that a batch uses and nobody has declared, with the type that its place wants. */
export interface UndeclaredParameter {
  /** With its `@`, as it was written. */
  readonly name: string;
  readonly type: SqlType;
}

/** Calls `visit` with the name of each variable of a syntax tree, in the order of the text. */
function eachVariable(node: unknown, visit: (name: string) => void): void {
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return;
  if ('kind' in node && node.kind === 'variable' && 'name' in node && typeof node.name === 'string') visit(node.name);
  for (const value of Object.values(node)) eachVariable(value, visit);
}

function compile(session: SessionCore, statement: Statement, frame: ModuleFrame, learn: Learner): void {
  const environment = session.environment(frame);
  environment.onUndeclared = learn;
  switch (statement.kind) {
    case 'select':
      compileSelect(statement, environment);
      break;
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
      compileData(statement, environment);
      break;
    case 'execute':
      learnFromProcedure(session, statement, learn);
      break;
    default:
      unsupported('sp_describe_undeclared_parameters of statements other than SELECT, EXECUTE and changes of data');
  }
  session.authorize(environment.accesses, frame);
}

/** Arguments have the types of the procedure's parameters. @throws {SqlError} 2812 */
function learnFromProcedure(session: SessionCore, { target, line }: ExecuteStatement, learn: Learner): void {
  if (target.kind !== 'procedure') {
    unsupported('sp_describe_undeclared_parameters of EXECUTE of a text or a variable', line);
  }
  const database = databaseOf(target.name, session.database, session.server.databases);
  const object = findObject(target.name, database, session.defaultSchema);
  if (object?.kind !== 'procedure') {
    refuseDocumentedProcedure(target.name);
    throw procedureNotFound(printName(target.name));
  }
  const { parameters } = parsedProcedure(object);
  for (const [position, { name, value }] of target.arguments.entries()) {
    if (value.kind !== 'variable') continue;
    const parameter =
      name === undefined ? parameters[position] : parameters.find((known) => nameKey(known.name) === nameKey(name));
    if (parameter === undefined || parameter.readOnly) continue;
    learn(value.name)(resolveScalarType(parameter.type, database, object.schema).type);
  }
}

type Learner = (name: string) => (wanted: SqlType) => void;

/**
 * The parameters that a batch uses without declaring them, in the order in which they stand there. Nothing is run.
 *
 * @param parameters declarations of other parameters, as sp_executesql takes them
 * @throws {SqlError} 11508 for a parameter that is used twice, 40000 for one whose place says nothing of its type, and
 * what the batch doesn't compile with
 */
export function undeclaredParameters(
  session: SessionCore,
  text: string,
  parameters: string,
): readonly UndeclaredParameter[] {
  const { statements } = session.parse(text, parameters);
  const declared = parameters.trim() === '' ? [] : parseParameterDeclarations(parameters);
  const declarations = declarationsOf(session, declared, statements, session.defaultSchema);
  const frame = new ModuleFrame({ procedure: '', moduleId: 0, declarations, defaultSchema: session.defaultSchema });
  const names = new Map<string, string>();
  const types = new Map<string, SqlType>();
  const learn: Learner = (name) => (wanted) => {
    if (wanted !== nullType && !types.has(nameKey(name))) types.set(nameKey(name), wanted);
  };
  for (const statement of statements) {
    let found = false;
    eachVariable(statement, (name) => {
      const key = nameKey(name);
      if (declarations.scalars.has(key) || declarations.tables.has(key)) return;
      if (names.has(key)) throw undeclaredUsedTwice(name);
      names.set(key, name);
      found = true;
    });
    if (found) compile(session, statement, frame, learn);
  }
  return [...names].map(([key, name]) => ({
    name,
    type: types.get(key) ?? unsupported(`sp_describe_undeclared_parameters where nothing tells the type of ${name}`),
  }));
}
