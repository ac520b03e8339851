import { type GraphConnection, GraphSyncError, missingConstraints } from '@hartonomous/graph-sync';
import { graphSchema } from '@hartonomous/provenance-schema';
import type { Warning } from '@hartonomous/worker-host';

/**
 * Warns while the graph lacks constraints, as one does that was lost and made anew: writing goes on, but nothing keeps two workers from
 * writing a node twice, and each node is searched for without an index.
 *
 * @throws GraphSyncError when Neo4j is away
 */
export async function checkGraphSchema(
  graph: GraphConnection,
  warning: Pick<Warning, 'raise' | 'clear'>,
): Promise<void> {
  try {
    const missing = await missingConstraints(graph, graphSchema);
    if (missing.length === 0) warning.clear();
    else {
      warning.raise(
        `The graph lacks ${missing.length} of its constraints (${missing.join(', ')}), so a node may be written twice. Run hartonomous ` +
          'graph deploy, and after a graph was lost hartonomous reconcile --repair',
      );
    }
  } catch (error) {
    if (!(error instanceof GraphSyncError) || error.retryable) throw error;
    warning.raise(`The constraints of the graph can't be seen (${error.message}): check with hartonomous graph verify`);
  }
}
