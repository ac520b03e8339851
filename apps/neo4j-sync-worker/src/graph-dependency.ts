import {
  connectNeo4j,
  createGraphWriter,
  type GraphConnection,
  GraphSyncError,
  GraphTransientError,
  InvalidGraphOptionsError,
  SequencePassedError,
} from '@hartonomous/graph-sync';
import type { Dependency } from '@hartonomous/queue-worker';
import { probeGraph } from './apply-changes.ts';
import type { Settings } from './options.ts';

/** Longest time to connect to Neo4j, in milliseconds; no longer than a statement may take. */
const longestConnectMs = 10_000;

/** Neo4j, as the worker depends on it. */
export const graphDependency: Dependency<Settings, GraphConnection> = {
  async connect({ settings: { Neo4j, Worker }, logger, maxConnections, signal }) {
    const { Uri, Username, Password, Database } = Neo4j;
    const graph = await connectNeo4j(
      {
        uri: Uri,
        username: Username,
        password: Password.reveal(),
        database: Database,
        maxConnections,
        connectionTimeoutMs: Math.min(longestConnectMs, Worker.StatementTimeoutMs),
      },
      signal,
    );
    const { version, edition } = graph;
    logger.info({ version, edition, database: Database }, `Connected to Neo4j at ${Uri}`);
    return graph;
  },

  probe: (graph, { settings, signal }) =>
    probeGraph(createGraphWriter(graph, { transactionTimeoutMs: settings.Worker.StatementTimeoutMs }), signal),

  // What Neo4j refuses for good (a changed password, an unknown database) is an outage too: the messages are not at fault, and
  // are taken up once it has been put right.
  classify(error) {
    if (!(error instanceof GraphSyncError)) return undefined;
    if (error instanceof InvalidGraphOptionsError) return 'fatal';
    const isTransient = error instanceof GraphTransientError || error instanceof SequencePassedError;
    return isTransient ? 'transient' : 'outage';
  },
};
