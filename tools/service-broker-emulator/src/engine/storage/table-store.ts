import type { IndexDefinition, TableDefinition } from '../catalog/table-definition.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { Transaction } from './transaction.ts';

/** A row with the identity it keeps for life inside its table. */
export interface StoredRow {
  readonly id: number;
  readonly values: SqlRow;
}

/**
 * Narrows a scan through an index: `equal` holds values for a prefix of the index's columns (already converted to the
 * columns' types, none NULL); `low`/`high` bound the next column. The caller still evaluates its whole condition: an
 * access path may return more rows than match, never fewer.
 */
export interface IndexAccess {
  readonly index: IndexDefinition;
  readonly equal: readonly SqlValue[];
  readonly low?: { readonly value: SqlValue; readonly inclusive: boolean };
  readonly high?: { readonly value: SqlValue; readonly inclusive: boolean };
}

/** Modes of a lock on a row or a range of keys: shared, update, exclusive. */
export type RowLockMode = 'S' | 'U' | 'X';

/**
 * How a scan looks at what other transactions have not committed. `versions`: the last committed row (READ COMMITTED with
 * READ_COMMITTED_SNAPSHOT); `locking`: waits for it; `dirty`: takes it as it is; `snapshot`: rows as they were committed
 * when the transaction first read.
 */
export interface ReadMode {
  readonly kind: 'versions' | 'locking' | 'dirty' | 'snapshot';
  /** For `locking`: the lock that each row is read under. */
  readonly mode: RowLockMode;
  /** For `locking`: rows that are locked are left out instead of waited for. */
  readonly skipLocked: boolean;
  /** For `locking`: the whole table is read under one shared lock (TABLOCK). */
  readonly wholeTable: boolean;
}

/** NOLOCK. */
export const readDirty: ReadMode = { kind: 'dirty', mode: 'S', skipLocked: false, wholeTable: false };

/** What a scan does that nobody told otherwise. */
export const readVersions: ReadMode = { kind: 'versions', mode: 'S', skipLocked: false, wholeTable: false };

/**
 * Rows of one table: a durable one, a temp table, or a table variable. Values are in the columns' types already;
 * NOT NULL, CHECK, FOREIGN KEY, defaults and computed columns are the DML executor's business, uniqueness is the store's.
 *
 * A durable table shows each transaction the committed rows overlaid with its own changes; touching a row or unique
 * key that another open transaction changed throws {@link TransactionConflict}.
 */
export interface TableStore {
  readonly definition: TableDefinition;
  /**
   * Rows in no promised order. Safe against changes made by the caller while it iterates (it sees the rows as of the call).
   *
   * @throws {TransactionConflict} also while iterating
   */
  scan(transaction: Transaction | undefined, access?: IndexAccess, read?: ReadMode): Iterable<StoredRow>;
  /** @throws {SqlError} 2627 or 2601 for a duplicate key */
  insert(transaction: Transaction, values: SqlRow): StoredRow;
  /** Checks uniqueness of the batch as a whole after the statement, as SQL Server does for set-based updates. */
  update(transaction: Transaction, changes: readonly { readonly id: number; readonly values: SqlRow }[]): void;
  delete(transaction: Transaction, ids: readonly number[]): void;
  truncate(transaction: Transaction): void;
  /** Locks a row until the transaction ends: UPDLOCK and its like. @throws {TransactionConflict} */
  lockRow(transaction: Transaction, id: number, mode: RowLockMode): void;
  /** Locks the table until the transaction ends: TABLOCKX, TABLOCK with HOLDLOCK. @throws {TransactionConflict} */
  lockTable(transaction: Transaction, mode: 'S' | 'X'): void;
  /**
   * Keeps the keys that the access gives, and the gaps beside them, as they are until the transaction ends: HOLDLOCK and
   * SERIALIZABLE.
   *
   * @param access absent = all keys
   * @throws {TransactionConflict}
   */
  lockRange(transaction: Transaction, access: IndexAccess | undefined, mode: RowLockMode): void;
  /**
   * Makes sure that the matching rows that a scan shows will still be those when other open transactions have ended: none
   * of them has brought one in, changed one so that it matches no more, or taken one away. What a foreign key asks.
   *
   * @param access narrows what is looked at to the rows that may match
   * @throws {TransactionConflict}
   */
  checkSettled(
    transaction: Transaction | undefined,
    access: IndexAccess | undefined,
    matches: (values: SqlRow) => boolean,
  ): void;
  /**
   * Waits for every open change of the table, as a check of foreign keys does that reads all of it (a hash or merge join).
   *
   * @throws {TransactionConflict}
   */
  checkQuiet(transaction: Transaction | undefined): void;
  /** Takes the next identity value; not given back by a rollback. */
  nextIdentity(): bigint;
  /** SET IDENTITY_INSERT or DBCC CHECKIDENT moved the current value; `undefined` = as in a new table. */
  reseedIdentity(value: bigint | undefined): void;
  readonly currentIdentity: bigint | undefined;
  /** An estimate of the number of rows, for the planner's choice of access path. */
  readonly approximateRowCount: number;
}
