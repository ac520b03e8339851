import { QueueWatch, type QueueWatchOptions, type UpstreamProblem, upstreamProblems } from './queue-watch.ts';

/** Where a condition is shown to people, for example in health; worker-host's `Warning` is one. */
export interface ShownWarning {
  raise(text: string): void;
  clear(): void;
}

/** Options of {@link watchUpstream}. */
export interface WatchUpstreamOptions extends Omit<QueueWatchOptions, 'onObserved' | 'onFailed'> {
  /** Called once for each condition that may come to be, when the watch is created. */
  readonly addWarning: (name: UpstreamProblem['kind'] | 'queue-watch') => ShownWarning;
}

/**
 * Milliseconds that a message may wait in the transmission queue before a person should know. Within one instance messages
 * go straight to their queue. Too short: a queue that is off for a moment of maintenance raises a warning.
 */
const maxTransmissionAgeMs = 60_000;

const kinds: readonly UpstreamProblem['kind'][] = [
  'broker-disabled',
  'queue-disabled',
  'transmission-backlog',
  'activation-competes',
];

/**
 * A {@link QueueWatch} that shows what keeps messages from coming: a worker that finds its queue empty looks well while
 * everything upstream is switched off. What could not be checked is a warning too (`queue-watch`).
 */
export function watchUpstream({ addWarning, ...options }: WatchUpstreamOptions): QueueWatch {
  const { queue } = options;
  const warnings = new Map(kinds.map((kind) => [kind, addWarning(kind)]));
  const unseen = addWarning('queue-watch');
  const failed = new Map<string, string>();
  return new QueueWatch({
    ...options,
    onFailed: (part, error) => failed.set(part, error instanceof Error ? error.message : String(error)),
    onObserved: (observation) => {
      const problems = new Map(
        upstreamProblems(observation, { queue, maxTransmissionAgeMs }).map(({ kind, text }) => [kind, text]),
      );
      for (const [kind, warning] of warnings) {
        const text = problems.get(kind);
        if (text === undefined) warning.clear();
        else warning.raise(text);
      }
      const reasons = Array.from(failed, ([part, reason]) => `${part}: ${reason}`);
      failed.clear();
      if (reasons.length === 0) unseen.clear();
      else unseen.raise(`Parts of ${queue} could not be checked, so metrics lack them. ${reasons.join(' ')}`);
    },
  });
}
