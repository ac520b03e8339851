import type { ReceiveLoopHooks } from '@hartonomous/broker-client';
import { ActivityReadiness, type DependencyReadiness, reasonOf, type WorkerContext } from '@hartonomous/worker-host';
import type { QueueWorkerSettings } from './options.ts';

/** What the receive loop reports, for health and the log: a readiness per reader, and those of the dependencies by name. */
export function readerHooks(
  { Readers, MaxReceiveAgeMs }: QueueWorkerSettings['Worker'],
  readiness: Readonly<Record<string, DependencyReadiness>>,
  { logger, addReadiness }: Pick<WorkerContext, 'logger' | 'addReadiness'>,
): ReceiveLoopHooks<string> {
  const activities = Array.from({ length: Readers }, (_, reader) => {
    const activity = new ActivityReadiness(`receive-${reader + 1}`, { maxAgeMs: MaxReceiveAgeMs });
    addReadiness(activity);
    return activity;
  });
  const reasons = new Map<string, string>();
  return {
    onReceived: ({ reader }) => activities[reader]?.completed(),
    onFailed: ({ dependency, attempt, error, isRetriedAtOnce }) => {
      if (!isRetriedAtOnce) return;
      const reason = reasonOf(error);
      logger.warn({ dependency, attempt, reason }, `A batch failed and will be tried again: ${reason}`);
    },
    onNotKept: ({ error }) =>
      logger.warn(
        { reason: reasonOf(error) },
        'A batch that failed could not be kept for another try and is rolled back',
      ),
    onRolledBack: ({ batch }) =>
      logger.warn({ messages: batch.messages.length }, 'A transaction that had received messages was rolled back'),
    onAway: (dependency, error) => {
      const reason = reasonOf(error);
      reasons.set(dependency, reason);
      readiness[dependency]?.down(reason);
    },
    onAnswered: (dependency) =>
      readiness[dependency]?.down(
        `${reasons.get(dependency)} It has answered a probe since; it counts as back when all do and a batch is done.`,
      ),
    onBack: (dependency) => readiness[dependency]?.up(),
  };
}
