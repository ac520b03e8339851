import type { OutputClause } from '../../tsql/ast/data.ts';
import type { ResultColumn } from '../session-contract.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { withLength } from '../types/type-info.ts';
import { resolveTarget, targetColumn } from './data-target.ts';
import type { QueryEnvironment, TableRelation } from './environment.ts';
import type { Frame, Run } from './frame.ts';
import { insertRows, type RowShape, rowShape } from './row-insert.ts';
import type { Scope, ScopeSource } from './scope.ts';
import { compileSelectList } from './select-list.ts';
import { TableWriter } from './table-writer.ts';
import type { UsedColumns } from './used-columns.ts';

/** A result that a statement hands to the client. */
export interface OutputRows {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly SqlRow[];
}

/** Slots for what OUTPUT can name besides the sources of the statement. */
interface OutputSlots {
  readonly inserted: number | undefined;
  readonly deleted: number | undefined;
  readonly action: number | undefined;
}

/** Collects the rows of the OUTPUT clauses of one run. */
interface OutputCollector {
  /** Evaluates the clauses for the row that stands in the frame. */
  add(frame: Frame): void;
  /** Stores the rows of OUTPUT ... INTO and gives back those for the client. */
  finish(run: Run): OutputRows | undefined;
}

export interface CompiledOutput {
  readonly slots: OutputSlots;
  readonly columns: readonly ResultColumn[] | undefined;
  collector(): OutputCollector;
}

const nothing: OutputCollector = { add: () => {}, finish: () => undefined };

/**
 * Compiles the OUTPUT clauses of a statement.
 *
 * @param scope the statement's own; `inserted`, `deleted` and `$action` get slots of their own in its frames
 * @param read gets the columns of the table that are shown
 */
export function compileOutput(
  clauses: readonly OutputClause[],
  table: TableRelation,
  available: { readonly inserted: boolean; readonly deleted: boolean; readonly action: boolean },
  scope: Scope,
  environment: QueryEnvironment,
  read: UsedColumns,
): CompiledOutput {
  if (clauses.length === 0) {
    const none = { inserted: undefined, deleted: undefined, action: undefined };
    return { slots: none, columns: undefined, collector: () => nothing };
  }
  const columns = table.definition.columns.map(({ name, type, nullable }) => ({ name, type, nullable }));
  const source = (alias: string, present: boolean): ScopeSource | undefined =>
    present ? { alias, slot: scope.newSlot(), columns, used: read, optional: available.action } : undefined;
  const inserted = source('inserted', available.inserted);
  const deleted = source('deleted', available.deleted);
  const action: ScopeSource | undefined = available.action
    ? {
        alias: '',
        slot: scope.newSlot(),
        columns: [{ name: '$action', type: withLength('nvarchar', 10), nullable: false }],
        optional: false,
      }
    : undefined;
  const sources = [inserted, deleted, action].filter((candidate) => candidate !== undefined);
  // Columns of the target must be written as inserted.x or deleted.x; other sources of the statement keep their names.
  const others = scope.sources.filter((candidate) => candidate.columns.length > 0);
  const compiled = clauses.map((clause) => {
    const list = scope.seeing([...sources, ...others], () => {
      scope.clause = 'select list';
      return compileSelectList(clause.items, scope);
    });
    const into = clause.into === undefined ? undefined : compileInto(clause.into, environment);
    return { list, into };
  });
  const client = compiled.find((clause) => clause.into === undefined);
  return {
    slots: { inserted: inserted?.slot, deleted: deleted?.slot, action: action?.slot },
    columns: client?.list.map(({ name, type, nullable }) => ({ name, type, nullable })),
    collector: () => {
      const collected: SqlRow[][] = compiled.map(() => []);
      return {
        add: (frame) => {
          for (const [index, { list }] of compiled.entries()) {
            const row: SqlValue[] = list.map((column) => column.expression.evaluate(frame));
            collected[index]?.push(row);
          }
        },
        finish: (run) => {
          let result: OutputRows | undefined;
          for (const [index, { list, into }] of compiled.entries()) {
            const rows = collected[index] ?? [];
            if (into === undefined) {
              result = { columns: list.map(({ name, type, nullable }) => ({ name, type, nullable })), rows };
            } else {
              const shape = into.shape(list.map((column) => column.type));
              insertRows(into.writer, shape, rows, run, 'INSERT');
            }
          }
          return result;
        },
      };
    },
  };
}

function compileInto(
  into: NonNullable<OutputClause['into']>,
  environment: QueryEnvironment,
): { writer: TableWriter; shape: (types: readonly ResultColumn['type'][]) => RowShape } {
  const table = resolveTarget(into.target, environment, ['INSERT']);
  const writer = new TableWriter(table, environment);
  const ordinals =
    into.columns?.map((name) => targetColumn(table, name, into.target.line)) ??
    writer.columns.flatMap((column, ordinal) =>
      column.identity === undefined && column.computed === undefined && column.type.name !== 'rowversion'
        ? [ordinal]
        : [],
    );
  return { writer, shape: (types) => rowShape(writer, ordinals, types) };
}
