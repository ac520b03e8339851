import type { TableDefinition } from '../catalog/table-definition.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { duplicateKeyError } from './duplicate-key.ts';
import { Identity, VolatileIdentityState } from './identity.ts';
import { IndexKeys, type RowFilter } from './index-keys.ts';
import { RowLookup } from './row-lookup.ts';
import type { IndexAccess, StoredRow, TableStore } from './table-store.ts';
import type { Transaction } from './transaction.ts';

export interface MemoryTableOptions {
  readonly definition: TableDefinition;
  /**
   * True for temp tables: a rollback takes changes back. False for table variables, which keep their rows through a
   * rollback; only a statement that fails takes back its own changes.
   */
  readonly transactional: boolean;
  readonly filters?: ReadonlyMap<string, RowFilter>;
}

/** Rows of a temp table or a table variable: in memory, used by one session. */
export class MemoryTable implements TableStore {
  readonly definition: TableDefinition;
  readonly #transactional: boolean;
  readonly #keys: IndexKeys;
  readonly #lookup: RowLookup;
  readonly #identity: Identity;
  #lastId = 0;

  constructor(options: MemoryTableOptions) {
    this.definition = options.definition;
    this.#transactional = options.transactional;
    this.#keys = new IndexKeys(options.definition, options.filters);
    this.#lookup = new RowLookup(this.#keys);
    this.#identity = new Identity(options.definition, new VolatileIdentityState());
  }

  get approximateRowCount(): number {
    return this.#lookup.rows.size;
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

  scan(_transaction: Transaction | undefined, access?: IndexAccess): Iterable<StoredRow> {
    const { rows } = this.#lookup;
    const candidates = access === undefined ? undefined : this.#lookup.candidates(access.index, access.equal);
    // A copy: the caller may change the table while it iterates.
    const found: StoredRow[] = [];
    for (const id of candidates ?? rows.keys()) {
      const values = rows.get(id);
      if (values !== undefined && values !== null) found.push({ id, values });
    }
    return found;
  }

  insert(transaction: Transaction, values: SqlRow): StoredRow {
    this.#checkUnique(values);
    this.#lastId += 1;
    const id = this.#lastId;
    this.#lookup.set(id, values);
    this.#record(transaction, () => this.#lookup.set(id, undefined));
    return { id, values };
  }

  update(transaction: Transaction, changes: readonly { readonly id: number; readonly values: SqlRow }[]): void {
    const { rows } = this.#lookup;
    const before = changes.map(({ id }) => [id, rows.get(id)] as const);
    const undo = (): void => {
      for (const [id, row] of before) this.#lookup.set(id, row);
    };
    try {
      // All old keys go before the new ones come, so that rows may exchange theirs.
      for (const { id } of changes) this.#lookup.set(id, null);
      for (const { id, values } of changes) {
        this.#checkUnique(values);
        this.#lookup.set(id, values);
      }
    } catch (error) {
      undo();
      throw error;
    }
    this.#record(transaction, undo);
  }

  delete(transaction: Transaction, ids: readonly number[]): void {
    const before = ids.map((id) => [id, this.#lookup.rows.get(id)] as const);
    for (const id of ids) this.#lookup.set(id, undefined);
    this.#record(transaction, () => {
      for (const [id, row] of before) this.#lookup.set(id, row);
    });
  }

  // Temp tables and table variables belong to one session: nobody else is to be kept out, or has changes that are open.

  lockRow(): void {}

  lockTable(): void {}

  lockRange(): void {}

  checkSettled(): void {}

  checkQuiet(): void {}

  truncate(transaction: Transaction): void {
    const before = [...this.#lookup.rows];
    const identity = this.#identity.current;
    this.#lookup.clear();
    this.#identity.reseed(undefined);
    this.#record(transaction, () => {
      this.#lookup.clear();
      for (const [id, row] of before) this.#lookup.set(id, row);
      this.#identity.reseed(identity);
    });
  }

  /**
   * The same rows in another shape, as a new table; this one stays as it is.
   *
   * @throws {SqlError} 2627 or 2601 when rows violate a unique index of the new shape
   */
  rebuild(
    options: Pick<MemoryTableOptions, 'definition' | 'filters'>,
    mapRow: (values: SqlRow) => SqlRow,
  ): MemoryTable {
    const table = new MemoryTable({ ...options, transactional: this.#transactional });
    for (const [id, values] of this.#lookup.rows) {
      if (values === null) continue;
      const mapped = mapRow(values);
      table.#checkUnique(mapped);
      table.#lookup.set(id, mapped);
    }
    table.#lastId = this.#lastId;
    if (this.#identity.current !== undefined) table.#identity.reseed(this.#identity.current);
    return table;
  }

  #record(transaction: Transaction, undo: () => void): void {
    if (this.#transactional) transaction.record(undo);
    else transaction.recordForStatement(undo);
  }

  #checkUnique(values: SqlRow): void {
    for (const { definition, filter } of this.#keys.unique) {
      if (filter !== undefined && !filter(values)) continue;
      for (const id of this.#lookup.equalTo(definition, values)) {
        const row = this.#lookup.rows.get(id);
        if (row === undefined || row === null || (filter !== undefined && !filter(row))) continue;
        throw duplicateKeyError(this.definition, definition, values);
      }
    }
  }
}
