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
  const driver = await odbcDriver();
  if (driver === undefined) throw new OdbcDriverMissingError(options.server);
  return driver;
}

/** Whether the optional package msnodesqlv8, which Integrated Security needs, can be loaded. */
export async function hasOdbcDriver(): Promise<boolean> {
  return (await odbcDriver()) !== undefined;
}

async function odbcDriver(): Promise<SqlDriver | undefined> {
  try {
    const { default: driver } = await import('mssql/msnodesqlv8.js');
    return driver;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
