import mssql from 'mssql';
import { databaseName, type EnvironmentOptions } from './options.ts';

/** A connection pool to the development database, as any program of a user would open it. */
export async function connectSql(
  port: number,
  options: Pick<EnvironmentOptions, 'saPassword'>,
): Promise<mssql.ConnectionPool & AsyncDisposable> {
  const pool = await new mssql.ConnectionPool({
    server: '127.0.0.1',
    port,
    database: databaseName,
    user: 'sa',
    password: options.saPassword,
    requestTimeout: 60_000,
    options: { encrypt: true, trustServerCertificate: true },
  }).connect();
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() });
}
