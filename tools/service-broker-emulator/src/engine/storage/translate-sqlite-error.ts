import { DataDirectoryInUseError, DataDirectoryUnusableError, fileGroupFull, writeFailed } from './errors.ts';

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
      return fileGroupFull(database, error);
    case SQLITE_IOERR:
      return writeFailed(database, error);
    default:
      return error;
  }
}
