import { type BrokerClient, BrokerError } from '@hartonomous/broker-client';
import {
  createGraphNavigator,
  createLineageReader,
  type GraphConnection,
  GraphSyncError,
} from '@hartonomous/graph-sync';
import { openGraph, openSqlServer, tenantsWithApiKeys } from '@hartonomous/operations';
import { type Purge, patiently, procedurePurge, runPurges } from '@hartonomous/queue-worker';
import { type DependencyReadiness, type RunningWorker, reasonOf, type WorkerContext } from '@hartonomous/worker-host';
import { createApi } from './api.ts';
import { startServer } from './http/server.ts';
import { Slots } from './http/slots.ts';
import { Turns } from './http/turns.ts';
import { ApiKeyIdentities, apiKeysOf } from './identity/api-key-identities.ts';
import { EntraIdentities } from './identity/entra-identities.ts';
import { Tenants } from './identity/tenants.ts';
import { JobFollowers } from './ingestion/job-followers.ts';
import { ResumableUploads } from './ingestion/resumable-uploads.ts';
import { uploadFolder } from './ingestion/upload-folder.ts';
import { UploadGate } from './ingestion/upload-gate.ts';
import { UploadRoom } from './ingestion/upload-room.ts';
import { QueueView } from './operations/queue-view.ts';
import { ReconcileRuns } from './operations/reconcile-runs.ts';
import type { Settings } from './options.ts';
import { probe } from './probe.ts';

/** Days that comparisons with the graph are kept: people look at the last ones, and the audit keeps what each came to. */
const reconcileRunDays = 30;

/**
 * Connects to both servers, waiting as long as one is away, and then listens.
 *
 * @throws what waiting doesn't heal: BrokerError, GraphSyncError, UploadFolderError, ListenError
 */
export async function startApi(settings: Settings, context: WorkerContext): Promise<RunningWorker> {
  const { logger, drain } = context;
  const { Api } = settings;
  await using stack = new AsyncDisposableStack();
  const readiness = { sql: context.addDependency('sql-server'), graph: context.addDependency('neo4j') };
  const [client, graph] = await Promise.all([
    connect(readiness.sql, () => connectSql(settings, context), stack, drain),
    connect(readiness.graph, () => connectGraph(settings, drain), stack, drain),
  ]);
  const identities = new ApiKeyIdentities(apiKeysOf(client), Api.KeyCacheSeconds * 1_000);
  const { DirectoryId, ...entra } = settings.Entra;
  const directory = DirectoryId === undefined ? undefined : new EntraIdentities({ ...entra, DirectoryId });
  const reader = { timeoutMs: Api.QueryTimeoutMs };
  const tenants = new Tenants(
    (most) => tenantsWithApiKeys(client, most, {}),
    directory === undefined ? [] : entra.Assignments.map(({ TenantId }) => TenantId),
  );
  const uploads = new UploadGate(client, tenants, Api);
  const folder = await uploadFolder(Api.UploadFolder);
  const resumable = new ResumableUploads({
    ...{
      client,
      gate: uploads,
      room: new UploadRoom({ folder, tenants }),
      folder,
      maxBytes: Api.MaxUploadBytes,
      keptMs: Api.UploadHours * 3_600_000,
    },
  });
  const reconciliations = stack.use(
    new ReconcileRuns({
      ...{ client, logger },
      target: { database: settings.ConnectionStrings.HartonomousDb, graph: graphOptions(settings) },
    }),
  );
  const api = createApi({
    services: {
      ...{ settings, logger, client, graph },
      lineage: createLineageReader(graph, reader),
      navigator: createGraphNavigator(graph, reader),
      ...{ uploads, resumable },
      turns: new Turns({ most: Api.MaxConnections, longestWaitMs: Api.QueryTimeoutMs, tenants }),
      streams: new Slots(Api.MaxStreams, 'streams', tenants),
      jobs: new JobFollowers(client),
      queues: new QueueView(client),
      reconciliations,
      drain,
    },
    logger,
    // Tokens of Entra have three parts, keys one.
    identify: (token, signal) =>
      (token.includes('.') ? directory?.find(token) : undefined) ?? identities.find(token, signal),
    onFailed: (error) => {
      if (error instanceof BrokerError && error.retryable) readiness.sql.down(error.code);
      if (error instanceof GraphSyncError && error.retryable) readiness.graph.down(error.code);
    },
  });
  const server = stack.use(await startServer(api.fetch, { host: Api.Host, port: Api.Port, logger }));
  const purges = [
    procedurePurge(client, {
      what: 'rows of dbo.ApiRequest',
      procedure: 'dbo.sp_PurgeApiRequests',
      parameters: { RetentionHours: 24 },
    }),
    procedurePurge(client, {
      what: 'rows of dbo.ApiAudit',
      procedure: 'dbo.sp_PurgeApiAudit',
      parameters: { RetentionDays: Api.AuditRetentionDays },
    }),
  ];
  const runPurge = procedurePurge(client, {
    what: 'comparisons with the graph',
    procedure: 'dbo.sp_PurgeReconcileRuns',
    parameters: { RetentionDays: reconcileRunDays },
  });
  const uploadPurge: Purge = { what: 'resumable uploads', run: () => resumable.purge() };
  const owned = stack.move();
  return {
    async run() {
      const besides = [
        probe({ client, graph, readiness, intervalMs: Api.ProbeIntervalMs, signal: drain }),
        runPurges([...purges, runPurge, uploadPurge], {
          logger,
          intervalMs: Api.PurgeIntervalMinutes * 60_000,
          signal: drain,
        }),
      ];
      await Promise.all(besides);
      await server.drain(context.force);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function connect<T extends AsyncDisposable>(
  state: DependencyReadiness,
  attempt: () => Promise<T>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<T> {
  const connection = stack.use(await patiently(attempt, { signal, onAway: (error) => state.down(reasonOf(error)) }));
  state.up();
  return connection;
}

async function connectSql(
  { ConnectionStrings, Api }: Settings,
  { logger, drain }: WorkerContext,
): Promise<BrokerClient> {
  const settings = ConnectionStrings.HartonomousDb;
  const client = await openSqlServer(settings, {
    requestTimeoutMs: Api.QueryTimeoutMs,
    maxConnections: Api.MaxConnections,
    program: 'api',
    signal: drain,
  });
  logger.info({ database: settings.database }, 'Connected to SQL Server');
  return client;
}

function connectGraph(settings: Settings, signal: AbortSignal): Promise<GraphConnection> {
  return openGraph({ ...graphOptions(settings), maxConnections: settings.Api.MaxConnections }, signal);
}

function graphOptions({ Neo4j: { Uri: uri, Username: username, Password, Database: database } }: Settings) {
  return { uri, username, password: Password.reveal(), database };
}
