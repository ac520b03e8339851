import { setTimeout as pause } from 'node:timers/promises';
import { type BrokerClient, BrokerError, connectBroker } from '@hartonomous/broker-client';
import { toMssqlOptions } from '@hartonomous/config-loader';
import { connectNeo4j, type GraphConnection, GraphSyncError } from '@hartonomous/graph-sync';
import type { DependencyReadiness, Logger } from '@hartonomous/worker-host';
import { backOffMs, outageBackOff } from './back-off.ts';
import { reasonOf } from './failure.ts';
import type { Settings } from './options.ts';
import { orAborted } from './or-aborted.ts';
import { syncQueue } from './reader.ts';

/** How a connection is made at start. */
export interface ConnectOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly readiness: DependencyReadiness;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
}

/** Connections besides those of the readers: maintenance, and the probe of an outage. */
const connectionsBesides = 2;

/**
 * Connects to SQL Server and looks at the queue; waits as long as the server is away.
 *
 * @throws BrokerError for what waiting doesn't heal: a refused login, a missing queue or right
 * @throws IntegratedSecurityUnavailableError, AuthenticationUnavailableError for logins that can't be made here
 */
export async function connectSqlServer(options: ConnectOptions): Promise<BrokerClient> {
  const { settings, logger } = options;
  const sql = toMssqlOptions(settings.ConnectionStrings.HartonomousDb);
  const client = await untilThere(options, async () => {
    const connected = await connectBroker({
      sql: { ...sql },
      requestTimeoutMs: settings.Worker.StatementTimeoutMs,
      maxConnections: settings.Worker.Readers + connectionsBesides,
      // The call that next uses the connection reports it; this line tells when it broke.
      onConnectionError: (error) => logger.debug({ reason: reasonOf(error) }, 'An idle connection to SQL Server broke'),
    });
    try {
      const { isActivationEnabled, activationProcedure } = await connected.queueStatus(syncQueue);
      if (isActivationEnabled) {
        logger.warn(
          { activationProcedure },
          `${syncQueue} also activates ${activationProcedure} inside SQL Server, which takes messages from this worker. ` +
            'Turn one of the two off: ALTER QUEUE dbo.Neo4jSyncQueue WITH ACTIVATION (STATUS = OFF);',
        );
      }
      return connected;
    } catch (error) {
      await connected.close();
      throw error;
    }
  });
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
export async function connectGraph(options: ConnectOptions): Promise<GraphConnection> {
  const { settings, logger } = options;
  const { Uri, Username, Password, Database } = settings.Neo4j;
  const graph = await untilThere(options, () =>
    connectNeo4j({
      uri: Uri,
      username: Username,
      password: Password.reveal(),
      database: Database,
      maxConnections: settings.Worker.Readers + connectionsBesides,
    }),
  );
  const { version, edition } = graph;
  logger.info({ version, edition, database: Database }, `Connected to Neo4j at ${Uri}`);
  return graph;
}

/** Repeats an attempt, with growing pauses, while its error says that waiting may help; health tells the reason. */
async function untilThere<T extends AsyncDisposable>(
  { readiness, signal }: ConnectOptions,
  connect: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const connected = await orAborted(connect(), signal);
      readiness.up();
      return connected;
    } catch (error) {
      signal.throwIfAborted();
      const mayHeal = (error instanceof BrokerError || error instanceof GraphSyncError) && error.retryable;
      if (!mayHeal) throw error;
      readiness.down(reasonOf(error));
    }
    await pause(backOffMs(attempt, outageBackOff), undefined, { signal });
  }
}
