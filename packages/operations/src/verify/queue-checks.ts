import {
  type BrokerClient,
  BrokerError,
  BrokerUnavailableError,
  PermissionDeniedError,
  QueueNotFoundError,
} from '@hartonomous/broker-client';
import { type QueueDefinition, queues } from '@hartonomous/provenance-schema';
import { isPartOfQueue, type ObservedQueue, observeQueue } from '../queues/observe-queue.ts';
import { databaseFacts, type Fact, factId, queueFacts } from '../queues/queue-facts.ts';
import { type Check, failed, passed } from './check.ts';

/** What {@link checkQueues} found. */
export interface QueueChecks {
  readonly ofDatabase: readonly Check[];
  readonly ofQueues: readonly Check[];
  /** How many messages wait in a queue: nothing that can be right or wrong. */
  readonly figures: readonly { readonly queue: string; readonly messages: number }[];
}

/**
 * Whether the broker and each queue are on, who reads the queues, and whether messages are stuck. What could not be checked is
 * a failed check.
 *
 * @throws BrokerUnavailableError when the server is away; the signal's reason
 */
export async function checkQueues(client: BrokerClient, signal: AbortSignal): Promise<QueueChecks> {
  const ofDatabase: Check[] = [];
  const ofQueues: Check[] = [];
  const figures: { queue: string; messages: number }[] = [];
  for (const [index, definition] of queues.entries()) {
    const observed = await observeQueue(client, definition, signal);
    // The first check reports on the database; the others would repeat it.
    if (index === 0) ofDatabase.push(...databaseFacts(observed).map(ofFact));
    ofQueues.push(...queueFacts(definition, observed).map(ofFact));
    for (const { isAboutQueue, check } of unseenChecks(definition, observed)) {
      if (isAboutQueue) ofQueues.push(check);
      else if (index === 0) ofDatabase.push(check);
    }
    const { waiting } = observed.observation;
    if (waiting !== undefined) figures.push({ queue: definition.queue, messages: waiting.messages });
  }
  return { ofDatabase, ofQueues, figures };
}

function ofFact({ id, message, action }: Fact): Check {
  return action === null ? passed(id, message) : failed(id, message, action);
}

function notSeenAction(error: BrokerError): string {
  if (error instanceof PermissionDeniedError) return 'Ask as an administrator.';
  return 'Run: hartonomous database deploy where something is missing; else see the error.';
}

function* unseenChecks({ queue }: QueueDefinition, { unseen }: ObservedQueue) {
  for (const [part, error] of unseen) {
    // A queue that isn't there is a fact already.
    if (error instanceof QueueNotFoundError) continue;
    if (!(error instanceof BrokerError) || error instanceof BrokerUnavailableError) throw error;
    const message = `This could not be checked: ${error.message}`;
    yield {
      isAboutQueue: isPartOfQueue(part),
      check: failed(factId(part, queue), message, notSeenAction(error)),
    };
  }
}
