import type { RunnerSignals } from './job-runner.ts';

/**
 * Runs parts of a worker side by side. When one of them ends or fails, the others are told to finish what they have in hand.
 *
 * @throws what the first of those that failed threw, once all have ended
 */
export async function runTogether(
  parts: readonly ((signals: RunnerSignals) => Promise<void>)[],
  { drain, force }: RunnerSignals,
): Promise<void> {
  const over = new AbortController();
  const signals = { drain: AbortSignal.any([drain, over.signal]), force };
  const outcomes = await Promise.allSettled(parts.map((part) => part(signals).finally(() => over.abort())));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
