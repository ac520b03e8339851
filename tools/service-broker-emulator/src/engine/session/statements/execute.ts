import type { ExecuteArgument, ExecuteStatement } from '../../../tsql/ast/execute.ts';
import type { Expression } from '../../../tsql/ast/expressions.ts';
import type { ObjectName } from '../../../tsql/ast/nodes.ts';
import { unsupported } from '../../../unsupported.ts';
import type { ModuleObject } from '../../catalog/catalog-object.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { refuseDocumentedProcedure } from '../../documented/is-documented.ts';
import { permissionDenied } from '../../security/errors.ts';
import { objectSecurable } from '../../security/securables.ts';
import type { Database } from '../../server/database.ts';
import { convertValue } from '../../types/convert.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import { missingArgument } from '../errors.ts';
import { impersonate } from '../impersonation.ts';
import type { Interpreter } from '../interpreter.ts';
import { type MaybePromise, withCleanUp } from '../maybe-promise.ts';
import { ModuleFrame } from '../module-frame.ts';
import { databaseOf, findObject, parseObjectName, printName } from '../name-resolution.ts';
import {
  bindArguments,
  type CallArgument,
  type CallResult,
  callProcedure,
  declarationsOf,
  runModule,
} from '../procedure-call.ts';
import { ModuleEnvironment } from '../query-environment.ts';
import type { SessionCore } from '../session-core.ts';
import { findSystemProcedure } from '../system-procedures/system-procedure.ts';
import { scalarUserFunction } from '../user-functions.ts';
import { procedureNotFound, undeclaredTargetVariable } from './errors/execution-errors.ts';

/** A bare word as an argument is a string: `EXEC sp_help Atom`. */
function argumentOf(run: Interpreter, argument: ExecuteArgument, frame: ModuleFrame): CallArgument {
  const name = argument.name ?? '';
  const { value } = argument;
  const base = { name, output: argument.output, useDefault: false };
  if (value.kind === 'default') return { ...base, type: { name: 'int' }, value: null, useDefault: true };
  if (value.kind === 'column') {
    const text = value.parts.join('.');
    return { ...base, type: { name: 'nvarchar', length: Math.max(text.length, 1) }, value: text };
  }
  if (value.kind === 'variable') {
    const variable = frame.variable(value.name);
    if (variable !== undefined) return { ...base, type: variable.type, value: variable.value };
    const table = run.session.environment(frame).tableVariable(value.name);
    if (table !== undefined) {
      return {
        ...base,
        type: { name: 'int' },
        value: null,
        table: run.session.context(frame).tableVariable(value.name),
      };
    }
  }
  const { type, value: evaluated } = run.session.scalar(value, frame);
  return { ...base, type, value: evaluated };
}

/**
 * Calls a procedure by name: a user's or a system one.
 *
 * @throws {SqlError} 2812 when there is none, 229 without EXECUTE permission
 */
export function callByName(
  run: Interpreter,
  name: ObjectName,
  values: readonly CallArgument[],
  outer: ModuleFrame | undefined,
): MaybePromise<CallResult> {
  const { session } = run;
  if (name.name.startsWith('#')) {
    const temporary = session.tempProcedures.find(name.name);
    if (temporary === undefined) throw procedureNotFound(printName(name));
    return callProcedure(run, temporary, values, outer);
  }
  const database = databaseOf(name, session.database, session.server.databases);
  const object = findObject(name, database, name.schema ?? outer?.defaultSchema ?? session.defaultSchema);
  if (object?.kind === 'procedure') {
    const securable = objectSecurable(database, object);
    const refusal = () => permissionDenied('EXECUTE', object, database.name);
    session.authorize([{ permission: 'EXECUTE', securable, chain: undefined, refusal }], outer);
    const home = session.database;
    if (database === home) return callProcedure(run, object, values, outer);
    session.enter(database);
    return withCleanUp(
      () => callProcedure(run, object, values, outer),
      () => {
        session.database = home;
      },
    );
  }
  if (object?.kind === 'function' && object.typeCode === 'FN') {
    return callScalarFunction(run, { object, database }, values, outer);
  }
  return callSystemProcedure(run, name, database, values, outer);
}

/** Calls a procedure that the server brings along, in the database that the name points into. */
function callSystemProcedure(
  run: Interpreter,
  name: ObjectName,
  database: Database,
  values: readonly CallArgument[],
  outer: ModuleFrame | undefined,
): MaybePromise<CallResult> {
  const { session } = run;
  const system =
    name.schema === undefined || /^(sys|dbo)?$/i.test(name.schema) ? findSystemProcedure(name.name) : undefined;
  if (system === undefined) {
    refuseDocumentedProcedure(name);
    throw procedureNotFound(printName(name));
  }
  const home = session.database;
  if (database === home) return system.call(run, values, outer);
  session.enter(database);
  return withCleanUp(
    () => system.call(run, values, outer),
    () => {
      session.database = home;
    },
  );
}

/**
 * Looks at the procedure that EXEC names before its batch runs.
 *
 * @throws {SqlError} 40000 for one of SQL Server's that is not here
 */
export function checkProcedureName(name: ObjectName, session: SessionCore, frame: ModuleFrame): void {
  if (name.name.startsWith('#') || findSystemProcedure(name.name) !== undefined) return;
  const database = session.server.databases.find(name.database ?? session.database.name);
  if (database === undefined || findObject(name, database, name.schema ?? frame.defaultSchema) !== undefined) return;
  refuseDocumentedProcedure(name);
}

/** EXEC @r = dbo.f 21: the value of a scalar function is what the call returns. */
function callScalarFunction(
  run: Interpreter,
  { object, database }: { readonly object: ModuleObject; readonly database: Database },
  values: readonly CallArgument[],
  outer: ModuleFrame | undefined,
): CallResult {
  const { session } = run;
  const securable = objectSecurable(database, object);
  const refusal = () => permissionDenied('EXECUTE', object, database.name);
  session.authorize([{ permission: 'EXECUTE', securable, chain: undefined, refusal }], outer);
  const environment = new ModuleEnvironment(session, undefined, database, object.schema);
  const called = scalarUserFunction(object, { session, database, environment });
  if (called === undefined) throw new Error(`${object.name} is a scalar function`);
  const keys = called.parameters.map((parameter) => nameKey(parameter.name));
  const bound = bindArguments(keys, values, object.name);
  const given = called.parameters.map((parameter, position): SqlValue => {
    const argument = bound.get(keys[position] ?? '');
    if (argument !== undefined && !argument.useDefault) {
      return convertValue(argument.value, argument.type, parameter.type, {
        explicit: false,
        dates: session.options.dates,
      });
    }
    if (parameter.defaultValue !== undefined) return parameter.defaultValue;
    throw missingArgument(parameter.name, object.name);
  });
  const frame =
    outer ??
    new ModuleFrame({
      procedure: '',
      moduleId: 0,
      declarations: declarationsOf(session, [], [], object.schema),
      defaultSchema: object.schema,
    });
  const returned = { type: called.returns, value: called.call(session.context(frame), given) };
  return { status: 0, returned, outputs: new Map() };
}

/** Runs T-SQL text as a module of its own: EXEC ('...') and sp_executesql. */
async function runText(run: Interpreter, text: string, outer: ModuleFrame | undefined): Promise<void> {
  const batch = run.session.parse(text);
  const defaultSchema = run.session.defaultSchema;
  const frame = new ModuleFrame({
    procedure: '',
    moduleId: 0,
    declarations: declarationsOf(run.session, [], batch.statements, defaultSchema),
    defaultSchema,
    outer,
  });
  await runModule(run, batch.statements, frame);
}

function assignOutputs(statement: readonly ExecuteArgument[], result: CallResult, frame: ModuleFrame): void {
  for (let position = 0; position < statement.length; position += 1) {
    const argument = statement[position];
    if (argument?.output !== true || argument.value.kind !== 'variable') continue;
    const key = nameKey(argument.name ?? [...result.outputs.keys()][position] ?? '');
    const output = result.outputs.get(key);
    const target = frame.variable(argument.value.name);
    if (output === undefined || target === undefined) continue;
    target.value = convertValue(output.value, output.type, target.type, { explicit: false });
  }
}

/** The text of EXEC ('...'), run as a module of its own. */
async function runExecuteText(
  run: Interpreter,
  statement: ExecuteStatement,
  target: Extract<ExecuteStatement['target'], { kind: 'string' }>,
  frame: ModuleFrame,
): Promise<void> {
  const { type, value } = run.session.scalar(target.text, frame);
  const text = convertValue(value, type, { name: 'nvarchar', length: 'max' }, { explicit: false });
  if (statement.executeAs?.kind === 'login') throw unsupported('EXECUTE ... AS LOGIN', statement.line);
  const impersonations = run.session.impersonated.length;
  if (statement.executeAs !== undefined) {
    impersonate(run.session, statement.executeAs.name, { asked: true });
  }
  try {
    if (typeof text === 'string' && text.trim() !== '') await runText(run, text, frame);
  } finally {
    run.session.impersonated.length = impersonations;
  }
}

export function runExecute(run: Interpreter, statement: ExecuteStatement, frame: ModuleFrame): MaybePromise<void> {
  const { target } = statement;
  if (target.kind === 'string') return runExecuteText(run, statement, target, frame);
  const name = target.kind === 'procedure' ? target.name : procedureNameOf(run, target.variable, frame, statement.line);
  const values = target.arguments.map((argument) => argumentOf(run, argument, frame));
  const called = callByName(run, name, values, frame);
  if (called instanceof Promise)
    return called.then((result) => takeResult(result, run, statement, target.arguments, frame));
  takeResult(called, run, statement, target.arguments, frame);
}

/** What EXEC does with what a call left behind. */
function takeResult(
  result: CallResult,
  run: Interpreter,
  statement: ExecuteStatement,
  given: readonly ExecuteArgument[],
  frame: ModuleFrame,
): void {
  assignOutputs(given, result, frame);
  if (statement.returnVariable !== undefined) {
    const variable = frame.variable(statement.returnVariable);
    if (variable === undefined) {
      throw undeclaredTargetVariable(statement.returnVariable);
    }
    const { type, value } = result.returned ?? { type: { name: 'int' as const }, value: result.status };
    variable.value = convertValue(value, type, variable.type, { explicit: false });
  }
  if (frame.nestLevel === 0 && !run.inProcedure) run.sink.procedureDone(result.status);
}

function procedureNameOf(run: Interpreter, variable: string, frame: ModuleFrame, line: number): ObjectName {
  const expression: Expression = { kind: 'variable', name: variable, line };
  const { type, value } = run.session.scalar(expression, frame);
  const text = convertValue(value, type, { name: 'nvarchar', length: 776 }, { explicit: false });
  if (typeof text !== 'string') throw procedureNotFound('');
  return parseObjectName(text);
}
