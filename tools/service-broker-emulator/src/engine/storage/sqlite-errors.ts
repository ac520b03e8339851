import { SqlError } from '../../errors.ts';

/** Primary result codes of SQLite that a caller can act on (https://www.sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
const SQLITE_CORRUPT = 11;

/** SQLite's primary result code when `error` came from `node:sqlite`. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return undefined;
  if (!('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** Another process has the data directory open; two servers on one directory would overwrite each other's work. */
export class DataDirectoryInUseError extends Error {
  readonly code = 'DATA_DIRECTORY_IN_USE';
  readonly directory: string;

  constructor(directory: string, options?: ErrorOptions) {
    super(
      `The data directory ${directory} is in use by another process. Stop the emulator that runs on it, or start this one with another --data directory.`,
      options,
    );
    this.name = 'DataDirectoryInUseError';
    this.directory = directory;
  }
}

/** The data directory holds something that is not a database of this emulator, or one of a newer version. */
export class DataDirectoryUnusableError extends Error {
  readonly code = 'DATA_DIRECTORY_UNUSABLE';
  readonly directory: string;

  constructor(directory: string, reason: string, options?: ErrorOptions) {
    super(`The data directory ${directory} cannot be used: ${reason}`, options);
    this.name = 'DataDirectoryUnusableError';
    this.directory = directory;
  }
}

/** The error to raise instead of one from opening the database file; `error` itself when it means nothing special. */
export function translateOpenError(error: unknown, directory: string): unknown {
  const code = sqliteCode(error);
  if (code === SQLITE_BUSY || code === SQLITE_LOCKED) return new DataDirectoryInUseError(directory, { cause: error });
  if (code === SQLITE_NOTADB || code === SQLITE_CORRUPT) {
    return new DataDirectoryUnusableError(
      directory,
      'emulator.sqlite is not an SQLite database or is damaged. Restore it from a copy or use another directory.',
      { cause: error },
    );
  }
  return error;
}

/** The SQL Server error for a failed write of the store; `error` itself when it is none of SQLite's. */
export function translateWriteError(error: unknown, database: string): unknown {
  switch (sqliteCode(error)) {
    case SQLITE_FULL:
      return new SqlError(
        `Could not allocate space for object in database '${database}' because the 'PRIMARY' filegroup is full. Create disk space by deleting unneeded files, dropping objects in the filegroup, adding additional files to the filegroup, or setting autogrowth on for existing files in the filegroup.`,
        { number: 1105, severity: 17, state: 2 },
        { cause: error },
      );
    case SQLITE_IOERR:
      return new SqlError(
        `The operating system returned an error while writing database '${database}'. Examine the disk of the data directory, and restore the database if the error persists.`,
        { number: 823, severity: 24, state: 2 },
        { cause: error },
      );
    default:
      return error;
  }
}
