import {
  type BrokerClient,
  DeadLetterTable,
  endLeakedConversations,
  QueueNotFoundError,
} from '@hartonomous/broker-client';
import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import { isWorkerQueue, type QueueDefinition, queues, type WorkerQueue } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { readDatabaseSettings } from '../database/database-settings.ts';
import { requireSupportedServer } from '../database/engine-edition.ts';
import { settingFacts } from '../database/setting-facts.ts';
import { isPartOfQueue, type ObservedQueue, observeQueue } from '../queues/observe-queue.ts';
import { factId } from '../queues/queue-facts.ts';
import { pauseFacts, queuePauses } from '../queues/queue-pauses.ts';
import { openSqlServer } from '../servers/sql-server.ts';
import { databaseFindings } from './database-findings.ts';
import { type Finding, fine, ofFact, ofSetting } from './finding.ts';
import { ingestionFindings } from './ingestion-findings.ts';
import { largeQueueFindings } from './large-queues.ts';
import { lostJobFinding } from './lost-jobs.ts';
import { notSeen } from './not-seen.ts';
import { deadLetterFinding, leakFinding, permissionFinding, queueFindings } from './queue-findings.ts';

/** Leaked conversations that are counted at most, for each queue. */
const countedLeaks = 10_000;

/**
 * Why a worker gets no messages (runbook R9), by what SQL Server tells this login; changes nothing. What the login may
 * not see is said and keeps nothing else from being looked at.
 *
 * @throws BrokerError when the server can't be reached, or not any more
 */
export async function* examineDatabase(settings: SqlConnectionSettings, signal: AbortSignal): AsyncGenerator<Finding> {
  await using client = await openSqlServer(settings, { signal });
  await requireSupportedServer(client, signal);
  const [login] = await client.query('SELECT USER_NAME() AS [user];', {}, z.object({ user: z.string() }), { signal });
  const user = login?.user ?? '';
  yield fine('database.connection', `SQL Server answers; this login is the user ${user}.`);
  yield* parts('database.settings', async () =>
    settingFacts(await readDatabaseSettings(client, signal)).map(ofSetting),
  );
  for (const [index, definition] of queues.entries()) {
    yield* examineQueue(client, definition, user, index === 0, signal);
  }
  yield* parts('queue.size', () => largeQueueFindings(client, signal));
  yield* part('ingestion.lost-jobs', () => lostJobFinding(client, signal));
  yield* parts('ingestion.waiting-files', () => Array.fromAsync(ingestionFindings(client, signal)));
}

async function* examineQueue(
  client: BrokerClient,
  definition: QueueDefinition,
  user: string,
  isWithDatabase: boolean,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const { queue } = definition;
  const observed = await observeQueue(client, definition, signal);
  if (isWithDatabase) yield* databaseFindings(observed);
  yield* queueFindings(definition, observed);
  for (const [part, error] of observed.unseen) {
    const isSaid = error instanceof QueueNotFoundError || (!isWithDatabase && !isPartOfQueue(part));
    if (!isSaid) yield notSeen(factId(part, queue), error);
  }
  if (!isWorkerQueue(definition) || observed.unseen.get('status') instanceof QueueNotFoundError) return;
  yield* examineWorkerQueue(client, definition, user, observed, signal);
}

async function* examineWorkerQueue(
  client: BrokerClient,
  definition: WorkerQueue,
  user: string,
  observed: ObservedQueue,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const { queue, deadLetters } = definition;
  yield* part(`queue.receive.${queue}`, async () => {
    const [may] = await client.query(
      "SELECT HAS_PERMS_BY_NAME(@Queue, N'OBJECT', N'RECEIVE') AS [receive];",
      { Queue: queue },
      z.object({ receive: z.number().nullable() }),
      { signal, context: { operation: `looking whether ${user} may receive from ${queue}` } },
    );
    return permissionFinding(queue, user, may?.receive === 1);
  });
  yield* parts(`queue.paused.${queue}`, async () =>
    pauseFacts(definition, await queuePauses(client, definition, signal)).map(ofFact),
  );
  const { leaked: counts } = observed.observation;
  if (counts !== undefined) {
    const leaked = counts.find((each) => each.queue === queue)?.conversations ?? 0;
    yield leakFinding(queue, leaked, false);
  } else {
    yield* leaksFound(client, queue, signal);
  }
  yield* part(`queue.dead-letters.${queue}`, async () => {
    const letters = new DeadLetterTable(client, deadLetters);
    return deadLetterFinding(definition, await letters.count({ state: 'PENDING' }, { signal }));
  });
}

/** Without the procedure that counts them: for db_owner. */
function leaksFound(client: BrokerClient, queue: string, signal: AbortSignal): AsyncGenerator<Finding> {
  return part(`queue.leaked.${queue}`, async () => {
    const options = { queue, limit: countedLeaks, isDryRun: true, signal };
    const { found } = await endLeakedConversations(client, options);
    return leakFinding(queue, found.length, found.length === countedLeaks);
  });
}

function part(id: string, look: () => Promise<Finding>): AsyncGenerator<Finding> {
  return parts(id, async () => [await look()]);
}

async function* parts(id: string, look: () => Promise<readonly Finding[]>): AsyncGenerator<Finding> {
  try {
    yield* await look();
  } catch (error) {
    yield notSeen(id, error);
  }
}
