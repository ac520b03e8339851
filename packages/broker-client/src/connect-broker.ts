import type mssql from 'mssql';
import { BrokerClient } from './broker-client.ts';
import { watchLogin } from './login-error.ts';
import { OnlySession } from './only-session.ts';
import { type BrokerOptions, brokerOptionsSchema, parseOptions } from './options.ts';
import { endSilentAnswers } from './silent-answer.ts';
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
  const checked = parseOptions(brokerOptionsSchema, options);
  const { sql, requestTimeoutMs, maxConnections, singleSession, onConnectionError } = checked;
  const server = `${sql.server}${sql.options?.instanceName === undefined ? `:${sql.port ?? 1433}` : `\\${sql.options.instanceName}`}`;
  const driver = await sqlDriver(sql);
  const session = singleSession ? new OnlySession(server) : undefined;
  const pool = new driver.ConnectionPool({
    ...sql,
    // tedious reads it from its own options, msnodesqlv8 from the pool's.
    requestTimeout: requestTimeoutMs,
    options: { ...sql.options, requestTimeout: requestTimeoutMs },
    pool: poolOf(sql.pool, maxConnections, singleSession),
    // The default asks the server before every use of a connection and halves the calls per second. A broken one is
    // found by its first call, which every caller must be able to repeat anyway.
    validateConnection: false,
    beforeConnect(connection) {
      session?.admit(connection);
      sql.beforeConnect?.(connection);
      watchLogin(connection);
      endSilentAnswers(connection, requestTimeoutMs);
    },
  });
  const errorContext = (operation: string) => ({
    operation,
    server,
    isNamedInstance: sql.options?.instanceName !== undefined,
  });
  // Without a listener, an error of an idle connection would end the process.
  pool.on('error', (error: Error) => onConnectionError?.(translateError(error, { operation: 'being idle', server })));
  try {
    await pool.connect();
  } catch (error) {
    throw translateError(error, errorContext('connecting'));
  }
  session?.begin();
  return new BrokerClient({
    pool,
    newTransaction: () => new driver.Transaction(pool),
    requestTimeoutMs,
    errorContext,
    endProcedure: checked.endProcedure,
    healthProcedure: checked.healthProcedure,
  });
}

/** What keeps so many connections open gets them: `Min Pool Size` of a connection string counts, `Max Pool Size` doesn't. */
function poolOf(given: mssql.config['pool'], maxConnections: number, singleSession: boolean): mssql.config['pool'] {
  // An idle connection would be closed if it were not the least.
  if (singleSession) return { ...given, min: 1, max: 1 };
  return { ...given, max: Math.max(maxConnections, given?.min ?? 0) };
}
