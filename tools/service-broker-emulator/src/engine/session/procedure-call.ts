import { SqlError } from '../../errors.ts';
import type { CreateProcedureStatement, ParameterDefinition } from '../../tsql/ast/modules.ts';
import type { Statement } from '../../tsql/ast/statements.ts';
import type { ModuleObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import { parsedProcedure } from '../catalog/parsed-module.ts';
import { MemoryTable } from '../storage/memory-table.ts';
import type { TableStore } from '../storage/table-store.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { compileModule } from './compile-module.ts';
import { convertArgument, convertToParameter } from './convert-argument.ts';
import {
  argumentSuppliedTwice,
  missingArgument,
  nestedTooDeeply,
  notAnOutputParameter,
  notAParameter,
  positionAfterName,
  tooManyArguments,
  transactionCountDiffers,
} from './errors.ts';
import type { Flow } from './flow.ts';
import { impersonate } from './impersonation.ts';
import type { Interpreter } from './interpreter.ts';
import { andThen, type MaybePromise, withCleanUp } from './maybe-promise.ts';
import { cachedDeclarations } from './module-cache.ts';
import { collectDeclarations, type ModuleDeclarations } from './module-declarations.ts';
import { ModuleFrame } from './module-frame.ts';
import { buildModuleTable } from './module-tables.ts';
import { findType, resolveScalarType } from './name-resolution.ts';
import { maximumNestLevel } from './nest-level.ts';
import type { SessionCore } from './session-core.ts';

/** An argument of a call, from T-SQL or from the wire. */
export interface CallArgument {
  /** With its `@`; empty = positional. */
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue;
  readonly output: boolean;
  readonly useDefault: boolean;
  /** A table-valued argument. */
  readonly table?: TableStore;
}

/** By name in key form, in the order of declaration. */
interface CallOutputs extends Iterable<[string, { readonly type: SqlType; readonly value: SqlValue }]> {
  get(key: string): { readonly type: SqlType; readonly value: SqlValue } | undefined;
  keys(): Iterable<string>;
}

/** What a call leaves behind. */
export interface CallResult {
  readonly status: number;
  /** The value of a scalar function, which EXEC hands over in place of the status. */
  readonly returned?: { readonly type: SqlType; readonly value: SqlValue };
  /** Values of the module's parameters when it ended. */
  readonly outputs: CallOutputs;
}

/** Collects (or finds again) what a module declares. */
export function declarationsOf(
  session: SessionCore,
  parameters: readonly ParameterDefinition[],
  statements: readonly Statement[],
  defaultSchema: string,
): ModuleDeclarations {
  const version = { databaseId: session.database.databaseId, catalogVersion: session.server.clock.version };
  return cachedDeclarations(statements, version, () =>
    collectDeclarations(parameters, statements, {
      scalarType: (reference, position) => resolveScalarType(reference, session.database, defaultSchema, position).type,
      tableType: (reference) => {
        const type = findType(reference.name, session.database, defaultSchema);
        return type?.kind === 'tableType' ? type.definition : undefined;
      },
      table: (name, body) => buildModuleTable(session, name, body, defaultSchema),
    }),
  );
}

/** Runs the statements of a module in a frame of its own and drops what was local to it. */
export function runModule(run: Interpreter, statements: readonly Statement[], frame: ModuleFrame): MaybePromise<Flow> {
  if (frame.nestLevel > maximumNestLevel) {
    throw nestedTooDeeply(maximumNestLevel);
  }
  const { session } = run;
  try {
    compileModule(session, statements, frame);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return run.moduleFailed(error, frame);
  }
  if (frame.nestLevel === 0) return run.list(statements, frame);
  const options = { ...session.options };
  return withCleanUp(
    () => run.list(statements, frame),
    () => {
      for (const name of frame.tempTables) session.tempTables.drop(name);
      options.textSize = session.options.textSize;
      session.options = options;
    },
  );
}

/** Names of a procedure's parameters in key form. */
const keysOfParameters = new WeakMap<CreateProcedureStatement, readonly string[]>();

function parameterKeys(tree: CreateProcedureStatement): readonly string[] {
  const known = keysOfParameters.get(tree);
  if (known !== undefined) return known;
  const keys = tree.parameters.map((parameter) => nameKey(parameter.name));
  keysOfParameters.set(tree, keys);
  return keys;
}

/** Matches arguments to parameters. @throws {SqlError} 8144, 8145, 8143, 119 and 201 as SQL Server does */
export function bindArguments(
  keys: readonly string[],
  values: readonly CallArgument[],
  procedure: string,
): Map<string, CallArgument> {
  const bound = new Map<string, CallArgument>();
  let named = false;
  for (let position = 0; position < values.length; position += 1) {
    const argument = values[position];
    if (argument === undefined) break;
    if (argument.name === '') {
      if (named) {
        throw positionAfterName(position + 1);
      }
      const parameter = keys[position];
      if (parameter === undefined) throw tooManyArguments(procedure);
      bound.set(parameter, argument);
      continue;
    }
    named = true;
    const key = nameKey(argument.name);
    if (!keys.includes(key)) throw notAParameter(argument.name, procedure);
    if (bound.has(key)) throw argumentSuppliedTwice(argument.name);
    bound.set(key, argument);
  }
  return bound;
}

function fillTable(frame: ModuleFrame, key: string, argument: CallArgument | undefined): void {
  const definition = frame.declarations.tables.get(key);
  if (definition === undefined) return;
  frame.tableVariables.set(key, argument?.table ?? new MemoryTable({ definition, transactional: false }));
}

/** Calls a stored procedure. Its own statements report their errors; binding errors are thrown. */
export function callProcedure(
  run: Interpreter,
  object: ModuleObject,
  values: readonly CallArgument[],
  outer: ModuleFrame | undefined,
): MaybePromise<CallResult> {
  const { session } = run;
  const tree = parsedProcedure(object);
  const keys = parameterKeys(tree);
  const bound = bindArguments(keys, values, object.name);
  const declarations = declarationsOf(session, tree.parameters, tree.body, object.schema);
  const frame = new ModuleFrame({
    procedure: object.name,
    moduleId: object.objectId,
    declarations,
    defaultSchema: object.schema,
    chain: { database: session.database, owner: session.database.ownerOf(object.schema) },
    outer,
    settings: object,
    // A call over the wire has no batch around it.
    ...(outer === undefined ? { nestLevel: 1 } : {}),
  });
  const { dates } = session.options;
  for (let position = 0; position < keys.length; position += 1) {
    const parameter = tree.parameters[position];
    const key = keys[position];
    if (parameter === undefined || key === undefined) break;
    const argument = bound.get(key);
    const variable = frame.variables.get(key);
    if (variable === undefined) {
      fillTable(frame, key, argument);
      continue;
    }
    if (argument?.output === true && !parameter.output) {
      throw notAnOutputParameter(parameter.name, object.name);
    }
    if (argument !== undefined && !argument.useDefault) {
      variable.value = convertArgument(argument, variable.type, object.name, dates);
    } else if (parameter.value !== undefined) {
      const { type, value } = session.scalar(parameter.value, frame);
      variable.value = convertToParameter(value, type, variable.type, dates);
    } else {
      throw missingArgument(parameter.name, object.name);
    }
  }
  const before = session.transactions.count;
  const impersonations = session.impersonated.length;
  const { executeAs } = tree;
  if (executeAs?.kind === 'user') impersonate(session, executeAs.name, { asked: false });
  if (executeAs?.kind === 'owner') impersonate(session, session.database.ownerOf(object.schema), { asked: false });
  if (executeAs?.kind === 'self') impersonate(session, object.createdBy ?? 'dbo', { asked: false });
  const ended = withCleanUp(
    () => runModule(run, tree.body, frame),
    () => {
      session.impersonated.length = impersonations;
    },
  );
  return andThen(ended, () => {
    const after = session.transactions.count;
    if (after !== before && session.transactions.state !== -1) {
      throw transactionCountDiffers(before, after, object.name);
    }
    return { status: frame.returnStatus, outputs: frame.variables };
  });
}
