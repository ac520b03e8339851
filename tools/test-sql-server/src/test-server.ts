import { startServiceBrokerEmulator } from '@hartonomous/service-broker-emulator';
import mssql from 'mssql';

/** Password of the test server's administrator; the server listens on loopback and lives for one test file. */
const saPassword = 'Test-server!1';

/** Deploy, with the rights of docs/operating.md and no others: one may create databases, one owns those that an administrator has made. */
const deployers = { creator: 'hartonomous-deployer', owner: 'hartonomous-owner' } as const;

/** A SQL Server of the test file's own, without a database. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** Its TLS certificate, PEM. */
  certificate(): Promise<string>;
  /** For a database of this name, which need not be there. */
  connectionString(database: string, password?: string): string;
  /**
   * For a deployment: of a login with `dbcreator`, or, where {@link createDatabase} has made the database already, of one that is
   * a member of its `db_owner` and nothing more.
   */
  deployerConnectionString(database: string): string;
  /** Makes an empty database, as an administrator does for a deployer who may not. */
  createDatabase(database: string): Promise<void>;
  /** Runs statements in a database, all in one session. */
  run(database: string, ...statements: readonly string[]): Promise<void>;
  /** One value of one row. */
  value(database: string, sql: string): Promise<unknown>;
  /** Leaves a database as RESTORE on another server does; see the emulator. */
  simulateRestore(database: string): void;
  /** Leaves a database as a copy of another one on the same server; see the emulator. */
  simulateCopy(database: string, original: string): void;
  /** Rows as the driver gives them. */
  rows(
    database: string,
    sql: string,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<readonly Record<string, unknown>[]>;
}

/** Starts a server on a free port. It is prepared and inspected by the driver alone, not by the code that is tested. */
export async function startTestServer(): Promise<TestServer> {
  const emulator = await startServiceBrokerEmulator({ port: 0, data: ':memory:', saPassword });
  const open = async (database: string) => {
    const pool = new mssql.ConnectionPool({
      ...{ server: '127.0.0.1', port: emulator.port, database, user: 'sa', password: saPassword },
      options: { trustServerCertificate: true },
      pool: { min: 1, max: 1 },
    });
    await pool.connect();
    return { pool, [Symbol.asyncDispose]: () => pool.close() };
  };
  const rows: TestServer['rows'] = async (database, sql, parameters = {}) => {
    await using connection = await open(database);
    const request = connection.pool.request();
    for (const [name, value] of Object.entries(parameters)) request.input(name, value);
    const { recordset } = await request.query<Record<string, unknown>>(sql);
    return recordset;
  };
  const run: TestServer['run'] = async (database, ...statements) => {
    await using connection = await open(database);
    for (const statement of statements) await connection.pool.request().batch(statement);
  };
  const connectionString = (database: string, password = saPassword, user = 'sa') =>
    `Server=127.0.0.1,${emulator.port};Database=${database};User Id=${user};Password="${password}";TrustServerCertificate=True;`;
  await run(
    'master',
    ...Object.values(deployers).map((name) => `CREATE LOGIN [${name}] WITH PASSWORD = N'${saPassword}';`),
    `ALTER SERVER ROLE [dbcreator] ADD MEMBER [${deployers.creator}];`,
  );
  const made = new Set<string>();
  return {
    port: emulator.port,
    certificate: () => emulator.certificate(),
    connectionString: (database, password) => connectionString(database, password),
    deployerConnectionString: (database) =>
      connectionString(database, saPassword, made.has(database) ? deployers.owner : deployers.creator),
    async createDatabase(database) {
      await run('master', `CREATE DATABASE [${database}];`);
      await run(
        database,
        `CREATE USER [${deployers.owner}] FOR LOGIN [${deployers.owner}];`,
        `ALTER ROLE [db_owner] ADD MEMBER [${deployers.owner}];`,
      );
      made.add(database);
    },
    run,
    async value(database, sql) {
      const [row] = await rows(database, sql);
      return Object.values(row ?? {})[0];
    },
    rows,
    simulateRestore: (database) => emulator.simulateRestore(database),
    simulateCopy: (database, original) => emulator.simulateCopy(database, original),
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}
