import { connectNeo4j, type GraphConnection, type GraphConnectionOptions } from '@hartonomous/graph-sync';

/** Connections of one operation: a transaction holds one, what is looked up meanwhile takes another. */
const maxConnections = 2;

/**
 * Opens Neo4j; the only place here that does. Dispose the connection at the end.
 *
 * @throws GraphUnavailableError, GraphAuthError, GraphDatabaseNotFoundError, InvalidGraphOptionsError
 */
export async function openGraph(options: GraphConnectionOptions, signal?: AbortSignal): Promise<GraphConnection> {
  return await connectNeo4j({ maxConnections, ...options }, signal);
}
