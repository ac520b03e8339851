import type { DataStatement } from '../../tsql/ast/data.ts';
import type { Expression, Predicate } from '../../tsql/ast/expressions.ts';
import type { ObjectName } from '../../tsql/ast/nodes.ts';
import type { SelectStatement } from '../../tsql/ast/queries.ts';
import type { ResultColumn } from '../session-contract.ts';
import { defaultDateSettings, underDateSettings } from '../types/date-settings.ts';
import { underRoundAbort } from '../types/round-abort.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { compileQuery, compileTopQuery } from './compile-query.ts';
import type { CompiledData } from './compiled-data.ts';
import type { ExecutionContext, QueryEnvironment } from './environment.ts';
import { unnamedFunctionColumn, unnamedViewColumn } from './errors/query-errors.ts';
import { compileExpression } from './expression.ts';
import { chunkText } from './for-clause.ts';
import { Frame, Run } from './frame.ts';
import { compileInsert } from './insert.ts';
import { intoTarget } from './into-target.ts';
import { compileMerge } from './merge.ts';
import { compilePredicate } from './predicate.ts';
import type { QueryPlan } from './query-plan.ts';
import { resultOrder } from './result-order.ts';
import { Scope } from './scope.ts';
import { compileTruncate } from './truncate.ts';
import { compileDelete, compileUpdate } from './update.ts';

export type { CompiledData, DataResult } from './compiled-data.ts';
export { compileAddedColumns, compileColumnExpression, compileTableCheck } from './table-maintenance.ts';

/** A SELECT ready to run. Holds no state of a run: one plan may serve many runs, also nested ones. */
export interface CompiledSelect {
  readonly columns: readonly ResultColumn[];
  /** `SELECT @v = ...`: running it sets the variables; its rows are for counting only. */
  readonly assigns: boolean;
  /** Columns that ORDER BY sorts by, from 1; absent when the client gets none. */
  readonly order?: readonly number[];
  /** `SELECT ... INTO t`: the interpreter makes a table of `columns` and inserts the rows. */
  readonly into?: ObjectName;
  run(context: ExecutionContext): readonly SqlRow[];
  /** Hands over the rows one by one; `consume` gives false when it wants no more. */
  scan(context: ExecutionContext, consume: (row: SqlRow) => boolean): void;
}

/** An expression without a FROM clause: of SET, IF, PRINT, RETURN, EXEC arguments. */
export interface CompiledScalar {
  readonly type: SqlType;
  evaluate(context: ExecutionContext): SqlValue;
}

/**
 * Compiles a SELECT statement.
 *
 * @throws {SqlError} when names do not resolve or types do not fit
 */
export function compileSelect(statement: SelectStatement, environment: QueryEnvironment): CompiledSelect {
  const plan = underSettingsOf(environment, () =>
    compileTopQuery(statement, { environment, outer: undefined, ctes: new Map() }),
  );
  const { query } = statement;
  const specification = query.kind === 'specification' ? query : undefined;
  const into = intoTarget(query);
  const scan = scanOf(plan, statement.for !== undefined);
  const order = resultOrder(statement, plan.columns);
  return {
    columns: plan.columns,
    ...(order === undefined ? {} : { order }),
    assigns: specification?.items.some((item) => item.kind === 'assignment') ?? false,
    ...(into === undefined ? {} : { into }),
    run: (context) => {
      const rows: SqlRow[] = [];
      scan(context, (row) => {
        rows.push(row);
        return true;
      });
      return rows;
    },
    scan,
  };
}

/** Text of FOR JSON and FOR XML goes to the client in pieces; typed xml stays whole. */
function scanOf(plan: QueryPlan, isDocument: boolean): CompiledSelect['scan'] {
  if (!isDocument || plan.columns[0]?.type.name === 'xml') {
    return (context, consume) => {
      plan.scan(new Run(context), undefined, consume);
    };
  }
  return (context, consume) => {
    plan.scan(new Run(context), undefined, (row) => {
      const [text] = row;
      return typeof text === 'string' ? chunkText(text).every(consume) : consume(row);
    });
  };
}

/**
 * Checks the query of a view when the view is made.
 *
 * @param names the view's own column list
 * @throws {SqlError} 1033 for ORDER BY without TOP, 4511 for a column without a name, else as {@link compileSelect}
 */
export function checkViewQuery(
  query: SelectStatement,
  names: readonly string[] | undefined,
  view: string,
  environment: QueryEnvironment,
): void {
  const { columns } = compileQuery(query, { environment, outer: undefined, ctes: new Map() });
  const unnamed = names === undefined ? columns.findIndex((column) => column.name === '') : -1;
  if (unnamed >= 0) {
    throw unnamedViewColumn(unnamed + 1, view, query.line);
  }
}

/**
 * Checks the query of an inline function when the function is made.
 *
 * @param environment knows the function's parameters as variables
 * @throws {SqlError} 4514 for a column without a name, else as {@link checkViewQuery}
 */
export function checkFunctionQuery(query: SelectStatement, name: string, environment: QueryEnvironment): void {
  const { columns } = compileQuery(query, { environment, outer: undefined, ctes: new Map() });
  const unnamed = columns.findIndex((column) => column.name === '');
  if (unnamed < 0) return;
  throw unnamedFunctionColumn(unnamed + 1, name, query.line);
}

/** Compiles something by the date settings of the environment. */
export function underSettingsOf<T>({ settings }: QueryEnvironment, work: () => T): T {
  return underDateSettings(settings?.dates ?? defaultDateSettings, () =>
    underRoundAbort(settings?.numericRoundAbort ?? false, work),
  );
}

/** Compiles INSERT, UPDATE, DELETE, MERGE or TRUNCATE TABLE. @throws {SqlError} as {@link compileSelect} */
export function compileData(statement: DataStatement, environment: QueryEnvironment): CompiledData {
  return underSettingsOf(environment, () => compileChange(statement, environment));
}

function compileChange(statement: DataStatement, environment: QueryEnvironment): CompiledData {
  switch (statement.kind) {
    case 'insert':
      return compileInsert(statement, environment);
    case 'update':
      return compileUpdate(statement, environment);
    case 'delete':
      return compileDelete(statement, environment);
    case 'merge':
      return compileMerge(statement, environment);
    case 'truncate':
      return compileTruncate(statement, environment);
  }
}

/** Compiles an expression that stands outside any query. @throws {SqlError} as {@link compileSelect} */
export function compileScalar(expression: Expression, environment: QueryEnvironment): CompiledScalar {
  const compiled = underSettingsOf(environment, () =>
    compileExpression(expression, new Scope(environment, undefined, new Map())),
  );
  return { type: compiled.type, evaluate: (context) => compiled.evaluate(new Frame(new Run(context), undefined)) };
}

/** Compiles a condition that stands outside any query; UNKNOWN counts as false. @throws {SqlError} as {@link compileSelect} */
export function compileCondition(
  predicate: Predicate,
  environment: QueryEnvironment,
): (context: ExecutionContext) => boolean {
  const test = underSettingsOf(environment, () =>
    compilePredicate(predicate, new Scope(environment, undefined, new Map())),
  );
  return (context) => test(new Frame(new Run(context), undefined)) === true;
}
