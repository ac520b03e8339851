import { allWaiting, type BrokerClient, DeadLetterTable, type ObservationPart } from '@hartonomous/broker-client';
import { isWorkerQueue, type QueueDefinition, queues } from '@hartonomous/provenance-schema';
import { observeQueue } from './observe-queue.ts';
import { databaseFacts, queueFacts } from './queue-facts.ts';
import { pauseFacts, type QueuePause, type QueueWorkerInstance, queuePauses, queueWorkers } from './queue-pauses.ts';

/** How a queue is, with what waits before and behind it. Null: it could not be seen. */
export interface QueueState {
  readonly name: string;
  readonly queue: string;
  readonly description: string;
  /** The program or procedure that takes its messages. */
  readonly reader: string;
  readonly isOn: boolean | null;
  readonly messages: number | null;
  /** Milliseconds, of what waits in the queue and for another try; also null where nothing does. */
  readonly oldestAgeMs: number | null;
  /** Messages of failed batches that wait for another try. Null also for queues of procedures, which have none. */
  readonly retries: number | null;
  /** Dead letters that nobody has replayed. Null also for queues of procedures. */
  readonly pendingDeadLetters: number | null;
  /** Messages for its service that wait in the transmission queue. */
  readonly undelivered: number | null;
  /** Pauses that somebody has asked for. Null also for queues of procedures, which can't be paused. */
  readonly pauses: readonly QueuePause[] | null;
  /** Processes that read it and were seen within a minute. Null also for queues of procedures. */
  readonly workers: readonly QueueWorkerInstance[] | null;
  /** What keeps messages from coming, or from being received. */
  readonly problems: readonly { readonly message: string; readonly action: string }[];
  /** What could not be seen, with the reason. */
  readonly unseen: readonly { readonly part: UnseenPart; readonly reason: string }[];
}

/** What could not be checked. */
type UnseenPart = ObservationPart | 'deadLetters' | 'pauses' | 'workers';

/** Looks at each queue, one after the other. What this login may not see is said, not guessed. */
export async function* queueStates(client: BrokerClient, signal: AbortSignal): AsyncGenerator<QueueState> {
  for (const definition of queues) yield await queueState(client, definition, signal);
}

async function queueState(client: BrokerClient, definition: QueueDefinition, signal: AbortSignal): Promise<QueueState> {
  const { name, queue, description, reader, service } = definition;
  const observed = await observeQueue(client, definition, signal);
  const { observation, unseen } = observed;
  const facts = [...databaseFacts(observed), ...queueFacts(definition, observed)];
  const { status, waiting, retries, stuck } = observation;
  const missing: { part: UnseenPart; reason: string }[] = Array.from(unseen, ([part, error]) => ({
    part,
    reason: reasonOf(error),
  }));
  const seen = async <T>(part: UnseenPart, read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read();
    } catch (error) {
      signal.throwIfAborted();
      missing.push({ part, reason: reasonOf(error) });
      return null;
    }
  };
  const ofWorkers = isWorkerQueue(definition) ? definition : undefined;
  const pendingDeadLetters =
    ofWorkers &&
    (await seen('deadLetters', () =>
      new DeadLetterTable(client, ofWorkers.deadLetters).count({ state: 'PENDING' }, { signal }),
    ));
  const pauses = ofWorkers && (await seen('pauses', () => queuePauses(client, ofWorkers, signal)));
  const workers = ofWorkers && (await seen('workers', () => queueWorkers(client, ofWorkers, signal)));
  const paused = ofWorkers && pauses ? pauseFacts(ofWorkers, pauses) : [];
  return {
    name,
    queue,
    description,
    reader: reader.kind === 'worker' ? reader.program : reader.procedure,
    isOn: status === undefined ? null : status.isReceiveEnabled && status.isEnqueueEnabled,
    messages: waiting?.messages ?? null,
    oldestAgeMs: allWaiting(observation, isWorkerQueue(definition))?.oldestAgeMs ?? null,
    retries: retries?.messages ?? null,
    pendingDeadLetters: pendingDeadLetters ?? null,
    undelivered:
      stuck?.filter(({ toService }) => toService === service).reduce((sum, { messages }) => sum + messages, 0) ?? null,
    pauses: pauses ?? null,
    workers: workers ?? null,
    problems: [...facts, ...paused].flatMap(({ message, action }) => (action === null ? [] : [{ message, action }])),
    unseen: missing,
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
