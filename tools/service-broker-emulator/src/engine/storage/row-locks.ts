import type { SqlRow } from '../types/sql-value.ts';
import type { IndexKeys } from './index-keys.ts';
import { isInRange, type KeyRange, overlaps } from './key-range.ts';
import type { RowLockMode } from './table-store.ts';
import type { Transaction } from './transaction.ts';

/** Source: the table of compatibility in Microsoft's transaction locking guide. */
function areCompatible(a: RowLockMode, b: RowLockMode): boolean {
  return a !== 'X' && b !== 'X' && !(a === 'U' && b === 'U');
}

const strength: Readonly<Record<RowLockMode, number>> = { S: 0, U: 1, X: 2 };

/** Rows and ranges of keys of one table that transactions have locked without changing them. */
export class RowLocks {
  readonly #keys: IndexKeys;
  readonly #rows = new Map<number, Map<Transaction, RowLockMode>>();
  readonly #byTransaction = new Map<Transaction, Set<number>>();
  #ranges: KeyRange[] = [];

  constructor(keys: IndexKeys) {
    this.#keys = keys;
  }

  /** True when nothing is locked in this way. */
  get isEmpty(): boolean {
    return this.#rows.size === 0 && this.#ranges.length === 0;
  }

  get hasRanges(): boolean {
    return this.#ranges.length > 0;
  }

  holdRow(transaction: Transaction, id: number, mode: RowLockMode): void {
    let holders = this.#rows.get(id);
    if (holders === undefined) {
      holders = new Map();
      this.#rows.set(id, holders);
    }
    const held = holders.get(transaction);
    if (held !== undefined && strength[held] >= strength[mode]) return;
    holders.set(transaction, mode);
    const ids = this.#byTransaction.get(transaction);
    if (ids === undefined) this.#byTransaction.set(transaction, new Set([id]));
    else ids.add(id);
  }

  /** Another transaction whose lock on the row does not go with the mode. */
  rowBlocker(transaction: Transaction | undefined, id: number, mode: RowLockMode): Transaction | undefined {
    for (const [holder, held] of this.#rows.get(id) ?? []) {
      if (holder !== transaction && !areCompatible(held, mode)) return holder;
    }
    return undefined;
  }

  /**
   * Another transaction whose range has the row in it and does not go with the mode.
   *
   * @param mode absent for a new row: no range lets one in
   */
  rangeBlocker(transaction: Transaction | undefined, values: SqlRow, mode?: RowLockMode): Transaction | undefined {
    for (const range of this.#ranges) {
      if (range.transaction === transaction || (mode !== undefined && areCompatible(range.mode, mode))) continue;
      if (range.index === undefined || isInRange(range, this.#keys.rowKeys(range.index, values)))
        return range.transaction;
    }
    return undefined;
  }

  /** Adds a range. Returns another transaction whose range it does not go with; the range is then not added. */
  addRange(range: KeyRange): Transaction | undefined {
    for (const other of this.#ranges) {
      if (other.transaction === range.transaction) {
        if (other.index === undefined && strength[other.mode] >= strength[range.mode]) return undefined;
      } else if (!areCompatible(other.mode, range.mode) && overlaps(other, range)) return other.transaction;
    }
    this.#ranges.push(range);
    return undefined;
  }

  release(transaction: Transaction): void {
    for (const id of this.#byTransaction.get(transaction) ?? []) {
      const holders = this.#rows.get(id);
      holders?.delete(transaction);
      if (holders?.size === 0) this.#rows.delete(id);
    }
    this.#byTransaction.delete(transaction);
    if (this.#ranges.length > 0) this.#ranges = this.#ranges.filter((range) => range.transaction !== transaction);
  }

  /** For `sys.dm_tran_locks`. */
  *entries(): Generator<{ readonly transaction: Transaction; readonly mode: string; readonly description: string }> {
    for (const [id, holders] of this.#rows) {
      for (const [transaction, mode] of holders) yield { transaction, mode, description: `(${id})` };
    }
    for (const { transaction, mode, index } of this.#ranges) {
      yield { transaction, mode: rangeModes[mode], description: index?.name ?? '' };
    }
  }
}

/** As `request_mode` names the locks of ranges. */
export const rangeModes: Readonly<Record<RowLockMode, string>> = { S: 'RangeS-S', U: 'RangeS-U', X: 'RangeX-X' };
