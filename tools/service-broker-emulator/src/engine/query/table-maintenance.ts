import type { Expression } from '../../tsql/ast/expressions.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { TableColumn, TableDefinition } from '../catalog/table-definition.ts';
import type { TableStore } from '../storage/table-store.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { ExecutionContext, QueryEnvironment, TableRelation } from './environment.ts';
import { columnNeedsDefault } from './errors/data-errors.ts';
import { compileExpression } from './expression.ts';
import { ForeignKeys } from './foreign-keys.ts';
import { Frame, Run } from './frame.ts';
import { rowScope } from './index-filter.ts';
import { TableWriter } from './table-writer.ts';

/** Type of a computed column's expression over the columns before it. @throws {SqlError} 207 and the like */
export function compileColumnExpression(
  expression: Expression,
  columns: readonly TableColumn[],
  environment: QueryEnvironment,
): { readonly type: SqlType; readonly nullable: boolean } {
  const definition: TableDefinition = { schema: '', name: '', columns, indexes: [], checks: [], foreignKeys: [] };
  const { type, nullable } = compileExpression(expression, rowScope(definition, environment));
  return { type, nullable };
}

/**
 * Values of columns that ALTER TABLE adds, for rows that are there already: the DEFAULT for NOT NULL columns, NULL for
 * the others, and what computed, identity and rowversion columns give themselves.
 *
 * @param definition the table with its new columns at the end
 * @param from ordinal of the first new column
 * @param withValues new columns, by key, that take their DEFAULT although they take NULL
 * @returns for a running statement a function from a row to the values of its new columns; it throws {SqlError} 4901
 *   for a column that would have to be NULL
 */
export function compileAddedColumns(
  definition: TableDefinition,
  from: number,
  environment: QueryEnvironment,
  withValues: ReadonlySet<string> = new Set(),
): (context: ExecutionContext) => (row: SqlRow) => readonly SqlValue[] {
  const writer = new TableWriter(relationOf(definition, environment), environment);
  return (context) => {
    const run = new Run(context);
    const frame = new Frame(run, undefined);
    let rows = 0n;
    return (row) => {
      const position = rows++;
      const values: SqlValue[] = [...row];
      for (let ordinal = from; ordinal < definition.columns.length; ordinal++) {
        const column = definition.columns[ordinal];
        if (column === undefined) continue;
        values[ordinal] = addedValue(column, ordinal, position, writer, frame, withValues);
        const filledLater = column.computed !== undefined || column.type.name === 'rowversion';
        if (values[ordinal] === null && !column.nullable && !filledLater)
          throw columnNeedsDefault(column.name, definition.name);
      }
      return writer.complete(values, run, 'ALTER TABLE').slice(from);
    };
  };
}

function addedValue(
  column: TableColumn,
  ordinal: number,
  position: bigint,
  writer: TableWriter,
  frame: Frame,
  withValues: ReadonlySet<string>,
): SqlValue {
  if (column.identity !== undefined) {
    return writer.identityValue(column.identity.seed + column.identity.increment * position);
  }
  const keepsNull = column.nullable && !withValues.has(nameKey(column.name));
  return keepsNull || column.default === undefined ? null : writer.defaultValue(ordinal).evaluate(frame);
}

/** Checks rows that are there already against the CHECK and FOREIGN KEY constraints of the table. */
export function compileTableCheck(
  definition: TableDefinition,
  environment: QueryEnvironment,
): (context: ExecutionContext, store: TableStore) => void {
  const table = relationOf(definition, environment);
  const writer = new TableWriter(table, environment);
  const keys = ForeignKeys.compile(table, environment);
  return (context, store) => {
    const run = new Run(context);
    const rows = [...store.scan(context.transaction)].map((row) => row.values);
    for (const row of rows) writer.check(row, run, 'ALTER TABLE');
    keys.checkReferences(rows, run, 'ALTER TABLE');
  };
}

function relationOf(definition: TableDefinition, environment: QueryEnvironment): TableRelation {
  return {
    kind: 'table',
    database: environment.database,
    definition,
    local: false,
    store: () => {
      throw new Error('the shape of a table is compiled here, not its rows');
    },
  };
}
