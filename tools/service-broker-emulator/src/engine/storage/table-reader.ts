import type { CommittedRows } from './committed-rows.ts';
import type { IndexKeys } from './index-keys.ts';
import type { RowLocks } from './row-locks.ts';
import type { RowLookup } from './row-lookup.ts';
import type { RowVersions } from './row-versions.ts';
import type { IndexAccess, ReadMode, RowLockMode, StoredRow } from './table-store.ts';
import { type Transaction, TransactionConflict } from './transaction.ts';

/** What one transaction has done to a table. */
export interface ChangedRows {
  readonly lookup: RowLookup;
  /** None of the committed rows is left for this transaction. */
  readonly truncated: boolean;
}

/** The parts of a table that reading looks at. */
export interface ReadableTable {
  /** The table itself, for `sys.dm_tran_locks`. */
  readonly owner: object;
  readonly keys: IndexKeys;
  readonly committed: CommittedRows;
  /** There are no committed rows: SQLite need not be asked. */
  isEmpty(): boolean;
  readonly overlays: ReadonlyMap<Transaction, ChangedRows>;
  readonly lockedRows: ReadonlyMap<number, Transaction>;
  readonly rowLocks: RowLocks;
  readonly versions: RowVersions;
}

/** The ways of reading a durable table while others change it. */
export class TableReader {
  readonly #table: ReadableTable;

  constructor(table: ReadableTable) {
    this.#table = table;
  }

  /** Committed rows with the transaction's own changes. */
  plain(overlay: ChangedRows | undefined, access: IndexAccess | undefined): Iterable<StoredRow> {
    const found = this.#table.isEmpty() ? [] : access && this.#table.committed.lookup(access);
    if (overlay === undefined || (overlay.lookup.rows.size === 0 && !overlay.truncated)) {
      return found ?? this.#table.committed.all();
    }
    const own = this.ownRows(overlay, access);
    if (overlay.truncated) return own;
    const { rows } = overlay.lookup;
    if (found !== undefined) return found.filter((row) => !rows.has(row.id)).concat(own);
    // The caller may change the overlay while it iterates: what is hidden now is what this scan hides.
    return this.#overlaid(new Set(rows.keys()), own);
  }

  conflict(blocker: Transaction, mode: string): TransactionConflict {
    return new TransactionConflict(blocker, { type: 'KEY', mode, owner: this.#table.owner });
  }

  /** Another transaction that keeps the row from being locked in that mode. */
  blockerOf(
    transaction: Transaction | undefined,
    { id, values }: StoredRow,
    mode: RowLockMode,
  ): Transaction | undefined {
    const owner = this.#table.lockedRows.get(id);
    if (owner !== undefined && owner !== transaction) return owner;
    if (this.#table.rowLocks.isEmpty) return undefined;
    return (
      this.#table.rowLocks.rowBlocker(transaction, id, mode) ??
      this.#table.rowLocks.rangeBlocker(transaction, values, mode)
    );
  }

  /** Rows that other transactions have made or changed, as they would be. */
  *changesOfOthers(
    transaction: Transaction | undefined,
    access: IndexAccess | undefined,
  ): Generator<readonly [Transaction, StoredRow]> {
    for (const [other, { lookup }] of this.#table.overlays) {
      if (other === transaction) continue;
      const candidates = access === undefined ? undefined : lookup.candidates(access.index, access.equal);
      for (const id of candidates ?? lookup.rows.keys()) {
        const values = lookup.rows.get(id);
        if (values === undefined || values === null) continue;
        if (access === undefined || this.#table.keys.matches(access, values)) yield [other, { id, values }];
      }
    }
  }

  /** Rows under a lock each; what others have changed or locked is waited for or left out. */
  *underLocks(
    rows: Iterable<StoredRow>,
    transaction: Transaction | undefined,
    access: IndexAccess | undefined,
    { mode, skipLocked }: ReadMode,
  ): Generator<StoredRow> {
    for (const row of rows) {
      const blocker = this.blockerOf(transaction, row, mode);
      if (blocker === undefined) yield row;
      else if (!skipLocked) throw this.conflict(blocker, mode);
    }
    if (skipLocked) return;
    for (const [other] of this.changesOfOthers(transaction, access)) throw this.conflict(other, mode);
  }

  /** Rows as all open transactions have left them. */
  *dirty(
    rows: Iterable<StoredRow>,
    transaction: Transaction | undefined,
    access: IndexAccess | undefined,
  ): Generator<StoredRow> {
    for (const row of rows) {
      const owner = this.#table.lockedRows.get(row.id);
      if (owner === undefined || owner === transaction) yield row;
    }
    for (const [, row] of this.changesOfOthers(transaction, access)) yield row;
  }

  /** Rows as they were after commit `since`, with the transaction's own changes. */
  *snapshot(transaction: Transaction, access: IndexAccess | undefined, since: number): Generator<StoredRow> {
    const own = this.#table.overlays.get(transaction);
    for (const row of this.plain(own, access)) {
      if (own?.lookup.rows.has(row.id) === true || this.#table.versions.at(row.id, since) === undefined) yield row;
    }
    if (own?.truncated === true) return;
    for (const [id, before] of this.#table.versions.before(since)) {
      if (before === null || own?.lookup.rows.has(id) === true) continue;
      if (access === undefined || this.#table.keys.matches(access, before)) yield { id, values: before };
    }
  }

  *#overlaid(hidden: ReadonlySet<number>, own: readonly StoredRow[]): Generator<StoredRow> {
    for (const row of this.#table.committed.all()) if (!hidden.has(row.id)) yield row;
    yield* own;
  }

  ownRows(overlay: ChangedRows, access: IndexAccess | undefined): StoredRow[] {
    const { lookup } = overlay;
    const candidates = access === undefined ? undefined : lookup.candidates(access.index, access.equal);
    const own: StoredRow[] = [];
    for (const id of candidates ?? lookup.rows.keys()) {
      const values = lookup.rows.get(id);
      if (values !== undefined && values !== null) own.push({ id, values });
    }
    return own;
  }
}
