import sql from 'mssql';
import { processPassword } from './emulator-process.ts';

/** A pool of `sa`, closed by `await using`. */
export async function connectPool(
  port: number,
  config: Partial<sql.config> = {},
): Promise<sql.ConnectionPool & AsyncDisposable> {
  const { options, ...rest } = config;
  const pool = new sql.ConnectionPool({
    server: '127.0.0.1',
    port,
    user: 'sa',
    password: processPassword,
    database: 'App',
    pool: { max: 1 },
    ...rest,
    options: { encrypt: false, trustServerCertificate: true, ...options },
  });
  await pool.connect();
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() });
}
