import type { SqlRow } from '../types/sql-value.ts';
import type { MapKey } from './column-codec.ts';
import type { IndexKeys } from './index-keys.ts';
import type { Transaction } from './transaction.ts';

/** The unique keys of rows that open transactions have made or changed: nobody else may take one of them meanwhile. */
export class UniqueClaims {
  readonly #keys: IndexKeys;
  /** Per unique index. */
  readonly #claims: Map<MapKey, Transaction>[];

  constructor(keys: IndexKeys) {
    this.#keys = keys;
    this.#claims = keys.unique.map(() => new Map());
  }

  /** Who has claimed the key that the row has in the unique index at that position. */
  claimant(position: number, values: SqlRow): Transaction | undefined {
    const index = this.#keys.unique[position];
    return index && this.#claims[position]?.get(this.#keys.rowMapKey(index.definition, values));
  }

  add(values: SqlRow, transaction: Transaction): void {
    this.#keys.unique.forEach(({ definition, filter }, position) => {
      if (filter !== undefined && !filter(values)) return;
      this.#claims[position]?.set(this.#keys.rowMapKey(definition, values), transaction);
    });
  }

  remove(values: SqlRow): void {
    this.#keys.unique.forEach(({ definition, filter }, position) => {
      if (filter !== undefined && !filter(values)) return;
      this.#claims[position]?.delete(this.#keys.rowMapKey(definition, values));
    });
  }
}
