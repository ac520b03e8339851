import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { IndexDefinition, TableDefinition } from '../catalog/table-definition.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { joinKeys } from './column-codec.ts';
import { type DatabaseStore, storageTable } from './database-store.ts';
import type { IndexKeys } from './index-keys.ts';
import { RecentLookups } from './recent-lookups.ts';
import type { IndexAccess, StoredRow } from './table-store.ts';

/** Rows per page of a scan: the first is small for EXISTS and TOP, later ones big enough to make the query's own cost vanish. */
const firstPageRows = 32;
const pageRows = 1024;

type RawRow = readonly SQLOutputValue[];

/**
 * The committed rows of one table as an SQLite table `t_<storage name>`: `id` is the row's identity, `c<n>` column n,
 * `k<n>` its key where the stored form is not its own key and an index needs it. Every SQL index has an SQLite index.
 */
export class CommittedRows {
  readonly #store: DatabaseStore;
  readonly #database: DatabaseSync;
  readonly #definition: TableDefinition;
  readonly #keys: IndexKeys;
  readonly #table: string;
  readonly #columns: string;
  /** Ordinals that have a key column, in the order of these columns. */
  readonly #keyed: readonly number[];
  /** By index, then by {@link shapeOf}; null: the access narrows nothing. */
  readonly #lookups = new WeakMap<IndexDefinition, (StatementSync | null | undefined)[]>();
  #page: StatementSync | undefined;
  #insert: StatementSync | undefined;
  #remove: StatementSync | undefined;
  #byId: StatementSync | undefined;
  readonly #unique = new Map<IndexDefinition, StatementSync>();
  readonly #recent: RecentLookups;

  constructor(store: DatabaseStore, storageName: string, definition: TableDefinition, keys: IndexKeys) {
    this.#store = store;
    this.#database = store.database;
    this.#definition = definition;
    this.#recent = new RecentLookups(definition);
    this.#keys = keys;
    this.#table = storageTable(storageName);
    this.#columns = ['id', ...definition.columns.map((_, ordinal) => `c${ordinal}`)].join(', ');
    const indexed = new Set(definition.indexes.flatMap((index) => index.columns.map((column) => column.ordinal)));
    this.#keyed = [...indexed].filter((ordinal) => keys.codec(ordinal).key !== undefined).sort((a, b) => a - b);
  }

  /** Makes the SQLite table and its indexes. Runs inside a write of the store. */
  create(database: DatabaseSync, storageName: string): void {
    const columns = this.#keys.codecs.map((codec, ordinal) => `c${ordinal} ${codec.declaration}`);
    const keyColumns = this.#keyed.map((ordinal) => `k${ordinal} BLOB`);
    database.exec(`CREATE TABLE ${this.#table} (${['id INTEGER PRIMARY KEY', ...columns, ...keyColumns].join(', ')})`);
    this.#definition.indexes.forEach((index, position) => {
      const parts = index.columns.map(({ ordinal }) => this.#keyColumn(ordinal));
      const name = `"i_${position}_${storageName.replaceAll('"', '""')}"`;
      database.exec(`CREATE INDEX ${name} ON ${this.#table} (${parts.join(', ')})`);
    });
  }

  drop(database: DatabaseSync): void {
    this.#recent.clear();
    database.exec(`DROP TABLE IF EXISTS ${this.#table}`);
  }

  count(): number {
    return Number(this.#database.prepare(`SELECT COUNT(*) AS n FROM ${this.#table}`).get()?.n ?? 0);
  }

  highestId(): number {
    return Number(this.#database.prepare(`SELECT MAX(id) AS id FROM ${this.#table}`).get()?.id ?? 0);
  }

  put(id: number, values: SqlRow): void {
    this.#recent.clear();
    if (this.#insert === undefined) {
      const width = 1 + this.#keys.codecs.length + this.#keyed.length;
      this.#insert = this.#database.prepare(
        `INSERT OR REPLACE INTO ${this.#table} VALUES (${new Array(width).fill('?').join(', ')})`,
      );
    }
    const bound: SQLInputValue[] = [id];
    const { codecs } = this.#keys;
    for (let ordinal = 0; ordinal < codecs.length; ordinal += 1) {
      const value = values[ordinal] ?? null;
      bound.push(value === null ? null : this.#keys.codec(ordinal).encode(value));
    }
    for (const ordinal of this.#keyed) bound.push(this.#keys.key(ordinal, values[ordinal] ?? null));
    this.#insert.run(...bound);
  }

  remove(id: number): void {
    this.#recent.clear();
    this.#remove ??= this.#database.prepare(`DELETE FROM ${this.#table} WHERE id = ?`);
    this.#remove.run(id);
  }

  removeAll(): void {
    this.#recent.clear();
    this.#database.exec(`DELETE FROM ${this.#table}`);
  }

  /** All rows in order of id. Pages are read as they are asked for, so a write in between may show in later pages. */
  *all(): IterableIterator<StoredRow> {
    this.#page ??= this.#prepare(`SELECT ${this.#columns} FROM ${this.#table} WHERE id > ? ORDER BY id LIMIT ?`);
    let last = 0;
    let size = firstPageRows;
    for (;;) {
      const rows = this.#page.all(last, size) as unknown[] as RawRow[]; // setReturnArrays(true) in #prepare
      for (const raw of rows) {
        const row = this.#decode(raw);
        last = row.id;
        yield row;
      }
      if (rows.length < size) return;
      size = pageRows;
    }
  }

  /** Rows found through an index; `undefined` when the access narrows nothing. */
  lookup(access: IndexAccess): readonly StoredRow[] | undefined {
    let statements = this.#lookups.get(access.index);
    if (statements === undefined) {
      statements = [];
      this.#lookups.set(access.index, statements);
    }
    const shape = shapeOf(access);
    let statement = statements[shape];
    if (statement === undefined) {
      statement = this.#compileLookup(access);
      statements[shape] = statement;
    }
    if (statement === null) return undefined;
    const { columns } = access.index;
    const width = access.equal.length;
    const bound: SQLInputValue[] = [];
    for (let position = 0; position < width; position += 1) {
      bound.push(this.#keys.key(columns[position]?.ordinal ?? 0, access.equal[position] ?? null));
    }
    const next = columns[width];
    if (next !== undefined && this.#isBounded(next.ordinal)) {
      if (access.low !== undefined) bound.push(this.#keys.key(next.ordinal, access.low.value));
      if (access.high !== undefined) bound.push(this.#keys.key(next.ordinal, access.high.value));
    }
    // Inside a write, what is found may be taken back.
    if (this.#store.isWriting) return this.#ask(statement, bound);
    const key = joinKeys(bound);
    const known = this.#recent.get(statement, key);
    if (known !== undefined) return known;
    const rows = this.#ask(statement, bound);
    this.#recent.add(statement, key, rows);
    return rows;
  }

  #ask(statement: StatementSync, bound: readonly SQLInputValue[]): readonly StoredRow[] {
    const rows = statement.all(...bound) as unknown[] as RawRow[]; // setReturnArrays(true) in #prepare
    return rows.length === 0 ? [] : rows.map((raw) => this.#decode(raw));
  }

  /** The statement for all accesses of this shape, or null when none of them narrows anything. */
  #compileLookup({ index, equal, low, high }: IndexAccess): StatementSync | null {
    const width = equal.length;
    // An index that this storage was not made for has no key columns here.
    if (!index.columns.slice(0, width).every(({ ordinal }) => this.#hasKey(ordinal))) return null;
    const conditions = index.columns.slice(0, width).map(({ ordinal }) => `${this.#keyColumn(ordinal)} = ?`);
    const next = index.columns[width];
    if (next !== undefined && this.#isBounded(next.ordinal)) {
      const column = this.#keyColumn(next.ordinal);
      // A descending column only turns the order of the index round; bounds are on values and stay as they are.
      if (low !== undefined) conditions.push(`${column} ${low.inclusive ? '>=' : '>'} ?`);
      if (high !== undefined) conditions.push(`${column} ${high.inclusive ? '<=' : '<'} ?`);
    }
    if (conditions.length === 0) return null;
    return this.#prepare(`SELECT ${this.#columns} FROM ${this.#table} WHERE ${conditions.join(' AND ')}`);
  }

  /** Rows whose key equals that of `values` in every column of the index, NULL equal to NULL. */
  equalTo(index: IndexDefinition, values: SqlRow): StoredRow[] {
    let statement = this.#unique.get(index);
    if (statement === undefined) {
      const conditions = index.columns.map(({ ordinal }) => `${this.#keyColumn(ordinal)} IS ?`);
      statement = this.#prepare(`SELECT ${this.#columns} FROM ${this.#table} WHERE ${conditions.join(' AND ')}`);
      this.#unique.set(index, statement);
    }
    const rows = statement.all(...this.#keys.rowKeys(index, values)) as unknown[] as RawRow[]; // setReturnArrays(true)
    return rows.length === 0 ? [] : rows.map((raw) => this.#decode(raw));
  }

  /** The row of that id. */
  find(id: number): SqlRow | undefined {
    this.#byId ??= this.#prepare(`SELECT ${this.#columns} FROM ${this.#table} WHERE id = ?`);
    const raw = this.#byId.get(id) as unknown as RawRow | undefined; // setReturnArrays(true) in #prepare
    return raw === undefined ? undefined : this.#decode(raw).values;
  }

  /**
   * The keys, in all columns of the index, of the row next to the given ones; undefined when there is none.
   *
   * @param keys of the first columns of the index, one at least
   */
  neighbour(
    index: IndexDefinition,
    keys: readonly SQLInputValue[],
    side: 'before' | 'after',
  ): SQLInputValue[] | undefined {
    const columns = index.columns.map(({ ordinal }) => this.#keyColumn(ordinal));
    const compared = columns.slice(0, keys.length);
    const [sign, direction] = side === 'before' ? ['<', 'DESC'] : ['>', 'ASC'];
    const raw = this.#prepare(
      `SELECT ${columns.join(', ')} FROM ${this.#table}
       WHERE (${compared.join(', ')}) ${sign} (${compared.map(() => '?').join(', ')})
       ORDER BY ${columns.map((column) => `${column} ${direction}`).join(', ')} LIMIT 1`,
    ).get(...keys) as unknown as SQLInputValue[] | undefined; // setReturnArrays(true) in #prepare
    return raw === undefined ? undefined : [...raw];
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    return statement;
  }

  /** Whether ranges of the column can be looked up. */
  #isBounded(ordinal: number): boolean {
    return this.#keys.codec(ordinal).ordered && this.#hasKey(ordinal);
  }

  #hasKey(ordinal: number): boolean {
    return this.#keys.codec(ordinal).key === undefined || this.#keyed.includes(ordinal);
  }

  #keyColumn(ordinal: number): string {
    return this.#keys.codec(ordinal).key === undefined ? `c${ordinal}` : `k${ordinal}`;
  }

  #decode(raw: RawRow): StoredRow {
    const { codecs } = this.#keys;
    const values: SqlValue[] = new Array(codecs.length);
    for (let ordinal = 0; ordinal < codecs.length; ordinal += 1) {
      const stored = raw[ordinal + 1] ?? null;
      values[ordinal] = stored === null ? null : (codecs[ordinal]?.decode(stored) ?? null);
    }
    return { id: Number(raw[0]), values };
  }
}

/** A number that two accesses through one index share exactly when they differ in their values only. */
function shapeOf({ equal, low, high }: IndexAccess): number {
  return (equal.length * 3 + boundShape(low)) * 3 + boundShape(high);
}

function boundShape(bound: IndexAccess['low']): number {
  if (bound === undefined) return 0;
  return bound.inclusive ? 2 : 1;
}
