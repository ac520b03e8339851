import { type BrokerClient, connectBroker, hasOdbcDriver } from '@hartonomous/broker-client';
import { resolveMssqlOptions, type SqlConnectionSettings } from '@hartonomous/config-loader';
import { type DependencyReadiness, reasonOf, type WorkerContext } from '@hartonomous/worker-host';
import type { QueueWorker } from './definition.ts';
import type { QueueWorkerSettings } from './options.ts';
import { patiently } from './patience.ts';

/** Everything that a worker is connected to. */
export interface Connected extends AsyncDisposable {
  readonly client: BrokerClient;
  readonly connections: Readonly<Record<string, AsyncDisposable>>;
  /** By the names of the dependencies, and `sql-server`. */
  readonly readiness: Readonly<Record<string, DependencyReadiness>>;
}

/** Connections besides those of the readers: purges, probe, the watch of the queue, and presence. */
const ownConnections = 4;

/**
 * Connects to all servers at a time, so that health shows the state of each; waits as long as one is away. When one attempt is
 * given up, the others end too.
 *
 * @throws BrokerError, and what a dependency throws, for what waiting doesn't heal: a refused login, a missing queue
 * @throws IntegratedSecurityUnavailableError, AuthenticationUnavailableError for logins that can't be made here
 * @throws the reason of `context.drain` when it is aborted first
 */
export async function connectAll<Settings extends QueueWorkerSettings>(
  worker: QueueWorker<Settings>,
  settings: Settings,
  context: WorkerContext,
): Promise<Connected> {
  await using opened = new AsyncDisposableStack();
  const failed = new AbortController();
  const signal = AbortSignal.any([context.drain, failed.signal]);
  const readiness: Record<string, DependencyReadiness> = {};
  const connect = async <T extends AsyncDisposable>(name: string, attempt: () => Promise<T>): Promise<T> => {
    const state = context.addDependency(name);
    readiness[name] = state;
    try {
      const connection = await patiently(attempt, { signal, onAway: (error) => state.down(reasonOf(error)) });
      opened.use(connection);
      state.up();
      return connection;
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const maxConnections = settings.Worker.Readers + ownConnections;
  const { logger } = context;
  const connections: Record<string, AsyncDisposable> = {};
  const [client, ...others] = await Promise.allSettled([
    connect('sql-server', () => connectSqlServer(worker, settings, context)),
    ...Object.entries(worker.dependencies).map(async ([name, dependency]) => {
      connections[name] = await connect(name, () => dependency.connect({ settings, logger, maxConnections, signal }));
    }),
  ]);
  signal.throwIfAborted();
  for (const result of others) if (result.status === 'rejected') throw result.reason;
  if (client.status === 'rejected') throw client.reason;
  const owned = opened.move();
  return { client: client.value, connections, readiness, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Connects once, and asks for the queue: without it there is nothing to do. */
async function connectSqlServer<Settings extends QueueWorkerSettings>(
  { queue: { queue }, database, connectionsPerReader, connectionsBesides, procedures }: QueueWorker<Settings>,
  settings: Settings,
  { logger }: WorkerContext,
): Promise<BrokerClient> {
  const connection = database(settings);
  const { Readers, StatementTimeoutMs } = settings.Worker;
  const sql = await resolveMssqlOptions(connection, { hasOdbcDriver });
  const maxConnections = connectionsPerReader * Readers + connectionsBesides(settings) + ownConnections;
  for (const overruled of overruledKeywords(connection, maxConnections, StatementTimeoutMs)) logger.warn(overruled);
  const client = await connectBroker({
    sql: { ...sql },
    ...procedures,
    requestTimeoutMs: StatementTimeoutMs,
    maxConnections,
    // The next call on the connection reports it; this line has the time.
    onConnectionError: (error) => logger.debug({ reason: reasonOf(error) }, 'An idle connection to SQL Server broke'),
  });
  try {
    await client.queueStatus(queue);
  } catch (error) {
    await client.close();
    throw error;
  }
  logger.info({ database: connection.database }, `Connected to SQL Server at ${sql.server}`);
  return client;
}

/** SqlClient's own, which a connection string need not say. */
const defaultCommandTimeoutSeconds = 30;

/** Sentences about what a connection string asks for and doesn't get, because the worker has settings of its own for it. */
function overruledKeywords(
  { maxPoolSize, commandTimeoutSeconds }: SqlConnectionSettings,
  maxConnections: number,
  statementTimeoutMs: number,
): readonly string[] {
  const sentences: string[] = [];
  if (maxPoolSize !== undefined && maxPoolSize < maxConnections) {
    sentences.push(
      `Max Pool Size=${maxPoolSize} of the connection string has no effect: Worker:Readers asks for up to ${maxConnections} connections`,
    );
  }
  if (commandTimeoutSeconds !== defaultCommandTimeoutSeconds && commandTimeoutSeconds * 1_000 !== statementTimeoutMs) {
    sentences.push(
      `Command Timeout=${commandTimeoutSeconds} of the connection string has no effect: Worker:StatementTimeoutMs is ${statementTimeoutMs}`,
    );
  }
  return sentences;
}
