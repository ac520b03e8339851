import { SqlError } from '../../errors.ts';
import type { SqlRow } from '../types/sql-value.ts';
import type { Snapshots, VersionedTable } from './snapshots.ts';
import type { Transaction } from './transaction.ts';

interface Version {
  /** The commit that replaced it. */
  readonly replacedBy: number;
  /** Null for a row that was not there. */
  readonly values: SqlRow | null;
}

/** The earlier rows of one table that SNAPSHOT transactions still see. */
export class RowVersions implements VersionedTable {
  readonly #snapshots: Snapshots;
  readonly #database: string;
  readonly #table: string;
  /** By row id, oldest first. */
  readonly #versions = new Map<number, Version[]>();
  #commit = 0;

  constructor(snapshots: Snapshots, database: string, table: string) {
    this.#snapshots = snapshots;
    this.#database = database;
    this.#table = table;
  }

  get isEmpty(): boolean {
    return this.#versions.size === 0;
  }

  /**
   * The commit up to which the transaction sees rows.
   *
   * @throws {SqlError} 3951 for a transaction that did not begin under SNAPSHOT
   */
  begin(transaction: Transaction): number {
    if (transaction.isolation !== undefined && transaction.isolation !== 'SNAPSHOT') {
      throw new SqlError(
        `Transaction failed in database '${this.#database}' because the statement was run under snapshot isolation but the transaction did not start in snapshot isolation. You cannot change the isolation level of the transaction to snapshot after the transaction has started unless the transaction was originally started under snapshot isolation level.`,
        { number: 3951 },
      );
    }
    return this.#snapshots.of(transaction);
  }

  nextCommit(): void {
    this.#commit = this.#snapshots.nextCommit(this);
  }

  /** Keeps a row that the commit replaces, changes or makes (null). */
  keep(id: number, values: SqlRow | null): void {
    const version: Version = { replacedBy: this.#commit, values };
    const known = this.#versions.get(id);
    if (known === undefined) this.#versions.set(id, [version]);
    else known.push(version);
  }

  /** The row as it was after commit `since`; undefined when it has not changed since. */
  at(id: number, since: number): Version | undefined {
    return this.#versions.get(id)?.find((version) => version.replacedBy > since);
  }

  /** Rows that have changed since, as they were then. */
  *before(since: number): Generator<readonly [id: number, values: SqlRow | null]> {
    for (const [id, versions] of this.#versions) {
      const found = versions.find((version) => version.replacedBy > since);
      if (found !== undefined) yield [id, found.values];
    }
  }

  /**
   * Refuses to change a row that another transaction has changed since the snapshot was taken.
   *
   * @throws {SqlError} 3960
   */
  checkUnchanged(transaction: Transaction, id: number, own: boolean): void {
    if (this.#versions.size === 0 || own) return;
    const since = this.#snapshots.find(transaction);
    if (since === undefined || this.at(id, since) === undefined) return;
    throw new SqlError(
      `Snapshot isolation transaction aborted due to update conflict. You cannot use snapshot isolation to access table '${this.#table}' directly or indirectly in database '${this.#database}' to update, delete, or insert the row that has been modified or deleted by another transaction. Retry the transaction or change the isolation level for the update/delete statement.`,
      { number: 3960, state: 2 },
    );
  }

  forgetVersions(): void {
    this.#versions.clear();
  }
}
