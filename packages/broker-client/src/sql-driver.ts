import mssql from 'mssql';
import { OdbcDriverMissingError } from './errors.ts';

/** The parts of the `mssql` package that differ between its drivers, tedious and msnodesqlv8. */
export interface SqlDriver {
  readonly ConnectionPool: typeof mssql.ConnectionPool;
  readonly Transaction: typeof mssql.Transaction;
}

/**
 * The driver that connection options name: tedious unless `driver` is `msnodesqlv8`.
 *
 * @throws OdbcDriverMissingError when that optional package isn't installed
 */
export async function sqlDriver(options: Pick<mssql.config, 'driver' | 'server'>): Promise<SqlDriver> {
  if (options.driver !== 'msnodesqlv8') return mssql;
  const found = await odbcDriver();
  if ('driver' in found) return found.driver;
  throw new OdbcDriverMissingError(options.server, found.missing, found.cause);
}

/** Whether the optional package msnodesqlv8, which Integrated Security needs, is installed. */
export async function hasOdbcDriver(): Promise<boolean> {
  const found = await odbcDriver();
  return 'driver' in found || found.missing !== 'msnodesqlv8';
}

type FoundDriver =
  | { readonly driver: SqlDriver }
  | { readonly missing: OdbcDriverMissingError['missing']; readonly cause: unknown };

async function odbcDriver(): Promise<FoundDriver> {
  try {
    const { default: driver } = await import('mssql/msnodesqlv8.js');
    return { driver };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'MODULE_NOT_FOUND') return { missing: 'msnodesqlv8', cause };
    // It is there, and the libraries of ODBC that it is linked with aren't.
    if (code === 'ERR_DLOPEN_FAILED') return { missing: 'ODBC Driver 18 for SQL Server', cause };
    throw cause;
  }
}
