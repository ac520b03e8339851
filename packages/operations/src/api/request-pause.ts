import type { BrokerClient } from '@hartonomous/broker-client';
import type { WorkerQueue } from '@hartonomous/provenance-schema';
import { type PauseRequest, pauseQueue, type QueuePause, queuePauses, resumeQueue } from '../queues/queue-pauses.ts';
import { type ApiActor, logApiAudit } from './audit.ts';

/**
 * Pauses a queue as {@link pauseQueue} does; with a row of the audit.
 *
 * @throws BrokerError; nothing was changed then
 */
export async function requestPause(
  client: BrokerClient,
  actor: ApiActor,
  queue: WorkerQueue,
  request: PauseRequest,
  signal: AbortSignal,
): Promise<void> {
  await using transaction = await client.beginTransaction();
  await pauseQueue(transaction, queue, request, signal);
  const { scope, owner, reason, seconds = null } = request;
  const detail = { owner, reason, scope, seconds };
  await logApiAudit(transaction, actor, { action: 'queue.pause', target: queue.queue, detail });
  await transaction.commit();
}

/**
 * Takes pauses back as {@link resumeQueue} does; with a row of the audit.
 *
 * @param owner whose; undefined: everybody's
 * @returns the pauses that were taken back
 * @throws BrokerError; nothing was changed then
 */
export async function requestResume(
  client: BrokerClient,
  actor: ApiActor,
  queue: WorkerQueue,
  owner: string | undefined,
  signal: AbortSignal,
): Promise<readonly QueuePause[]> {
  await using transaction = await client.beginTransaction();
  const pauses = await queuePauses(transaction, queue, signal);
  const taken = pauses.filter((pause) => owner === undefined || pause.owner === owner);
  await resumeQueue(transaction, queue, owner, signal);
  const detail = { owner: owner ?? null, before: taken };
  await logApiAudit(transaction, actor, { action: 'queue.resume', target: queue.queue, detail });
  await transaction.commit();
  return taken;
}
