import { type GraphConnectionOptions, type SchemaReport, verifyGraphSchema } from '@hartonomous/graph-sync';
import { type GraphSchema, graphSchema } from '@hartonomous/provenance-schema';
import { openGraph } from '../servers/graph.ts';

/** Options of {@link planGraph}. */
export interface GraphPlanOptions {
  readonly connection: GraphConnectionOptions;
  /** @default the schema of @hartonomous/provenance-schema */
  readonly schema?: GraphSchema;
  readonly signal?: AbortSignal;
}

/** What a deployment would find and do. */
export interface GraphPlan {
  readonly uri: string;
  readonly database: string;
  readonly version: string;
  readonly edition: 'community' | 'enterprise';
  /**
   * Whether a deployment would do nothing (`none`), would complete the graph (`pending`), or would leave something as it
   * is that is not as it should be (`blocked`).
   */
  readonly outcome: 'none' | 'pending' | 'blocked';
  readonly report: SchemaReport;
}

/**
 * Compares the graph with the schema and changes nothing.
 *
 * @throws GraphSyncError (of graph-sync) when Neo4j can't be reached or refuses something
 */
export async function planGraph({ connection, schema = graphSchema, signal }: GraphPlanOptions): Promise<GraphPlan> {
  await using graph = await openGraph(connection, signal);
  const report = await verifyGraphSchema(graph, schema);
  const { uri, database, version, edition } = graph;
  const isBlocked = report.items.some(({ state }) => state === 'different') || report.migrations.changed.length > 0;
  const outcome = isBlocked ? 'blocked' : report.complete ? 'none' : 'pending';
  return { uri, database, version, edition, outcome, report };
}
