import { BrokerError, type SqlSession } from '@hartonomous/broker-client';
import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import {
  type GraphConnection,
  type GraphConnectionOptions,
  probeGraphAccess,
  readGreatestSequence,
  verifyGraphSchema,
} from '@hartonomous/graph-sync';
import { type FencingState, fencingSequence, graphSchema } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { compareSequenceOf } from '../sequence/compare-sequence.ts';
import { openGraph } from '../servers/graph.ts';
import { openSqlServer } from '../servers/sql-server.ts';
import { graphChecks } from '../verify/graph-checks.ts';
import { clockFinding } from './clock-finding.ts';
import { type Finding, fine, problem, unseen, warning } from './finding.ts';

/** Label of a node that is made and rolled back: one that every graph has, since a label of its own would stay known. */
const probeLabel = 'Tenant';

/**
 * Whether the graph can be written to: server, credentials, rights, schema, whether it takes what the database sends for new, and
 * whether it is the one that the worker writes to.
 *
 * @param database whose sequence hands out the numbers of batches
 * @throws GraphSyncError when the server can't be reached or refuses the login
 */
export async function* examineGraph(
  options: GraphConnectionOptions,
  database: SqlConnectionSettings | undefined,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  await using connection = await openGraph(options, signal);
  const { version, edition } = connection;
  yield fine('graph.connection', `Neo4j ${version} (${edition}) answers and takes the credentials.`);
  const { user, clock, writeRefusal } = await probeGraphAccess(connection, probeLabel);
  yield writeRefusal === null
    ? fine('graph.rights', `${user} may write to the graph, as tried in a transaction that was rolled back.`)
    : problem(
        'graph.rights',
        `${user} may not write to the graph: ${writeRefusal}`,
        `On Neo4j Enterprise, as an administrator: GRANT ROLE publisher TO ${user}; On a cluster, give Neo4j:Uri the scheme neo4j://, which finds the member that writes.`,
      );
  yield clockFinding('clock.graph', 'Neo4j', clock);
  yield* schemaFindings(connection);
  yield unseen(
    'disk.graph',
    "the room on Neo4j's disk, which it doesn't tell. Look there: df -h, in the folder of its data.",
  );
  if (database === undefined) {
    yield unseen('graph.sequence', 'whether the sequence is behind the graph: the database is not checked.');
    return;
  }
  yield sequenceFinding(await compareSequenceOf(connection, database, signal));
  yield await sameGraphFinding(connection, database, signal);
}

async function* schemaFindings(connection: GraphConnection): AsyncGenerator<Finding> {
  const report = await verifyGraphSchema(connection, graphSchema);
  const checks = graphChecks(report);
  // The counts say the same again as the lines of single items.
  const items = checks.filter(({ id }) => id.startsWith('graph.item.') || id.startsWith('graph.migration.'));
  const wrong = items.filter(({ ok }) => !ok);
  if (wrong.length === 0) yield fine('graph.schema', `The graph schema is whole: ${checks.length} checks passed.`);
  for (const { id, message, action } of wrong) {
    // What is there in another shape needs a person; what is missing a deployment makes.
    const isMissing = / is (missing|not applied)$/.test(message);
    yield problem(id, `The graph: ${message}.`, action, isMissing ? { kind: 'deploy-graph' } : null);
  }
  for (const { version, appliedBy } of report.migrations.unknown) {
    yield warning(
      `graph.migration.unknown.${version}`,
      `The graph has had migration ${version} by ${appliedBy}, which this program does not know: the graph is newer.`,
      'Use that version of hartonomous and of the workers, or a newer one.',
    );
  }
}

function sequenceFinding(found: FencingState): Finding {
  const id = 'graph.sequence';
  if (found.state === 'behind') return problem(id, `SEQUENCE_BEHIND: ${found.reason}`, found.action);
  if (found.state === 'unseen') return warning(id, found.reason, found.action);
  return fine(id, `${fencingSequence} is not behind the graph (at ${found.current}, written up to ${found.greatest}).`);
}

const loggedRow = z.object({
  greatest: z
    .string()
    .nullable()
    .transform((text) => (text === null ? null : BigInt(text))),
});

/** Log rows that are looked at: those of the last batches are enough, and the log may have millions. */
const lastRows = 1_000;

/** Whether what the worker logged as written is in this graph; it is when it writes to the graph that is looked at. */
async function sameGraphFinding(
  connection: GraphConnection,
  database: SqlConnectionSettings,
  signal: AbortSignal,
): Promise<Finding> {
  const id = 'graph.same';
  let logged: bigint | null;
  try {
    // In this order: a worker writes to the graph first, and then to the log.
    await using client = await openSqlServer(database, { signal });
    logged = await greatestLogged(client, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BrokerError)) throw error;
    return unseen(id, `whether the worker writes to this graph (${error.message.replace(/\.$/, '')}).`);
  }
  const written = await readGreatestSequence(connection);
  if (logged === null)
    return unseen(
      id,
      'whether the worker writes to this graph: it has logged nothing yet.',
      'Run: hartonomous doctor --canary, and then doctor again.',
    );
  if (written === null || written >= logged) {
    return fine(id, `The worker writes to this graph: what it logged last (number ${logged}) is in it.`);
  }
  return problem(
    id,
    `The worker has written with numbers up to ${logged}, and this graph knows ${written}: the worker writes to another graph, or this one was restored from a backup.`,
    "Compare the worker's Neo4j:Uri and Neo4j:Database (hartonomous config show --config ITS_FOLDER) with those above. If the graph was restored: hartonomous reconcile --repair",
  );
}

async function greatestLogged(session: SqlSession, signal: AbortSignal): Promise<bigint | null> {
  const [row] = await session.query(
    `SELECT CONVERT(NVARCHAR(20), MAX(r.[SyncSequence])) AS [greatest]
     FROM (
       SELECT TOP (${lastRows}) l.[SyncSequence]
       FROM [dbo].[Neo4jSyncLog] AS l
       WHERE l.[Outcome] IN (N'SYNCED', N'DELETED')
       ORDER BY l.[Neo4jSyncLogId] DESC
     ) AS r;`,
    {},
    loggedRow,
    { signal, context: { operation: 'looking what the worker wrote last' } },
  );
  return row?.greatest ?? null;
}
