import { DataDirectoryInUseError, DataDirectoryUnusableError, fileGroupFull, writeFailed } from './errors.ts';

/** Primary result codes of SQLite that a caller can act on (https://www.sqlite.org/rescode.html). */
const sqliteBusy = 5;
const sqliteLocked = 6;
const sqliteIoError = 10;
const sqliteFull = 13;
const sqliteNotADatabase = 26;
const sqliteCorrupt = 11;

/** SQLite's primary result code when `error` came from `node:sqlite`. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return undefined;
  if (!('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** The error to raise instead of one from opening the database file; `error` itself when it means nothing special. */
export function translateOpenError(error: unknown, directory: string): unknown {
  const code = sqliteCode(error);
  if (code === sqliteBusy || code === sqliteLocked) return new DataDirectoryInUseError(directory, { cause: error });
  if (code === sqliteNotADatabase || code === sqliteCorrupt) {
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
    case sqliteFull:
      return fileGroupFull(database, error);
    case sqliteIoError:
      return writeFailed(database, error);
    default:
      return error;
  }
}
