import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { startServiceBrokerEmulator } from '@hartonomous/service-broker-emulator';
import { z } from 'zod';
import { SqlConnection } from '../src/database/sql-connection.ts';

/** Password of the test server's administrator; the server listens on loopback and lives for one test file. */
const saPassword = 'Deploy-cli!1';

/** A SQL Server of the test file's own, without a database. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** For a database of this name, which need not be there. */
  connectionString(database: string, password?: string): string;
  /** Runs statements in a database. */
  run(database: string, ...statements: readonly string[]): Promise<void>;
  /** One value of one row. */
  value(database: string, sql: string): Promise<unknown>;
  /** Rows as the driver gives them. */
  rows(
    database: string,
    sql: string,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<readonly Record<string, unknown>[]>;
}

/** Starts a server on a free port. */
export async function startTestServer(): Promise<TestServer> {
  const emulator = await startServiceBrokerEmulator({ port: 0, data: ':memory:', saPassword });
  const connectionString = (database: string, password = saPassword) =>
    `Server=127.0.0.1,${emulator.port};Database=${database};User Id=sa;Password="${password}";TrustServerCertificate=True;`;
  const open = (database: string) => SqlConnection.open(parseSqlConnectionString(connectionString(database)), database);
  const rows: TestServer['rows'] = async (database, sql, parameters) => {
    await using connection = await open(database);
    return await connection.query(sql, z.record(z.string(), z.unknown()), { operation: 'looking' }, parameters);
  };
  return {
    port: emulator.port,
    connectionString,
    async run(database, ...statements) {
      await using connection = await open(database);
      for (const statement of statements) await connection.batch(statement, { operation: 'preparing a test' });
    },
    async value(database, sql) {
      const [row] = await rows(database, sql);
      return Object.values(row ?? {})[0];
    },
    rows,
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}
