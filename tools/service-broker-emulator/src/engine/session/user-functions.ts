import type { CreateFunctionStatement, ParameterDefinition } from '../../tsql/ast/modules.ts';
import type { ModuleObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import { parsedFunction } from '../catalog/parsed-module.ts';
import { compileScalar } from '../query/compile-statement.ts';
import type {
  ExecutionContext,
  FunctionParameter,
  QueryEnvironment,
  ScalarUserFunction,
  TableUserFunction,
} from '../query/environment.ts';
import type { Database } from '../server/database.ts';
import { MemoryTable } from '../storage/memory-table.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { unknownObject } from './errors.ts';
import { FrameContext } from './execution-context.ts';
import { runFunctionBody } from './function-body.ts';
import { ModuleFrame } from './module-frame.ts';
import { buildModuleTable } from './module-tables.ts';
import { resolveScalarType } from './name-resolution.ts';
import { declarationsOf } from './procedure-call.ts';
import type { SessionCore } from './session-core.ts';

type FunctionTree<K extends CreateFunctionStatement['returns']['kind']> = CreateFunctionStatement & {
  readonly returns: { readonly kind: K };
};

/** A function where a query stands that calls it. */
export interface FunctionPlace {
  readonly session: SessionCore;
  readonly database: Database;
  /** Where names inside the function resolve. */
  readonly environment: QueryEnvironment;
}

function hasKind<K extends CreateFunctionStatement['returns']['kind']>(
  tree: CreateFunctionStatement,
  kind: K,
): tree is FunctionTree<K> {
  return tree.returns.kind === kind;
}

/** Plans are shared by all sessions, so the session is that of the running statement, not of the one that compiled it. */
function callerOf(context: ExecutionContext): FrameContext {
  if (!(context instanceof FrameContext)) throw new Error('a user-defined function was called outside a module');
  return context;
}

function parametersOf(
  parameters: readonly ParameterDefinition[],
  object: ModuleObject,
  { session, database, environment }: FunctionPlace,
): FunctionParameter[] {
  return parameters.map(({ name, type: reference, value }) => {
    const { type } = resolveScalarType(reference, database, object.schema);
    if (value === undefined) return { name, type };
    const frame = new ModuleFrame({
      procedure: object.name,
      moduleId: object.objectId,
      declarations: { scalars: new Map(), tables: new Map(), madeTempTables: new Set() },
      defaultSchema: object.schema,
    });
    return { name, type, defaultValue: compileScalar(value, environment).evaluate(session.context(frame)) };
  });
}

/** A frame for one call, its parameters set. */
function enter(
  context: ExecutionContext,
  object: ModuleObject,
  tree: CreateFunctionStatement & { readonly returns: { readonly kind: 'scalar' | 'table' } },
  values: readonly SqlValue[],
  database: Database,
): { readonly session: SessionCore; readonly frame: ModuleFrame } {
  const { session, frame: outer } = callerOf(context);
  const frame = new ModuleFrame({
    procedure: object.name,
    moduleId: object.objectId,
    declarations: declarationsOf(session, tree.parameters, tree.returns.body, object.schema),
    defaultSchema: object.schema,
    chain: { database, owner: database.ownerOf(object.schema) },
    outer,
    settings: object,
    isFunction: true,
  });
  for (const [index, parameter] of tree.parameters.entries()) {
    const variable = frame.variable(parameter.name);
    if (variable !== undefined) variable.value = values[index] ?? null;
  }
  return { session, frame };
}

/** The scalar function that a catalog object is; undefined when it returns a table. */
export function scalarUserFunction(object: ModuleObject, place: FunctionPlace): ScalarUserFunction | undefined {
  const tree = parsedFunction(object);
  if (!hasKind(tree, 'scalar')) return undefined;
  const { returns } = tree;
  const { type } = resolveScalarType(returns.type, place.database, object.schema);
  return {
    name: object.name,
    parameters: parametersOf(tree.parameters, object, place),
    returns: type,
    call: (context, values) => {
      const { session, frame } = enter(context, object, tree, values, place.database);
      return runFunctionBody(session, returns.body, frame, type);
    },
  };
}

/** The table-valued function that a catalog object is; undefined when it returns a scalar. */
export function tableUserFunction(object: ModuleObject, place: FunctionPlace): TableUserFunction | undefined {
  const tree = parsedFunction(object);
  if (hasKind(tree, 'scalar')) return undefined;
  const parameters = parametersOf(tree.parameters, object, place);
  if (hasKind(tree, 'inlineTable')) {
    const { query } = tree.returns;
    return { kind: 'inline', name: object.name, parameters, query, environment: place.environment };
  }
  if (!hasKind(tree, 'table')) throw unknownObject(object.name);
  const { variable, table, body } = tree.returns;
  const definition = buildModuleTable(place.session, variable, table, object.schema);
  return {
    kind: 'rows',
    name: object.name,
    parameters,
    columns: definition.columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    rows: (context, values): SqlRow[] => {
      const { session, frame } = enter(context, object, tree, values, place.database);
      const result = new MemoryTable({ definition, transactional: false });
      frame.tableVariables.set(nameKey(variable), result);
      frame.returnedTable = { name: nameKey(variable), definition };
      runFunctionBody(session, body, frame, undefined);
      return Array.from(result.scan(undefined), (row) => row.values);
    },
  };
}
