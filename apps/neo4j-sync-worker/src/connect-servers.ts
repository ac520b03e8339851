import { type BrokerClient, connectPatiently, connectQueue, hasOdbcDriver } from '@hartonomous/broker-client';
import { resolveMssqlOptions } from '@hartonomous/config-loader';
import { connectNeo4j, type GraphConnection, GraphSyncError } from '@hartonomous/graph-sync';
import { type DependencyReadiness, type Logger, reasonOf } from '@hartonomous/worker-host';
import type { Settings } from './options.ts';

/** How a connection is made at start. */
export interface ConnectOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly readiness: DependencyReadiness;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
}

/** Longest time to connect to Neo4j, in milliseconds; no longer than a statement may take. */
const longestConnectMs = 10_000;

/** Connections besides those of the readers: maintenance, the probe of an outage, and the watch of the queue. */
const connectionsBesides = 3;

/**
 * Connects to SQL Server and looks at the queue; waits as long as the server is away.
 *
 * @throws BrokerError for what waiting doesn't heal: a refused login, a missing queue or right
 * @throws IntegratedSecurityUnavailableError, AuthenticationUnavailableError for logins that can't be made here
 */
export async function connectSqlServer(
  queue: string,
  { settings, logger, readiness, signal }: ConnectOptions,
): Promise<BrokerClient> {
  const sql = await resolveMssqlOptions(settings.ConnectionStrings.HartonomousDb, { hasOdbcDriver });
  const { client } = await connectQueue(
    queue,
    {
      sql: { ...sql },
      requestTimeoutMs: settings.Worker.StatementTimeoutMs,
      maxConnections: settings.Worker.Readers + connectionsBesides,
      // The call that next uses the connection reports it; this line tells when it broke.
      onConnectionError: (error) => logger.debug({ reason: reasonOf(error) }, 'An idle connection to SQL Server broke'),
    },
    { signal, onAway: (error) => readiness.down(reasonOf(error)) },
  );
  readiness.up();
  logger.info(
    { database: settings.ConnectionStrings.HartonomousDb.database },
    `Connected to SQL Server at ${sql.server}`,
  );
  return client;
}

/**
 * Connects to Neo4j; waits as long as the server is away.
 *
 * @throws GraphSyncError for what waiting doesn't heal: a refused login, an unknown database
 */
export async function connectGraph({ settings, logger, readiness, signal }: ConnectOptions): Promise<GraphConnection> {
  const { Uri, Username, Password, Database } = settings.Neo4j;
  const graph = await connectPatiently(
    () =>
      connectNeo4j({
        uri: Uri,
        username: Username,
        password: Password.reveal(),
        database: Database,
        maxConnections: settings.Worker.Readers + connectionsBesides,
        connectionTimeoutMs: Math.min(longestConnectMs, settings.Worker.StatementTimeoutMs),
      }),
    (error) => error instanceof GraphSyncError && error.retryable,
    { signal, onAway: (error) => readiness.down(reasonOf(error)) },
  );
  readiness.up();
  const { version, edition } = graph;
  logger.info({ version, edition, database: Database }, `Connected to Neo4j at ${Uri}`);
  return graph;
}
