import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrokerClient, connectBroker, type SqlParameters } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { connectNeo4j, type GraphConnection } from '@hartonomous/graph-sync';
import { type LocalNeo4j, startLocalNeo4j } from '@hartonomous/local-neo4j';
import { deployDatabase, deployGraph } from '@hartonomous/operations';
import {
  asRoleLogin,
  ChildService,
  createRoleLogins,
  emulatorCommand,
  emulatorPort,
  readCommittedSnapshotUnderTest,
  TcpProxy,
} from '@hartonomous/test-support';
import { z } from 'zod';

/** The servers listen on loopback and live for one test file. */
const saPassword = 'Chaos-world!1';

type Row = Readonly<Record<string, unknown>>;

/** How a SQL Server is started. */
export interface SqlServerOptions {
  /** Room for data in MiB, to be filled by a test. @default as much as the disk holds */
  readonly maxDataMb?: number;
}

/**
 * The servers of the fault tests, each a process that may be killed and comes back on its port with its data, and a way
 * to each that may be spoilt. The test's own connections go past the spoilt ways.
 */
export class ChaosWorld implements AsyncDisposable {
  readonly neo4j: LocalNeo4j;
  readonly graph: GraphConnection;
  readonly graphProxy: TcpProxy;
  readonly sqlProxy: TcpProxy;
  readonly client: BrokerClient;
  readonly #folder: string;
  readonly #sqlPort: number;
  #sqlServer: ChildService;

  private constructor(parts: {
    readonly neo4j: LocalNeo4j;
    readonly graph: GraphConnection;
    readonly graphProxy: TcpProxy;
    readonly sqlProxy: TcpProxy;
    readonly client: BrokerClient;
    readonly folder: string;
    readonly sqlPort: number;
    readonly sqlServer: ChildService;
  }) {
    this.neo4j = parts.neo4j;
    this.graph = parts.graph;
    this.graphProxy = parts.graphProxy;
    this.sqlProxy = parts.sqlProxy;
    this.client = parts.client;
    this.#folder = parts.folder;
    this.#sqlPort = parts.sqlPort;
    this.#sqlServer = parts.sqlServer;
  }

  static async start(): Promise<ChaosWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'chaos-world-'));
    const [{ service: sqlServer, found: sqlPort }, neo4j] = await Promise.all([
      startSqlServer(join(folder, 'sql'), 0),
      startLocalNeo4j({ dataDir: join(folder, 'neo4j') }),
    ]);
    const connection = connectionString(sqlPort);
    await deployDatabase({ connection });
    const { uri, username, password } = neo4j;
    await deployGraph({ connection: { uri, username, password } });
    const client = await connectBroker({
      sql: { ...toMssqlOptions(parseSqlConnectionString(connection)) },
      maxConnections: 20,
    });
    await client.run(createRoleLogins());
    return new ChaosWorld({
      neo4j,
      graph: await connectNeo4j({ uri, username, password }),
      graphProxy: await TcpProxy.start({ targetPort: Number(new URL(uri).port), delayMs: 40 }),
      sqlProxy: await TcpProxy.start({ targetPort: sqlPort, delayMs: 40 }),
      client,
      folder,
      sqlPort,
      sqlServer,
    });
  }

  /** Settings of a worker; `sql` and `neo4j` say whether its way there is the one that can be spoilt. */
  env(through: { readonly sql?: boolean; readonly neo4j?: boolean } = {}): Record<string, string> {
    const { uri, username, password } = this.neo4j;
    return {
      DOTNET_ENVIRONMENT: 'Development',
      ConnectionStrings__HartonomousDb: asRoleLogin(
        connectionString(through.sql === true ? this.sqlProxy.port : this.#sqlPort),
        'worker',
      ),
      Neo4j__Uri: through.neo4j === true ? `bolt://127.0.0.1:${this.graphProxy.port}` : uri,
      Neo4j__Username: username,
      Neo4j__Password: password,
      Worker__WaitMs: '500',
    };
  }

  /** Rows of a T-SQL query. */
  sql(text: string, parameters: SqlParameters = {}): Promise<Row[]> {
    return this.client.query(text, parameters, z.record(z.string(), z.unknown()));
  }

  /** Rows of a Cypher query, integers as `bigint`. */
  async cypher(text: string, parameters: Row = {}): Promise<Row[]> {
    await using session = this.graph.driver.session({ database: this.graph.database });
    // Not in a managed transaction: CALL ... IN TRANSACTIONS makes its own.
    const { records } = await session.run(text, parameters);
    return records.map((record) => record.toObject());
  }

  /** SIGKILL: connections break, what isn't committed is gone. */
  async killSqlServer(): Promise<void> {
    await this.#sqlServer.end('SIGKILL');
  }

  /** On the same port and data; ends cleanly first what still runs. */
  async restartSqlServer(options: SqlServerOptions = {}): Promise<void> {
    if (this.#sqlServer.running) await this.#sqlServer.end('SIGTERM');
    const { service } = await startSqlServer(join(this.#folder, 'sql'), this.#sqlPort, options);
    this.#sqlServer = service;
  }

  /** Size of the SQL Server's data, in MiB. */
  async sqlDataMb(): Promise<number> {
    return (await stat(join(this.#folder, 'sql', 'emulator.sqlite'))).size / 2 ** 20;
  }

  /** Starts what a test that failed has left dead, and opens the ways. */
  async repair(): Promise<void> {
    if (!this.#sqlServer.running) await this.restartSqlServer();
    await this.graph.driver.verifyConnectivity().catch(() => this.neo4j.restart());
    for (const proxy of [this.sqlProxy, this.graphProxy]) {
      await proxy.enter('pass');
      proxy.forgetDead();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.client.close(), this.graph.close()]);
    await Promise.all([
      this.sqlProxy[Symbol.asyncDispose](),
      this.graphProxy[Symbol.asyncDispose](),
      this.#sqlServer.end('SIGKILL'),
      this.neo4j.stop(),
    ]);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function connectionString(port: number): string {
  return `Server=127.0.0.1,${port};Database=Hartonomous;User Id=sa;Password="${saPassword}";TrustServerCertificate=True;Connect Timeout=3;`;
}

function startSqlServer(data: string, port: number, { maxDataMb }: SqlServerOptions = {}) {
  const limit = maxDataMb === undefined ? [] : ['--max-data-mb', String(maxDataMb)];
  const versions = readCommittedSnapshotUnderTest() ? 'on' : 'off';
  return ChildService.start({
    name: 'SQL Server emulator',
    args: emulatorCommand([
      ...['--port', String(port), '--data', data, '--database', 'Hartonomous'],
      ...['--read-committed-snapshot', versions, '--json', ...limit],
    ]),
    env: { ...process.env, MSSQL_SA_PASSWORD: saPassword },
    ready: emulatorPort,
  });
}
