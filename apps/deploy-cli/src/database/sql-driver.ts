import {
  IntegratedSecurityUnavailableError,
  type SqlConnectionSettings,
  toMssqlOptions,
} from '@hartonomous/config-loader';
import mssql from 'mssql';

/** The parts of the `mssql` package that make a connection; `mssql/msnodesqlv8` has the same. */
export interface SqlDriver {
  readonly ConnectionPool: typeof mssql.ConnectionPool;
}

/** A driver with options in its own words. */
export interface DriverChoice {
  readonly driver: SqlDriver;
  readonly options: mssql.config;
}

/**
 * Picks the driver that a connection string needs: tedious, or for Integrated Security the optional msnodesqlv8.
 *
 * @throws IntegratedSecurityUnavailableError where that isn't installed
 * @throws AuthenticationUnavailableError for Microsoft Entra logins
 */
export async function chooseDriver(settings: SqlConnectionSettings): Promise<DriverChoice> {
  if (settings.login.kind !== 'integrated') return { driver: mssql, options: { ...toMssqlOptions(settings) } };
  const driver = await odbcDriver();
  if (driver === undefined) throw new IntegratedSecurityUnavailableError(settings.server.host);
  return { driver, options: { ...toMssqlOptions(settings, { hasOdbcDriver: true }) } };
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
