import type { SqlError } from '../../errors.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { ForeignKeyDefinition, IndexDefinition, TableDefinition } from '../catalog/table-definition.ts';
import type { StoredRow } from '../storage/table-store.ts';
import { compileCompare } from '../types/compare.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { QueryEnvironment, TableRelation } from './environment.ts';
import { constraintConflict } from './errors/data-errors.ts';
import { Frame, type Run } from './frame.ts';
import { type StatementName, TableWriter } from './table-writer.ts';

/**
 * Finds rows of a table by the values of some columns, through an index when one starts with them. Unlike other readers it
 * waits: what a transaction that is still open has done to such rows decides whether a key is kept.
 */
class RowFinder {
  readonly #table: TableRelation;
  readonly #ordinals: readonly number[];
  readonly #index: IndexDefinition | undefined;
  readonly #compares: readonly ((a: SqlValue, b: SqlValue) => number)[];

  constructor(table: TableRelation, ordinals: readonly number[]) {
    this.#table = table;
    this.#ordinals = ordinals;
    this.#index = table.definition.indexes.find(
      (index) =>
        index.filter === undefined &&
        index.columns.length >= ordinals.length &&
        index.columns.slice(0, ordinals.length).every((column) => ordinals.includes(column.ordinal)),
    );
    this.#compares = ordinals.map((ordinal) => {
      const column = table.definition.columns[ordinal];
      if (column === undefined) throw new Error(`table ${table.definition.name} has no column ${ordinal}`);
      return compileCompare(column.type);
    });
  }

  /** @throws {TransactionConflict} when an open transaction has brought in or taken away such a row */
  find(run: Run, values: readonly SqlValue[]): StoredRow[] {
    const store = this.#table.store(run.context);
    const { transaction } = run.context;
    const index = this.#index;
    const access =
      index === undefined
        ? undefined
        : {
            index,
            equal: index.columns
              .slice(0, this.#ordinals.length)
              .map((column) => values[this.#ordinals.indexOf(column.ordinal)] ?? null),
          };
    const matches = (row: SqlRow): boolean =>
      this.#ordinals.every((ordinal, position) => {
        const own = row[ordinal] ?? null;
        const wanted = values[position] ?? null;
        return own !== null && wanted !== null && this.#compares[position]?.(own, wanted) === 0;
      });
    store.checkSettled(transaction, access, matches);
    return [...store.scan(transaction, access)].filter((row) => matches(row.values));
  }
}

interface OutgoingKey {
  readonly key: ForeignKeyDefinition;
  readonly referenced: TableRelation;
  readonly finder: RowFinder;
}

interface IncomingKey {
  readonly key: ForeignKeyDefinition;
  readonly child: TableRelation;
  /** Ordinals in the referenced table, in the order of the key's columns. */
  readonly parentOrdinals: readonly number[];
  readonly finder: RowFinder;
  readonly writer: TableWriter;
  readonly keys: ForeignKeys;
}

/** The foreign keys of one table, in both directions. */
export class ForeignKeys {
  #references: readonly OutgoingKey[] = [];
  #referencedBy: readonly IncomingKey[] = [];

  /**
   * Compiles the keys of a table and of every table that a change could cascade to.
   *
   * @param known what was compiled on the way here: keys may form cycles
   */
  static compile(
    table: TableRelation,
    environment: QueryEnvironment,
    known: Map<TableDefinition, ForeignKeys> = new Map(),
  ): ForeignKeys {
    const found = known.get(table.definition);
    if (found !== undefined) return found;
    const keys = new ForeignKeys();
    known.set(table.definition, keys);
    keys.#references = table.definition.foreignKeys
      .filter((key) => key.enabled)
      .flatMap((key) => {
        const referenced = environment.referencedTable(table, key);
        if (referenced === undefined) return [];
        return [{ key, referenced, finder: new RowFinder(referenced, ordinalsOf(referenced, key.referencedColumns)) }];
      });
    keys.#referencedBy = environment.referencingKeys(table).map(({ table: child, key }) => ({
      key,
      child,
      parentOrdinals: ordinalsOf(table, key.referencedColumns),
      finder: new RowFinder(child, key.columns),
      writer: new TableWriter(child, environment),
      keys: ForeignKeys.compile(child, environment, known),
    }));
    return keys;
  }

  /** Waits for all open changes of the tables that are referred to. @throws {TransactionConflict} */
  waitForParents(run: Run): void {
    for (const { referenced } of this.#references) {
      referenced.store(run.context).checkQuiet(run.context.transaction);
    }
  }

  /**
   * Checks that what the rows refer to exists; called when all rows of the statement are in place.
   *
   * @param changed ordinals that were written; keys over other columns need no check
   * @throws {SqlError} 547
   */
  checkReferences(rows: readonly SqlRow[], run: Run, statement: StatementName, changed?: ReadonlySet<number>): void {
    for (const { key, referenced, finder } of this.#references) {
      if (changed !== undefined && !key.columns.some((ordinal) => changed.has(ordinal))) continue;
      for (const row of rows) {
        const values = key.columns.map((ordinal) => row[ordinal] ?? null);
        if (values.includes(null) || finder.find(run, values).length > 0) continue;
        throw conflict(statement, 'FOREIGN KEY', key, referenced, key.referencedColumns);
      }
    }
  }

  /**
   * Follows the deletion of rows to the tables that refer to them.
   *
   * @throws {SqlError} 547 when a key forbids it
   */
  afterDelete(rows: readonly SqlRow[], run: Run, statement: StatementName): void {
    for (const incoming of this.#referencedBy) {
      const children = childrenOf(incoming, rows, run);
      if (children.length === 0) continue;
      apply(incoming, children, 'delete', () => null, run, statement);
    }
  }

  /**
   * Follows the change of rows to the tables that refer to them. Old and new rows are at the same positions.
   *
   * @throws {SqlError} 547 when a key forbids it
   */
  afterUpdate(before: readonly SqlRow[], after: readonly SqlRow[], run: Run, statement: StatementName): void {
    for (const incoming of this.#referencedBy) {
      const changed = before.flatMap((row, position) => {
        const next = after[position];
        if (next === undefined || incoming.parentOrdinals.every((ordinal) => same(row[ordinal], next[ordinal])))
          return [];
        return [{ row, next }];
      });
      for (const { row, next } of changed) {
        const children = childrenOf(incoming, [row], run);
        if (children.length === 0) continue;
        apply(
          incoming,
          children,
          'update',
          (position) => next[incoming.parentOrdinals[position] ?? 0] ?? null,
          run,
          statement,
        );
      }
    }
  }
}

function same(a: SqlValue | undefined, b: SqlValue | undefined): boolean {
  return a === b || JSON.stringify(a, bigintText) === JSON.stringify(b, bigintText);
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

function ordinalsOf(table: TableRelation, names: readonly string[]): readonly number[] {
  return names.map((name) => {
    const ordinal = table.definition.columns.findIndex((column) => nameKey(column.name) === nameKey(name));
    if (ordinal === -1) throw new Error(`foreign key column ${name} is missing in ${table.definition.name}`);
    return ordinal;
  });
}

function childrenOf(incoming: IncomingKey, rows: readonly SqlRow[], run: Run): StoredRow[] {
  return rows.flatMap((row) => {
    const values = incoming.parentOrdinals.map((ordinal) => row[ordinal] ?? null);
    return values.includes(null) ? [] : incoming.finder.find(run, values);
  });
}

function apply(
  incoming: IncomingKey,
  children: readonly StoredRow[],
  event: 'delete' | 'update',
  cascaded: (position: number) => SqlValue,
  run: Run,
  statement: StatementName,
): void {
  const { key, child, writer, keys } = incoming;
  const action = event === 'delete' ? key.onDelete : key.onUpdate;
  if (action === 'noAction') {
    const names = key.columns.map((ordinal) => child.definition.columns[ordinal]?.name ?? '');
    throw conflict(statement, 'REFERENCE', key, child, names);
  }
  const store = child.store(run.context);
  const transaction = run.context.writeTransaction();
  const before = children.map((row) => row.values);
  if (action === 'cascade' && event === 'delete') {
    store.delete(
      transaction,
      children.map((row) => row.id),
    );
    keys.afterDelete(before, run, statement);
    return;
  }
  const frame = new Frame(run, undefined);
  const changes = children.map((row) => {
    const values = [...row.values];
    for (const [position, ordinal] of key.columns.entries()) {
      values[ordinal] =
        action === 'cascade'
          ? cascaded(position)
          : action === 'setNull'
            ? null
            : writer.defaultValue(ordinal).evaluate(frame);
    }
    return { id: row.id, values: writer.complete(values, run, statement) };
  });
  store.update(transaction, changes);
  const after = changes.map((change) => change.values);
  keys.checkReferences(after, run, statement, new Set(key.columns));
  keys.afterUpdate(before, after, run, statement);
}

function conflict(
  statement: StatementName,
  kind: 'FOREIGN KEY' | 'REFERENCE',
  key: ForeignKeyDefinition,
  table: TableRelation,
  columns: readonly string[],
): SqlError {
  const [only] = columns;
  const column = columns.length === 1 ? `, column '${only}'` : '';
  return constraintConflict(
    statement,
    kind,
    key.name,
    table.database,
    table.definition.schema,
    table.definition.name,
    column,
  );
}
