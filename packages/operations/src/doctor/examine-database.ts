import {
  type BrokerClient,
  DeadLetterTable,
  endLeakedConversations,
  QueueNotFoundError,
} from '@hartonomous/broker-client';
import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import {
  databaseProject,
  isWorkerQueue,
  type QueueDefinition,
  queues,
  type WorkerQueue,
} from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { readDatabaseSettings } from '../database/database-settings.ts';
import { requireSupportedServer } from '../database/engine-edition.ts';
import { readProject } from '../database/read-project.ts';
import { roleGrants } from '../database/role-grants.ts';
import { settingFacts } from '../database/setting-facts.ts';
import { isPartOfQueue, type ObservedQueue, observeQueue } from '../queues/observe-queue.ts';
import { factId } from '../queues/queue-facts.ts';
import { pauseFacts, queuePauses } from '../queues/queue-pauses.ts';
import { openSqlServer } from '../servers/sql-server.ts';
import { clockFinding } from './clock-finding.ts';
import { conversationFindings } from './conversation-findings.ts';
import { databaseFindings } from './database-findings.ts';
import { type Finding, fine, ofFact, ofSetting } from './finding.ts';
import { ingestionFindings } from './ingestion-findings.ts';
import { largeQueueFindings } from './large-queues.ts';
import { schemaLockFindings } from './lock-findings.ts';
import { logFinding } from './log-findings.ts';
import { lostJobFinding } from './lost-jobs.ts';
import { migrationFindings } from './migration-findings.ts';
import { notSeen } from './not-seen.ts';
import { objectFindings } from './object-findings.ts';
import { permissionFindings } from './permission-findings.ts';
import { deadLetterFinding, leakFinding, permissionFinding, queueFindings } from './queue-findings.ts';
import { scheduleFindings } from './schedule-findings.ts';
import { storageFindings } from './storage-findings.ts';

/** Leaked conversations that are counted at most, for each queue. */
const countedLeaks = 10_000;

/** What {@link examineDatabase} compares with. */
export interface DatabaseExpectations {
  /** Days that rows of the sync log are kept, as the worker's settings say; 0 keeps them forever. @default 30 */
  readonly logRetentionDays?: number;
  /** Bytes below which a disk of the server counts as nearly full. @default 1 GB */
  readonly leastFreeBytes?: number;
}

/**
 * Why a worker gets no messages (runbook R9), by what SQL Server shows this login; changes nothing. What the login may
 * not see is said and keeps nothing else from being looked at.
 *
 * @throws BrokerError when the server can't be reached, or not any more
 */
export async function* examineDatabase(
  settings: SqlConnectionSettings,
  signal: AbortSignal,
  { logRetentionDays = 30, leastFreeBytes = 1_000_000_000 }: DatabaseExpectations = {},
): AsyncGenerator<Finding> {
  await using client = await openSqlServer(settings, { signal });
  await requireSupportedServer(client, signal);
  const [login] = await client.query('SELECT USER_NAME() AS [user];', {}, z.object({ user: z.string() }), { signal });
  const user = login?.user ?? '';
  yield fine('database.connection', `SQL Server answers; this login is the user ${user}.`);
  yield* part('clock.sql', () => sqlClock(client, signal));
  // Before any look into a queue, which would wait behind such a lock as well.
  yield* parts('lock.schema', () => schemaLockFindings(client, signal));
  yield* parts('database.settings', async () =>
    settingFacts(await readDatabaseSettings(client, signal)).map(ofSetting),
  );
  for (const [index, definition] of queues.entries()) {
    yield* examineQueue(client, definition, user, index === 0, signal);
  }
  yield* parts('broker.leaks', () => conversationFindings(client, signal));
  yield* parts('queue.size', () => largeQueueFindings(client, signal));
  yield* part('ingestion.lost-jobs', () => lostJobFinding(client, signal));
  yield* parts('ingestion.waiting-files', () => Array.fromAsync(ingestionFindings(client, signal)));
  yield* part('log.retention', () => logFinding(client, logRetentionDays, signal));
  yield* parts('schedule', () => scheduleFindings(client, signal));
  const project = await readProject(databaseProject);
  yield* parts('migration', () => migrationFindings(client, project, signal));
  yield* parts('object', async () => {
    // Rules are compared by means of temporary tables, which belong to a session.
    await using session = await openSqlServer(settings, { singleSession: true, signal });
    return await objectFindings(session, signal);
  });
  yield* parts('permission', () => permissionFindings(client, roleGrants(project), signal));
  yield* storageFindings(client, leastFreeBytes, signal);
}

async function sqlClock(client: BrokerClient, signal: AbortSignal): Promise<Finding> {
  const before = Date.now();
  const [row] = await client.query(
    "SELECT DATEDIFF_BIG(MILLISECOND, '1970-01-01', SYSUTCDATETIME()) AS [there];",
    {},
    z.object({ there: z.coerce.number() }),
    { signal, context: { operation: 'looking at the clock of SQL Server' } },
  );
  const after = Date.now();
  return clockFinding('clock.sql', 'SQL Server', { before, there: row?.there ?? before, after });
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
      { signal, context: { operation: `checking whether ${user} may receive from ${queue}` } },
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
