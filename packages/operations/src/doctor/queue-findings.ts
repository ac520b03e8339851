import { allWaiting } from '@hartonomous/broker-client';
import { isWorkerQueue, type QueueDefinition, type WorkerQueue } from '@hartonomous/provenance-schema';
import { bracketed } from '../bracketed.ts';
import type { Fix } from '../fix.ts';
import type { ObservedQueue } from '../queues/observe-queue.ts';
import { queueFacts } from '../queues/queue-facts.ts';
import { type Finding, fine, ofFact, problem, warning } from './finding.ts';

/**
 * Milliseconds that a message may wait before its worker counts as standing still. Too short: a large import is called
 * an outage. Too long: an outage passes as healthy. The alert in docs/operating.md has the same limit.
 */
const longestWaitMs = 300_000;

/** Messages from which on a queue is deep although it is worked off; the alert in docs/operating.md has the same limit. */
const deepQueue = 1_000;

/**
 * Leaked conversations that aren't a problem yet: the look doesn't wait for readers, so it also sees those that they are
 * about to end.
 */
const toleratedLeaks = 100;

/** What an observation of a queue says about that queue. What could not be seen is left out. */
export function queueFindings(definition: QueueDefinition, observed: ObservedQueue): Finding[] {
  const findings = queueFacts(definition, observed).map(ofFact);
  const { observation } = observed;
  const waiting = allWaiting(observation, isWorkerQueue(definition));
  if (waiting !== undefined) {
    findings.push(waitingFinding(definition, waiting, observation.retries?.messages ?? 0));
  }
  return findings;
}

/** What the current user may do, as HAS_PERMS_BY_NAME says. */
export function permissionFinding(queue: string, user: string, mayReceive: boolean): Finding {
  const id = `queue.receive.${queue}`;
  if (mayReceive) return fine(id, `${user} may RECEIVE from ${queue}.`);
  return problem(
    id,
    `${user} may not RECEIVE from ${queue}, so a worker with this login gets nothing.`,
    `Put the worker's user into the role, as an administrator: ALTER ROLE [HartonomousWorker] ADD MEMBER ${bracketed(user)};`,
  );
}

/** @param isAtLimit whether there may be more of them */
export function leakFinding(queue: string, leaked: number, isAtLimit: boolean): Finding {
  const id = `queue.leaked.${queue}`;
  if (leaked === 0) return fine(id, `No conversation of ${queue} is leaked.`);
  const message = `Conversations of ${queue} that their sender has ended and nobody answered: ${isAtLimit ? 'at least ' : ''}${leaked}.`;
  const end = 'hartonomous doctor --end-leaked-conversations --dry-run';
  const fix: Fix = { kind: 'end-leaked-conversations', queue };
  if (leaked > toleratedLeaks) return problem(id, message, `They pile up until the database is slow. Run: ${end}`, fix);
  return warning(id, message, `A busy worker may be ending them now. If they stay, run: ${end}`, fix);
}

/** @param pending dead letters that nobody has replayed or discarded */
export function deadLetterFinding({ name, queue }: WorkerQueue, pending: number): Finding {
  const id = `queue.dead-letters.${queue}`;
  if (pending === 0) return fine(id, `No message of ${queue} waits in the dead letters.`);
  return warning(
    id,
    `Messages of ${queue} that could not be processed: ${pending}.`,
    `Run: hartonomous deadletter list --queue ${name} --state PENDING`,
  );
}

function waitingFinding(
  { queue, reader }: QueueDefinition,
  waiting: NonNullable<ReturnType<typeof allWaiting>>,
  retries: number,
): Finding {
  const { messages, oldestAgeMs } = waiting;
  const id = `queue.waiting.${queue}`;
  if (messages === 0 || oldestAgeMs === null) return fine(id, `No message waits in ${queue}.`);
  const message = `Messages in ${queue}: ${messages}, the oldest for ${spoken(oldestAgeMs)}${retries === 0 ? '' : `; ${retries} of them wait for another try`}.`;
  if (oldestAgeMs <= longestWaitMs) {
    if (messages < deepQueue) return fine(id, message);
    return warning(
      `queue.depth.${queue}`,
      message,
      'A large import looks like that. If it grows all day, see docs/scaling.md.',
    );
  }
  const action =
    reader.kind === 'worker'
      ? `See whether ${reader.program} runs; if it does, its /health/ready and its log say what it waits for.`
      : `SQL Server runs ${reader.procedure} for them; where it fails, SQL Server's error log says why.`;
  return problem(id, message, action);
}

function spoken(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
