import { EventEmitter } from 'node:events';
import { BrokerClient } from './broker-client.ts';
import { type BrokerOptions, brokerOptionsSchema, parseOptions } from './options.ts';
import { sqlDriver } from './sql-driver.ts';
import { translateError } from './translate-error.ts';

/**
 * Connects to SQL Server.
 *
 * @returns a client that owns a pool of connections; dispose it
 * @throws BrokerUnavailableError when nothing answers at the address
 * @throws BrokerLoginError when the login is refused
 * @throws DatabaseUnavailableError when the database can't be opened
 * @throws BrokerTlsError when encryption or certificate don't fit
 * @throws OdbcDriverMissingError when the options ask for msnodesqlv8 and it isn't installed
 * @throws InvalidBrokerOptionsError for options that the schema refuses
 */
export async function connectBroker(options: BrokerOptions): Promise<BrokerClient> {
  const { sql, requestTimeoutMs, maxConnections, onConnectionError } = parseOptions(brokerOptionsSchema, options);
  const server = `${sql.server}${sql.options?.instanceName === undefined ? `:${sql.port ?? 1433}` : `\\${sql.options.instanceName}`}`;
  const driver = await sqlDriver(sql);
  let loginErrorNumber: number | undefined;
  const pool = new driver.ConnectionPool({
    ...sql,
    // tedious reads it from its own options, msnodesqlv8 from the pool's.
    requestTimeout: requestTimeoutMs,
    options: { ...sql.options, requestTimeout: requestTimeoutMs },
    pool: { ...sql.pool, max: maxConnections },
    // The default asks the server before every use of a connection and halves the calls per second. A broken one is
    // found by its first call, which every caller must be able to repeat anyway.
    validateConnection: false,
    beforeConnect(connection) {
      sql.beforeConnect?.(connection);
      loginErrorNumber = undefined;
      // Of msnodesqlv8 this is no connection but a plain object; its errors have their number themselves.
      if (!(connection instanceof EventEmitter)) return;
      connection.on('errorMessage', (message: { readonly number: number }) => {
        // The first one tells the cause: a database that can't be opened (4060) is followed by a refused login (18456).
        loginErrorNumber ??= message.number;
      });
    },
  });
  const errorContext = (operation: string) => ({ operation, server, loginErrorNumber });
  // Without a listener, an error of an idle connection would end the process.
  pool.on('error', (error: Error) => onConnectionError?.(translateError(error, { operation: 'being idle', server })));
  try {
    await pool.connect();
  } catch (error) {
    throw translateError(error, errorContext('connecting'));
  }
  return new BrokerClient({
    pool,
    newTransaction: () => new driver.Transaction(pool),
    requestTimeoutMs,
    errorContext,
  });
}
