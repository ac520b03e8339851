import {
  type BrokerClient,
  type ObservationPart,
  type QueueObservation,
  QueueWatch,
  type UpstreamProblem,
  upstreamProblems,
} from '@hartonomous/broker-client';
import { isWorkerQueue, messageRetries, type QueueDefinition } from '@hartonomous/provenance-schema';

/** Milliseconds in the transmission queue; what is delivered at all leaves it sooner. */
const maxTransmissionAgeMs = 1_000;

/** Whether a part is about the queue itself, and not about its whole database. */
export function isPartOfQueue(part: ObservationPart): boolean {
  return part === 'status' || part === 'waiting' || part === 'retries';
}

/** A queue and what feeds it, looked at once. */
export interface ObservedQueue {
  /** What could be seen. */
  readonly observation: QueueObservation;
  /** What of it keeps messages from coming. */
  readonly problems: readonly UpstreamProblem[];
  /** What could not be seen, and why. */
  readonly unseen: ReadonlyMap<ObservationPart, unknown>;
}

/**
 * Looks at a queue, for the facts in queue-facts.ts; never rejects but for the signal's reason.
 */
export async function observeQueue(
  client: BrokerClient,
  definition: QueueDefinition,
  signal: AbortSignal,
): Promise<ObservedQueue> {
  const { queue } = definition;
  const unseen = new Map<ObservationPart, unknown>();
  const watch = new QueueWatch({
    client,
    queue,
    ...(isWorkerQueue(definition) ? { retries: messageRetries } : {}),
    onFailed: (part, error) => unseen.set(part, error),
  });
  const observation = await watch.look(signal);
  signal.throwIfAborted();
  return { observation, problems: upstreamProblems(observation, { queue, maxTransmissionAgeMs }), unseen };
}
