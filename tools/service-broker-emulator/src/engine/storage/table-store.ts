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

/**
 * Rows of one table: a durable one, a temp table, or a table variable. Values are in the columns' types already;
 * NOT NULL, CHECK, FOREIGN KEY, defaults and computed columns are the DML executor's business, uniqueness is the store's.
 *
 * A durable table shows each transaction the committed rows overlaid with its own changes; touching a row or unique
 * key that another open transaction changed throws {@link TransactionConflict}.
 */
export interface TableStore {
  readonly definition: TableDefinition;
  /** Rows in no promised order. Safe against changes made by the caller while it iterates (it sees the rows as of the call). */
  scan(transaction: Transaction | undefined, access?: IndexAccess): Iterable<StoredRow>;
  /** @throws {SqlError} 2627 or 2601 for a duplicate key */
  insert(transaction: Transaction, values: SqlRow): StoredRow;
  /** Checks uniqueness of the batch as a whole after the statement, as SQL Server does for set-based updates. */
  update(transaction: Transaction, changes: readonly { readonly id: number; readonly values: SqlRow }[]): void;
  delete(transaction: Transaction, ids: readonly number[]): void;
  truncate(transaction: Transaction): void;
  /** Locks a row until the transaction ends: UPDLOCK and its like. @throws {TransactionConflict} */
  lockRow(transaction: Transaction, id: number): void;
  /** Makes every other writer of the table wait until the transaction ends: HOLDLOCK and its like. @throws {TransactionConflict} */
  lockTable(transaction: Transaction): void;
  /** Whether another open transaction has changed or locked the row: what READPAST leaves out. */
  isLockedByOther(transaction: Transaction | undefined, id: number): boolean;
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
  /** Takes the next identity value; not given back by a rollback. */
  nextIdentity(): bigint;
  /** SET IDENTITY_INSERT or DBCC CHECKIDENT moved the current value. */
  reseedIdentity(value: bigint): void;
  readonly currentIdentity: bigint | undefined;
  /** An estimate of the number of rows, for the planner's choice of access path. */
  readonly approximateRowCount: number;
}
