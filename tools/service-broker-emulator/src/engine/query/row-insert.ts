import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { identityInsertOff, identityValueMissing } from './errors/data-errors.ts';
import { Frame, type Run } from './frame.ts';
import type { StatementName, TableWriter } from './table-writer.ts';

/** How the values of a source become a row of a table. */
export interface RowShape {
  /** For each value of the source its column, and the conversion into that column's type. */
  readonly assigned: readonly { readonly ordinal: number; readonly convert: (value: SqlValue) => SqlValue }[];
  /** Columns that take their DEFAULT. */
  readonly defaults: readonly number[];
  /** Position in `assigned` of an explicit identity value, -1 when the server gives it. */
  readonly explicitIdentity: number;
}

/**
 * The shape of rows whose values go to the columns `ordinals`, in that order.
 *
 * @throws {SqlError} 120, 121 or 213 when the counts differ; 206 or 257 when a type does not fit
 */
export function rowShape(writer: TableWriter, ordinals: readonly number[], types: readonly SqlType[]): RowShape {
  const given = new Set(ordinals);
  return {
    assigned: ordinals.map((ordinal, position) => ({
      ordinal,
      convert: writer.assignment(ordinal, types[position] ?? { name: 'int' }),
    })),
    defaults: writer.columns.flatMap((column, ordinal) =>
      given.has(ordinal) ||
      column.identity !== undefined ||
      column.computed !== undefined ||
      column.default === undefined
        ? []
        : [ordinal],
    ),
    explicitIdentity: ordinals.indexOf(writer.identity),
  };
}

/** Puts rows into the table and gives them back as stored. Foreign keys are the caller's business. */
export function insertRows(
  writer: TableWriter,
  shape: RowShape,
  rows: readonly SqlRow[],
  run: Run,
  statement: StatementName,
): SqlRow[] {
  const { context } = run;
  const store = writer.table.store(context);
  const transaction = context.writeTransaction();
  const frame = new Frame(run, undefined);
  checkIdentityInsert(writer, shape, run);
  const width = writer.columns.length;
  const inserted: SqlRow[] = [];
  for (const source of rows) {
    const values = new Array<SqlValue>(width).fill(null);
    for (let position = 0; position < shape.assigned.length; position++) {
      const target = shape.assigned[position];
      if (target !== undefined) values[target.ordinal] = target.convert(source[position] ?? null);
    }
    for (const ordinal of shape.defaults) values[ordinal] = writer.defaultValue(ordinal).evaluate(frame);
    if (writer.identity !== -1) giveIdentity(writer, shape, values, run);
    const row = writer.complete(values, run, statement);
    store.insert(transaction, row);
    inserted.push(row);
  }
  return inserted;
}

/**
 * The rows that an INSERT would write, for an INSTEAD OF trigger. No constraint is checked and no identity value used: the
 * identity column is 0 in such rows.
 */
export function insteadRows(writer: TableWriter, shape: RowShape, rows: readonly SqlRow[], run: Run): SqlRow[] {
  const frame = new Frame(run, undefined);
  checkIdentityInsert(writer, shape, run);
  return rows.map((source) => {
    const values = new Array<SqlValue>(writer.columns.length).fill(null);
    for (const [position, target] of shape.assigned.entries()) {
      values[target.ordinal] = target.convert(source[position] ?? null);
    }
    for (const ordinal of shape.defaults) values[ordinal] = writer.defaultValue(ordinal).evaluate(frame);
    if (writer.identity !== -1 && shape.explicitIdentity === -1) values[writer.identity] = writer.identityValue(0n);
    return writer.compute(values, run);
  });
}

function giveIdentity(writer: TableWriter, shape: RowShape, values: SqlValue[], run: Run): void {
  const { identity, table } = writer;
  const store = table.store(run.context);
  if (shape.explicitIdentity === -1) {
    const next = store.nextIdentity();
    values[identity] = writer.identityValue(next);
    run.context.identityInserted(table, next);
    return;
  }
  const given = identityNumber(values[identity] ?? null);
  if (given === undefined) return;
  const current = store.currentIdentity;
  const increment = writer.columns[identity]?.identity?.increment ?? 1n;
  if (current === undefined || (increment > 0n ? given > current : given < current)) store.reseedIdentity(given);
  run.context.identityInserted(table, given);
}

function identityNumber(value: SqlValue): bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return BigInt(value);
  if (typeof value === 'object' && value !== null && 'unscaled' in value) return value.unscaled;
  return undefined;
}

/** @throws {SqlError} 544 or 545 */
function checkIdentityInsert(writer: TableWriter, shape: RowShape, run: Run): void {
  if (writer.identity === -1) return;
  const allowed = run.context.identityInsert(writer.table);
  const { definition } = writer.table;
  if (shape.explicitIdentity !== -1 && !allowed) {
    throw identityInsertOff(definition.name);
  }
  if (shape.explicitIdentity === -1 && allowed) {
    throw identityValueMissing(definition.name);
  }
}
