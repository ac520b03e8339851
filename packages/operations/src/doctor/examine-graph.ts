import { type GraphConnectionOptions, verifyGraphSchema } from '@hartonomous/graph-sync';
import { graphSchema } from '@hartonomous/provenance-schema';
import { openGraph } from '../servers/graph.ts';
import { graphChecks } from '../verify/graph-checks.ts';
import { type Finding, fine, problem } from './finding.ts';

/**
 * Whether the graph can be written to: server, credentials, schema.
 *
 * @throws GraphSyncError when the server can't be reached or refuses the login
 */
export async function* examineGraph(options: GraphConnectionOptions, signal: AbortSignal): AsyncGenerator<Finding> {
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
}
