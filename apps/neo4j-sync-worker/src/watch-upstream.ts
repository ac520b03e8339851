import { type BrokerClient, QueueWatch, type UpstreamProblem, upstreamProblems } from '@hartonomous/broker-client';
import { reasonOf, type Warning, type WorkerContext } from '@hartonomous/worker-host';

/** What {@link watchUpstream} needs. */
export interface WatchUpstreamOptions {
  readonly client: BrokerClient;
  readonly queue: string;
  readonly context: Pick<WorkerContext, 'logger' | 'addWarning'>;
  readonly intervalMs: number;
}

/**
 * Milliseconds that a message may wait in the transmission queue before a person should know. Within one instance messages
 * go straight to their queue; shorter, and a queue that is switched off for a moment of maintenance raises a warning.
 */
const maxTransmissionAgeMs = 60_000;

const kinds: readonly UpstreamProblem['kind'][] = [
  'broker-disabled',
  'queue-disabled',
  'transmission-backlog',
  'activation-competes',
];

/**
 * A watch that shows in health, and logs once per change, what keeps messages from coming: a worker that finds its queue
 * empty looks well while everything upstream is switched off.
 */
export function watchUpstream({ client, queue, context, intervalMs }: WatchUpstreamOptions): QueueWatch {
  const warnings = new Map<UpstreamProblem['kind'], Warning>(kinds.map((kind) => [kind, context.addWarning(kind)]));
  const unseen = context.addWarning('queue-watch');
  const failed = new Map<string, string>();
  return new QueueWatch({
    client,
    queue,
    intervalMs,
    onFailed: (part, error) => failed.set(part, reasonOf(error)),
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
      else unseen.raise(`Parts of ${queue} could not be looked at, so metrics lack them. ${reasons.join(' ')}`);
    },
  });
}
