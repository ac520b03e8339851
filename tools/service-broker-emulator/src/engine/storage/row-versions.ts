import type { SqlRow } from '../types/sql-value.ts';
import { snapshotConflict, snapshotTooLate } from './errors.ts';
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
      throw snapshotTooLate(this.#database);
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
    throw snapshotConflict(this.#table, this.#database);
  }

  forgetVersions(): void {
    this.#versions.clear();
  }
}
