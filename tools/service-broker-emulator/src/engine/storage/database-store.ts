import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DataDirectoryUnusableError } from './errors.ts';
import { Snapshots } from './snapshots.ts';
import type { CommitStore } from './transaction.ts';
import { translateOpenError, translateWriteError } from './translate-sqlite-error.ts';

/** Version of the layout that this code reads and writes; a file with a greater one comes from a newer emulator. */
const layoutVersion = 1;

const layout = `
  CREATE TABLE IF NOT EXISTS layout (version INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS objects (
    database TEXT NOT NULL,
    kind TEXT NOT NULL,
    schema TEXT NOT NULL,
    name TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (database, kind, schema, name)
  ) WITHOUT ROWID;
`;

/** Prefix of the SQLite tables that hold the rows of SQL tables. */
const storagePrefix = 't_';

export interface DatabaseStoreOptions {
  /** Directory of `emulator.sqlite` (made when missing), or `:memory:` for a store that ends with the process. */
  readonly location: string;
  /** Name of the database in the text of errors such as "filegroup is full". @default 'emulator' */
  readonly name?: string;
  /**
   * Most mebibytes of data, as a filegroup without autogrowth has; what would need more fails with error 1105, and
   * deleting makes room. A store that holds more already keeps it and takes no more. @default as much as the disk holds
   */
  readonly maxDataMb?: number | undefined;
}

const bytesPerMb = 1024 * 1024;

/**
 * The durable store of the whole server: one SQLite database, in memory or in a file. Committed work only; what
 * transactions have not committed yet lives with their participants.
 *
 * In a file it survives the end of the process at any moment (WAL). `synchronous = NORMAL` leaves flushing to the
 * operating system between checkpoints: a power cut may lose the last commits, but never tears one; FULL would cost a
 * disk flush per commit, a hundredfold of the commit itself.
 */
export class DatabaseStore implements CommitStore, Disposable {
  /** SNAPSHOT transactions, for which tables keep versions of rows. */
  readonly snapshots = new Snapshots();
  /** For reads. Writes go through {@link write}. */
  readonly database: DatabaseSync;
  readonly #name: string;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #beforeClose = new Set<() => void>();
  #writing = false;

  /**
   * Opens the store, and makes its tables when it is new.
   *
   * @throws {DataDirectoryInUseError} another process has it open
   * @throws {DataDirectoryUnusableError} the file isn't a database of this emulator
   */
  constructor(options: DatabaseStoreOptions) {
    this.#name = options.name ?? 'emulator';
    const inMemory = options.location === ':memory:';
    if (!inMemory) mkdirSync(options.location, { recursive: true });
    const database = new DatabaseSync(inMemory ? ':memory:' : join(options.location, 'emulator.sqlite'), {
      timeout: 0,
    });
    try {
      // An exclusive lock, kept for as long as the process lives, is what keeps a second server out; the operating
      // system frees it however the process ends.
      database.exec('PRAGMA locking_mode = EXCLUSIVE');
      database.exec('PRAGMA journal_mode = WAL');
      database.exec('PRAGMA synchronous = NORMAL');
      // Pages between checkpoints: each flushes the disk twice, so few cost throughput (a commit writes about five); more
      // than these 40 MB make the next start, which reads the log, slower.
      database.exec('PRAGMA wal_autocheckpoint = 10000');
      // 64 MB: below it scans of big tables reread the file, above it memory is spent on cold pages.
      database.exec('PRAGMA cache_size = -65536');
      if (options.maxDataMb !== undefined) limitSize(database, options.maxDataMb);
      database.exec('BEGIN IMMEDIATE');
      database.exec(layout);
      const row = database.prepare('SELECT version FROM layout').get();
      if (row === undefined) database.prepare('INSERT INTO layout VALUES (?)').run(layoutVersion);
      else if (row.version !== layoutVersion) {
        throw new DataDirectoryUnusableError(
          options.location,
          `its layout has version ${row.version}, this emulator reads version ${layoutVersion}. Use the emulator that made it, or another directory.`,
        );
      }
      database.exec('COMMIT');
    } catch (error) {
      database.close();
      throw translateOpenError(error, options.location);
    }
    this.database = database;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
  }

  /**
   * Makes all of `work` durable or nothing of it. Calls inside `work` join it.
   *
   * @throws {SqlError} 1105 when the disk is full, 823 when it fails
   */
  write(work: (database: DatabaseSync) => void): void {
    if (this.#writing) {
      work(this.database);
      return;
    }
    try {
      this.#begin.run();
      this.#writing = true;
      work(this.database);
      this.#commit.run();
    } catch (error) {
      // SQLite has rolled back by itself after some failures (a full disk is one).
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw translateWriteError(error, this.#name);
    } finally {
      this.#writing = false;
    }
  }

  /** Inside {@link write}: what is stored now may be taken back. */
  get isWriting(): boolean {
    return this.#writing;
  }

  /** A value of the key-value table for facts that belong to no object. */
  getMeta(key: string): string | undefined {
    const value = this.database.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.value;
    return typeof value === 'string' ? value : undefined;
  }

  setMeta(key: string, value: string): void {
    this.write((database) => database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, value));
  }

  /** Names of the SQLite tables that hold rows of SQL tables. */
  storageNames(): string[] {
    const rows = this.database
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, ?) = ?`)
      .all(storagePrefix.length, storagePrefix);
    return rows.map((row) => String(row.name).slice(storagePrefix.length));
  }

  /**
   * Drops row storage that no object refers to: what a process left behind that ended inside a CREATE or ALTER TABLE.
   * Call once, after the catalog has been loaded.
   */
  dropUnusedStorage(used: ReadonlySet<string>): void {
    const unused = this.storageNames().filter((name) => !used.has(name));
    if (unused.length === 0) return;
    this.write((database) => {
      for (const name of unused) database.exec(`DROP TABLE ${storageTable(name)}`);
    });
  }

  /** Registers work for a clean end, for example giving back reserved identity values. Returns how to withdraw it. */
  beforeClose(work: () => void): () => void {
    this.#beforeClose.add(work);
    return () => this.#beforeClose.delete(work);
  }

  [Symbol.dispose](): void {
    if (!this.database.isOpen) return;
    this.write(() => {
      for (const work of this.#beforeClose) work();
    });
    this.database.close();
  }
}

function limitSize(database: DatabaseSync, megabytes: number): void {
  const pageSize = Number(database.prepare('PRAGMA page_size').get()?.page_size);
  database.exec(`PRAGMA max_page_count = ${Math.floor((megabytes * bytesPerMb) / pageSize)}`);
}

/** The quoted name of the SQLite table that holds the rows of the storage of that name. */
export function storageTable(storageName: string): string {
  return `"${storagePrefix}${storageName.replaceAll('"', '""')}"`;
}
