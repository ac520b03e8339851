import type { DatabaseSync } from 'node:sqlite';
import type { TableDefinition } from '../catalog/table-definition.ts';
import type { SqlRow } from '../types/sql-value.ts';
import type { MapKey } from './column-codec.ts';
import { CommittedRows } from './committed-rows.ts';
import type { DatabaseStore } from './database-store.ts';
import { duplicateKeyError, duplicateKeyOnBuildError } from './duplicate-key.ts';
import type { DurableCounter } from './durable-counter.ts';
import { durableIdentityState, Identity } from './identity.ts';
import { IndexKeys, type RowFilter } from './index-keys.ts';
import { keyGaps } from './key-gaps.ts';
import { ObjectLock, type ObjectLockMode } from './object-lock.ts';
import { RowLocks, rangeModes } from './row-locks.ts';
import { RowLookup } from './row-lookup.ts';
import { RowVersions } from './row-versions.ts';
import { type ChangedRows, TableReader } from './table-reader.ts';
import {
  type IndexAccess,
  type ReadMode,
  type RowLockMode,
  readVersions,
  type StoredRow,
  type TableStore,
} from './table-store.ts';
import type { Transaction, TransactionOutcome, TransactionParticipant } from './transaction.ts';
import { UniqueClaims } from './unique-claims.ts';

export interface DurableTableOptions {
  readonly store: DatabaseStore;
  /** Names the row storage; unique in the store, never used again, kept with the table's definition in the catalog. */
  readonly storageName: string;
  readonly definition: TableDefinition;
  /** Name of its database in the text of errors. */
  readonly database: string;
  /** Compiled conditions of the filtered unique indexes, by index name. */
  readonly filters?: ReadonlyMap<string, RowFilter>;
}

/** What one transaction has done to one table and not committed yet. */
class Overlay implements TransactionParticipant, ChangedRows {
  readonly lookup: RowLookup;
  /** TRUNCATE: none of the committed rows is left for this transaction. */
  truncated = false;
  /** DROP TABLE or the old storage of a rebuilt table. */
  dropped = false;
  readonly #table: DurableTable;
  readonly #transaction: Transaction;

  constructor(table: DurableTable, transaction: Transaction, keys: IndexKeys) {
    this.#table = table;
    this.#transaction = transaction;
    this.lookup = new RowLookup(keys);
  }

  persist(database: DatabaseSync): void {
    this.#table.persist(this, database);
  }

  ended(outcome: TransactionOutcome): void {
    this.#table.release(this.#transaction, this, outcome);
  }
}

/** A lock on the table or one of its rows. */
export interface LockEntry {
  readonly transaction: Transaction;
  readonly type: 'OBJECT' | 'KEY';
  readonly mode: string;
  readonly status: 'GRANT' | 'WAIT';
  readonly description: string;
}

type Change = readonly [id: number, before: SqlRow | null | undefined];

/**
 * A durable table: committed rows in SQLite, and per open transaction an overlay of its changes in memory. Changed rows
 * and claimed unique keys are locked exclusively until the transaction ends; other locks on rows and ranges of keys are
 * taken by readers that ask for them. What a reader makes of the changes of others is the business of its
 * {@link ReadMode}.
 */
export class DurableTable implements TableStore {
  readonly definition: TableDefinition;
  readonly storageName: string;
  readonly #store: DatabaseStore;
  readonly #keys: IndexKeys;
  readonly #committed: CommittedRows;
  readonly #identity: Identity;
  readonly #identityState: DurableCounter;
  readonly #overlays = new Map<Transaction, Overlay>();
  /** Committed rows changed or deleted by an open transaction. */
  readonly #lockedRows = new Map<number, Transaction>();
  /** Rows and ranges locked without a change; kept apart as a rollback to a savepoint does not give them back. */
  readonly #rowLocks: RowLocks;
  readonly #lock = new ObjectLock(this);
  readonly #versions: RowVersions;
  readonly #reader: TableReader;
  readonly #claims: UniqueClaims;
  #rowCount: number;
  #lastId: number;

  private constructor(options: DurableTableOptions, isNew: boolean) {
    const { store, storageName, definition } = options;
    this.#store = store;
    this.storageName = storageName;
    this.definition = definition;
    this.#keys = new IndexKeys(definition, options.filters);
    this.#committed = new CommittedRows(store, storageName, definition, this.#keys);
    this.#claims = new UniqueClaims(this.#keys);
    this.#rowLocks = new RowLocks(this.#keys);
    this.#versions = new RowVersions(store.snapshots, options.database, definition.name);
    this.#reader = new TableReader({
      owner: this,
      isEmpty: () => this.#rowCount === 0,
      keys: this.#keys,
      committed: this.#committed,
      overlays: this.#overlays,
      lockedRows: this.#lockedRows,
      rowLocks: this.#rowLocks,
      versions: this.#versions,
    });
    if (isNew) store.write((database) => this.#committed.create(database, storageName));
    this.#rowCount = isNew ? 0 : this.#committed.count();
    this.#lastId = isNew ? 0 : this.#committed.highestId();
    this.#identityState = durableIdentityState(store, storageName);
    this.#identity = new Identity(definition, this.#identityState);
  }

  /** Makes row storage for a new table. A rollback of `transaction` takes it away again. */
  static create(transaction: Transaction, options: DurableTableOptions): DurableTable {
    const table = new DurableTable(options, true);
    transaction.record(() => table.#discard());
    return table;
  }

  /** The table whose row storage was made earlier under this name. */
  static open(options: DurableTableOptions): DurableTable {
    return new DurableTable(options, false);
  }

  get approximateRowCount(): number {
    return this.#rowCount;
  }

  get currentIdentity(): bigint | undefined {
    return this.#identity.current;
  }

  nextIdentity(): bigint {
    return this.#identity.next();
  }

  reseedIdentity(value: bigint | undefined): void {
    this.#identity.reseed(value);
  }

  scan(transaction: Transaction | undefined, access?: IndexAccess, read: ReadMode = readVersions): Iterable<StoredRow> {
    const { kind } = read;
    this.#lock.check(transaction, kind !== 'locking' ? 'Sch-S' : read.wholeTable ? 'S' : 'IS');
    if (kind === 'snapshot' && transaction !== undefined) {
      const since = this.#versions.begin(transaction);
      if (!this.#versions.isEmpty) return this.#reader.snapshot(transaction, access, since);
    }
    const overlay = transaction === undefined ? undefined : this.#overlays.get(transaction);
    const plain = this.#reader.plain(overlay, access);
    if (this.#overlays.size === (overlay === undefined ? 0 : 1)) return plain;
    if (kind === 'locking') return this.#reader.underLocks(plain, transaction, access, read);
    return kind === 'dirty' ? this.#reader.dirty(plain, transaction, access) : plain;
  }

  insert(transaction: Transaction, values: SqlRow): StoredRow {
    const overlay = this.#writable(transaction);
    this.#checkUnique(transaction, overlay, values);
    this.#checkRanges(transaction, values);
    this.#lastId += 1;
    const id = this.#lastId;
    this.#set(transaction, overlay, id, values);
    transaction.record(() => this.#set(transaction, overlay, id, undefined));
    return { id, values };
  }

  /** `changes` name rows that a scan of the same statement returned. */
  update(transaction: Transaction, changes: readonly { readonly id: number; readonly values: SqlRow }[]): void {
    const overlay = this.#writable(transaction);
    for (const { id } of changes) this.#checkChange(transaction, overlay, id);
    const { rows } = overlay.lookup;
    const before: Change[] = [];
    const undo = (): void => {
      for (const [id] of before) this.#set(transaction, overlay, id, null);
      for (const [id, row] of before) this.#set(transaction, overlay, id, row);
    };
    try {
      // All old keys go before the new ones come, so that rows may exchange theirs.
      for (const { id } of changes) {
        before.push([id, rows.get(id)]);
        this.#set(transaction, overlay, id, null);
      }
      for (const { id, values } of changes) {
        this.#checkUnique(transaction, overlay, values);
        this.#checkRanges(transaction, values);
        this.#set(transaction, overlay, id, values);
      }
    } catch (error) {
      undo();
      throw error;
    }
    transaction.record(undo);
  }

  delete(transaction: Transaction, ids: readonly number[]): void {
    const overlay = this.#writable(transaction);
    for (const id of ids) this.#checkChange(transaction, overlay, id);
    const before: Change[] = ids.map((id) => [id, overlay.lookup.rows.get(id)]);
    for (const id of ids) this.#set(transaction, overlay, id, null);
    transaction.record(() => {
      for (const [id, row] of before) this.#set(transaction, overlay, id, row);
    });
  }

  lockRow(transaction: Transaction, id: number, mode: RowLockMode): void {
    const overlay = this.#enlist(transaction, mode === 'S' ? 'IS' : 'IX');
    this.#checkRow(transaction, id, mode);
    if (mode !== 'S') this.#versions.checkUnchanged(transaction, id, overlay.lookup.rows.has(id));
    this.#rowLocks.holdRow(transaction, id, mode);
  }

  lockTable(transaction: Transaction, mode: 'S' | 'X'): void {
    this.#enlist(transaction, mode);
  }

  lockRange(transaction: Transaction, access: IndexAccess | undefined, mode: RowLockMode): void {
    this.#enlist(transaction, mode === 'S' ? 'IS' : 'IX');
    const blocker = this.#rowLocks.addRange({ transaction, mode, ...keyGaps(access, this.#keys, this.#committed) });
    if (blocker !== undefined) throw this.#reader.conflict(blocker, rangeModes[mode]);
  }

  /** What is locked, for `sys.dm_tran_locks`. */
  *locks(): Generator<LockEntry> {
    for (const { transaction, mode, status } of this.#lock.entries()) {
      yield { transaction, type: 'OBJECT', mode, status, description: '' };
    }
    for (const [id, transaction] of this.#lockedRows) {
      yield { transaction, type: 'KEY', mode: 'X', status: 'GRANT', description: `(${id})` };
    }
    for (const [transaction, { lookup }] of this.#overlays) {
      for (const id of lookup.rows.keys()) {
        if (this.#lockedRows.has(id)) continue;
        yield { transaction, type: 'KEY', mode: 'X', status: 'GRANT', description: `(${id})` };
      }
    }
    for (const entry of this.#rowLocks.entries()) yield { ...entry, type: 'KEY', status: 'GRANT' };
  }

  checkQuiet(transaction: Transaction | undefined): void {
    for (const [other, { lookup }] of this.#overlays) {
      if (other !== transaction && lookup.rows.size > 0) throw this.#reader.conflict(other, 'S');
    }
  }

  checkSettled(
    transaction: Transaction | undefined,
    access: IndexAccess | undefined,
    matches: (values: SqlRow) => boolean,
  ): void {
    const own = transaction !== undefined && this.#overlays.has(transaction) ? 1 : 0;
    if (this.#overlays.size === own) return;
    const standing = new Set<number>();
    const committed = access === undefined ? undefined : this.#committed.lookup(access);
    for (const { id, values } of committed ?? this.#committed.all()) if (matches(values)) standing.add(id);
    for (const [other, overlay] of this.#overlays) {
      if (other === transaction) continue;
      const comes = this.#reader
        .ownRows(overlay, access)
        .some(({ id, values }) => !standing.has(id) && matches(values));
      const goes = [...standing].some((id) => {
        const row = overlay.lookup.rows.get(id);
        return row === undefined ? overlay.truncated : row === null || !matches(row);
      });
      if (comes || goes) throw this.#reader.conflict(other, 'S');
    }
  }

  /** Removes all rows and starts the identity again at its seed. */
  truncate(transaction: Transaction): void {
    const overlay = this.#lockExclusive(transaction);
    const { truncated } = overlay;
    const before: Change[] = [...overlay.lookup.rows];
    const locked = new Set(before.map(([id]) => id).filter((id) => this.#lockedRows.has(id)));
    const identity = this.#identity.current;
    for (const [id] of before) this.#set(transaction, overlay, id, undefined);
    overlay.truncated = true;
    this.#identity.reseed(undefined);
    transaction.record(() => {
      overlay.truncated = truncated;
      for (const [id] of overlay.lookup.rows) this.#set(transaction, overlay, id, undefined);
      for (const id of locked) this.#set(transaction, overlay, id, null);
      for (const [id, row] of before) this.#set(transaction, overlay, id, row);
      this.#identity.reseed(identity);
    });
  }

  /** DROP TABLE: takes the row storage away when the transaction commits. Other writers wait from now on. */
  drop(transaction: Transaction): void {
    const overlay = this.#lockExclusive(transaction);
    overlay.dropped = true;
    transaction.record(() => {
      overlay.dropped = false;
    });
  }

  /** Keeps everybody else out until the transaction ends, as a change of the table's shape does. */
  lockShape(transaction: Transaction): void {
    this.#lockExclusive(transaction);
  }

  /**
   * ALTER TABLE, CREATE INDEX and DROP INDEX: the same rows in another shape, in storage of their own. The new table
   * replaces this one in the catalog; this one is dropped when the transaction commits.
   *
   * @param mapRow makes the new values of a row from the old ones; values in the new columns' types
   * @throws {SqlError} 1505 when rows violate a unique index of the new shape
   */
  rebuild(
    transaction: Transaction,
    options: Omit<DurableTableOptions, 'store'>,
    mapRow: (values: SqlRow) => SqlRow,
  ): DurableTable {
    this.#lockExclusive(transaction);
    const table = new DurableTable({ ...options, store: this.#store }, true);
    const mark = transaction.mark();
    transaction.record(() => table.#discard());
    try {
      table.#fill(this.scan(transaction), mapRow);
      if (this.#identity.current !== undefined) table.#identity.reseed(this.#identity.current);
      this.drop(transaction);
      table.#lockExclusive(transaction);
    } catch (error) {
      transaction.rollbackTo(mark);
      throw error;
    }
    return table;
  }

  /** @internal Writes an overlay; called by the overlay inside the commit. */
  persist(overlay: Overlay, database: DatabaseSync): void {
    if (overlay.dropped) {
      this.#committed.drop(database);
      this.#identityState.erase(database);
      return;
    }
    this.#keepVersions(overlay);
    if (overlay.truncated) this.#committed.removeAll();
    for (const [id, values] of overlay.lookup.rows) {
      if (values === null) this.#committed.remove(id);
      else this.#committed.put(id, values);
    }
  }

  /** @internal Gives back the locks of an ended transaction; called by its overlay. */
  release(transaction: Transaction, overlay: Overlay, outcome: TransactionOutcome): void {
    if (outcome === 'committed' && overlay.truncated) this.#rowCount = 0;
    for (const [id, values] of overlay.lookup.rows) {
      if (outcome === 'committed') {
        const wasCommitted = this.#lockedRows.has(id) && !overlay.truncated;
        if (values === null) this.#rowCount -= wasCommitted ? 1 : 0;
        else this.#rowCount += wasCommitted ? 0 : 1;
      }
      this.#lockedRows.delete(id);
      if (values !== null) this.#claims.remove(values);
    }
    if (!this.#rowLocks.isEmpty) this.#rowLocks.release(transaction);
    overlay.lookup.clear();
    this.#overlays.delete(transaction);
    if (outcome === 'committed' && overlay.dropped) this.#identityState.withdraw();
  }

  #fill(rows: Iterable<StoredRow>, mapRow: (values: SqlRow) => SqlRow): void {
    const seen = this.#keys.unique.map(() => new Set<MapKey>());
    // Read everything first: SQLite does not promise what a scan sees of rows written meanwhile.
    const mapped = Array.from(rows, ({ id, values }) => ({ id, values: mapRow(values) }));
    for (const { id, values } of mapped) {
      this.#keys.unique.forEach(({ definition, filter }, position) => {
        if (filter !== undefined && !filter(values)) return;
        const key = this.#keys.rowMapKey(definition, values);
        if (seen[position]?.has(key)) throw duplicateKeyOnBuildError(this.definition, definition, values);
        seen[position]?.add(key);
      });
      this.#lastId = Math.max(this.#lastId, id);
    }
    this.#store.write(() => {
      for (const { id, values } of mapped) this.#committed.put(id, values);
    });
    this.#rowCount = mapped.length;
  }

  #discard(): void {
    this.#store.write((database) => {
      this.#committed.drop(database);
      this.#identityState.erase(database);
    });
    this.#identityState.withdraw();
  }

  /** Keeps what a commit replaces, when a SNAPSHOT transaction may still ask for it. */
  #keepVersions(overlay: Overlay): void {
    const { snapshots } = this.#store;
    if (!snapshots.areOpen || (overlay.lookup.rows.size === 0 && !overlay.truncated)) return;
    this.#versions.nextCommit();
    if (overlay.truncated) for (const { id, values } of this.#committed.all()) this.#versions.keep(id, values);
    for (const id of overlay.lookup.rows.keys()) {
      if (!overlay.truncated) this.#versions.keep(id, this.#committed.find(id) ?? null);
    }
  }

  #writable(transaction: Transaction): Overlay {
    return this.#enlist(transaction, 'IX');
  }

  #enlist(transaction: Transaction, mode: ObjectLockMode): Overlay {
    this.#lock.acquire(transaction, mode);
    return transaction.enlist(this, () => {
      const overlay = new Overlay(this, transaction, this.#keys);
      this.#overlays.set(transaction, overlay);
      return overlay;
    });
  }

  #lockExclusive(transaction: Transaction): Overlay {
    return this.#enlist(transaction, 'Sch-M');
  }

  #checkRow(transaction: Transaction, id: number, mode: RowLockMode): void {
    const values = this.#rowLocks.hasRanges ? (this.#committed.find(id) ?? []) : [];
    const blocker = this.#reader.blockerOf(transaction, { id, values }, mode);
    if (blocker !== undefined) throw this.#reader.conflict(blocker, mode);
  }

  #checkChange(transaction: Transaction, overlay: Overlay, id: number): void {
    if (overlay.lookup.rows.has(id)) return;
    this.#checkRow(transaction, id, 'X');
    this.#versions.checkUnchanged(transaction, id, false);
  }

  /** New keys may not come into a range that another transaction has locked. */
  #checkRanges(transaction: Transaction, values: SqlRow): void {
    if (!this.#rowLocks.hasRanges) return;
    const blocker = this.#rowLocks.rangeBlocker(transaction, values);
    if (blocker !== undefined) throw this.#reader.conflict(blocker, 'RangeI-N');
  }

  #checkUnique(transaction: Transaction, overlay: Overlay, values: SqlRow): void {
    const { unique } = this.#keys;
    for (let position = 0; position < unique.length; position += 1) {
      const index = unique[position];
      if (index === undefined || (index.filter !== undefined && !index.filter(values))) continue;
      const { definition, filter } = index;
      const claimant = this.#claims.claimant(position, values);
      if (claimant === transaction) throw duplicateKeyError(this.definition, definition, values);
      if (claimant !== undefined) throw this.#reader.conflict(claimant, 'X');
      if (this.#rowCount === 0 || overlay.truncated) continue;
      for (const row of this.#committed.equalTo(definition, values)) {
        if (overlay.lookup.rows.has(row.id) || (filter !== undefined && !filter(row.values))) continue;
        this.#checkRow(transaction, row.id, 'S');
        throw duplicateKeyError(this.definition, definition, values);
      }
    }
  }

  /** Puts a row into the overlay, hides it (`null`) or forgets it (`undefined`), with its locks and claimed keys. */
  #set(transaction: Transaction, overlay: Overlay, id: number, next: SqlRow | null | undefined): void {
    const before = overlay.lookup.rows.get(id);
    if (before !== undefined && before !== null) this.#claims.remove(before);
    overlay.lookup.set(id, next);
    if (next === undefined) {
      this.#lockedRows.delete(id);
      return;
    }
    // A row that enters the overlay hidden is a committed one; a new row nobody else can see needs no lock.
    if (next === null && before === undefined) this.#lockedRows.set(id, transaction);
    if (next === null) return;
    this.#claims.add(next, transaction);
  }
}
