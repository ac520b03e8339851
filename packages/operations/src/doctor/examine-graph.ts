import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import { type GraphConnectionOptions, verifyGraphSchema } from '@hartonomous/graph-sync';
import { FENCING_SEQUENCE, type FencingState, graphSchema } from '@hartonomous/provenance-schema';
import { compareSequenceOf } from '../sequence/compare-sequence.ts';
import { openGraph } from '../servers/graph.ts';
import { graphChecks } from '../verify/graph-checks.ts';
import { type Finding, fine, problem, warning } from './finding.ts';

/**
 * Whether the graph can be written to: server, credentials, schema, and whether it takes what the database sends for new.
 *
 * @param database whose sequence hands out the numbers of batches
 * @throws GraphSyncError when the server can't be reached or refuses the login
 */
export async function* examineGraph(
  options: GraphConnectionOptions,
  database: SqlConnectionSettings,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  await using connection = await openGraph(options, signal);
  const { version, edition } = connection;
  yield fine('graph.connection', `Neo4j ${version} (${edition}) answers and takes the credentials.`);
  const checks = graphChecks(await verifyGraphSchema(connection, graphSchema));
  const wrong = checks.filter(({ ok }) => !ok);
  const [first] = wrong;
  yield first === undefined
    ? fine('graph.schema', `The graph schema is whole: ${checks.length} checks passed.`)
    : problem(
        'graph.schema',
        `${wrong.length} of ${checks.length} checks of the graph schema failed, for example: ${first.message}.`,
        'Run: hartonomous graph verify, then: hartonomous graph deploy',
      );
  yield sequenceFinding(await compareSequenceOf(connection, database, signal));
}

function sequenceFinding(found: FencingState): Finding {
  const id = 'graph.sequence';
  if (found.state === 'behind') return problem(id, `SEQUENCE_BEHIND: ${found.reason}`, found.action);
  if (found.state === 'unseen') return warning(id, found.reason, found.action);
  return fine(
    id,
    `${FENCING_SEQUENCE} is not behind the graph (at ${found.current}, written up to ${found.greatest}).`,
  );
}
