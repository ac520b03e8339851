import type { Transaction } from './transaction.ts';

/** A table that keeps versions of rows for as long as a snapshot may ask for them. */
export interface VersionedTable {
  forgetVersions(): void;
}

/** The SNAPSHOT transactions of a server: each sees what was committed when it first read. */
export class Snapshots {
  /** Number of the last commit that versions were kept for. */
  #sequence = 0;
  readonly #open = new Map<Transaction, number>();
  readonly #tables = new Set<VersionedTable>();

  /** Whether versions have to be kept. */
  get areOpen(): boolean {
    return this.#open.size > 0;
  }

  /** The number of the last commit that the transaction sees; fixed when it is first asked for. */
  of(transaction: Transaction): number {
    const known = this.#open.get(transaction);
    if (known !== undefined) return known;
    this.#open.set(transaction, this.#sequence);
    transaction.onEnd(() => {
      this.#open.delete(transaction);
      if (this.#open.size > 0) return;
      for (const table of this.#tables) table.forgetVersions();
      this.#tables.clear();
    });
    return this.#sequence;
  }

  /** That number when the transaction has read already. */
  find(transaction: Transaction): number | undefined {
    return this.#open.get(transaction);
  }

  /** The number of a commit that changes rows of the table, which has to keep what was there before. */
  nextCommit(table: VersionedTable): number {
    this.#tables.add(table);
    this.#sequence += 1;
    return this.#sequence;
  }
}
