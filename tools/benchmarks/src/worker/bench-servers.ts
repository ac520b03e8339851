import { startLocalNeo4j } from '@hartonomous/local-neo4j';
import { deployDatabase, deployGraph } from '@hartonomous/operations';
import mssql from 'mssql';
import neo4j, { type Driver } from 'neo4j-driver';
import { databaseName, password, startEmulatorProcess } from '../emulator/emulator-process.ts';
import { receiveAll } from '../emulator/messages.ts';
import { childNamed } from '../process-usage.ts';

/** The servers that the worker's figures are measured on, each a process of its own, and a client of each. */
export interface BenchServers extends AsyncDisposable {
  readonly emulatorPid: number;
  /** Undefined where it isn't a child process of this one (in Docker), and on other systems than Linux. */
  readonly neo4jPid: number | undefined;
  readonly sql: mssql.ConnectionPool;
  readonly graph: Driver;
  /** Environment variables with which a worker finds both servers. */
  readonly workerEnv: Readonly<Record<string, string>>;
  /** For connections of one's own to the emulator. */
  readonly emulatorPort: number;
}

/** What {@link startBenchServers} needs of a run. */
export interface BenchServersOptions {
  /** READ_COMMITTED_SNAPSHOT of the database. */
  readonly readCommittedSnapshot: 'on' | 'off';
  readonly profileTo?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/**
 * Starts the emulator (in memory) and a Neo4j that compiles for throughput, and deploys database and graph schema, so
 * that the plain work meets the same indexes as the worker.
 */
export async function startBenchServers(options: BenchServersOptions): Promise<BenchServers> {
  const { onProgress, signal } = options;
  onProgress('  starting Neo4j and the emulator');
  await using started = new AsyncDisposableStack();
  const server = started.use(
    await startLocalNeo4j({ optimizeFor: 'throughput', heap: '1g', pageCache: '256m', signal, onProgress }),
  );
  const neo4jPid = childNamed('java');
  const emulator = started.use(await startEmulatorProcess({ form: 'source', profileTo: options.profileTo }));
  // Plain TCP after the login: with TLS, the ratio would be one of ciphers.
  const connectionString = `Server=127.0.0.1,${emulator.port};Database=${databaseName};User Id=sa;Password=${password};Encrypt=False;TrustServerCertificate=True`;
  await deployDatabase({ connection: connectionString });
  const { uri, username } = server;
  await deployGraph({ connection: { uri, username, password: server.password } });
  const sql = await new mssql.ConnectionPool({
    server: '127.0.0.1',
    port: emulator.port,
    user: 'sa',
    password,
    database: databaseName,
    requestTimeout: 300_000,
    pool: { min: 0, max: 8 },
    validateConnection: false,
    options: { encrypt: false, trustServerCertificate: true },
  }).connect();
  started.defer(() => sql.close());
  await sql.query(
    `ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ${options.readCommittedSnapshot === 'on' ? 'ON' : 'OFF'} WITH ROLLBACK IMMEDIATE;`,
  );
  // The deployment has enqueued rows of its own, which would be counted with the first backlog.
  await receiveAll(sql);
  const graph = neo4j.driver(uri, neo4j.auth.basic(username, server.password), {
    useBigInt: true,
    telemetryDisabled: true,
    notificationFilter: { minimumSeverityLevel: 'OFF' },
  });
  started.defer(() => graph.close());
  const owned = started.move();
  return {
    emulatorPid: emulator.pid,
    neo4jPid,
    sql,
    graph,
    emulatorPort: emulator.port,
    workerEnv: {
      DOTNET_ENVIRONMENT: 'Development',
      ConnectionStrings__HartonomousDb: connectionString,
      Neo4j__Uri: uri,
      Neo4j__Username: username,
      Neo4j__Password: server.password,
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
