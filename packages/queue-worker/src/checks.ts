import { boundedProbe, type ReceiveFailure } from '@hartonomous/broker-client';
import { DependencyReadiness, reasonOf, type WorkerContext } from '@hartonomous/worker-host';
import type { Check } from './definition.ts';
import { patiently } from './patience.ts';

type Checks = Readonly<Record<string, Check>>;

/** A readiness for each check, pending until it has passed; each change is logged once. */
export function checkReadiness(
  checks: Checks,
  { logger, addReadiness }: Pick<WorkerContext, 'logger' | 'addReadiness'>,
): Readonly<Record<string, DependencyReadiness>> {
  const readiness: Record<string, DependencyReadiness> = {};
  for (const name of Object.keys(checks)) {
    const state = new DependencyReadiness(name, ({ state: now, reason }, previous) => {
      if (now === 'down') logger.warn({ check: name, reason }, `Nothing is received: ${name} failed: ${reason}`);
      else if (previous.state === 'down') logger.info({ check: name }, `${name} passed`);
    });
    addReadiness(state);
    readiness[name] = state;
  }
  return readiness;
}

/** What {@link awaitChecks} needs. */
export interface ChecksContext {
  /** Of checks and dependencies, by name. */
  readonly readiness: Readonly<Record<string, DependencyReadiness>>;
  readonly classify: (error: unknown) => ReceiveFailure<string>;
  /** Milliseconds after which an attempt that has neither succeeded nor failed is given up and made again. */
  readonly timeoutMs: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/**
 * Waits until every check has passed; until then the worker isn't ready.
 *
 * @throws what is neither a check's own failure nor a server's: a defect
 * @throws the reason of `signal` when it is aborted first
 */
export async function awaitChecks(
  checks: Checks,
  { readiness, classify, timeoutMs, signal }: ChecksContext,
): Promise<void> {
  for (const [name, check] of Object.entries(checks)) {
    const run = boundedProbe(name, (aborted) => check.run(aborted), timeoutMs);
    await patiently(
      async () => {
        await run(signal);
        return undefined;
      },
      {
        signal,
        mayHeal: (error) => classify(error).kind !== 'fatal',
        onAway: (error) => {
          const failure = classify(error);
          // A server that fails the check in passing is not away.
          const culprit = failure.kind === 'outage' ? failure.dependency : name;
          readiness[culprit]?.down(reasonOf(error));
        },
      },
    );
    readiness[name]?.up();
  }
  // A server that was away during a check has answered it since.
  for (const state of Object.values(readiness)) state.up();
}
