import { setTimeout as pause } from 'node:timers/promises';
import { type BackOffOptions, backOffMs, outageBackOff } from '@hartonomous/back-off';

/** How something is waited for. */
export interface PatienceOptions {
  /** Ends the attempts. */
  readonly signal: AbortSignal;
  /** Called for every attempt that failed. */
  readonly onAway: (error: unknown) => void;
  /** Whether waiting may help; any other error is thrown at once. @default errors with `retryable: true` */
  readonly mayHeal?: (error: unknown) => boolean;
  /** Pauses between attempts. @default `outageBackOff` of broker-client */
  readonly backOff?: BackOffOptions;
}

/**
 * Tries something until it succeeds, with growing pauses.
 *
 * @throws what waiting can't heal
 * @throws the reason of `signal` when it is aborted first; what an attempt opens after that is closed
 */
export async function patiently<T extends AsyncDisposable | undefined>(
  attempt: () => Promise<T>,
  { signal, onAway, mayHeal = isRetryable, backOff = outageBackOff }: PatienceOptions,
): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    signal.throwIfAborted();
    try {
      return await orAborted(attempt(), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!mayHeal(error)) throw error;
      onAway(error);
    }
    await pause(backOffMs(attempts, backOff), undefined, { signal });
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}

/** Waits for what can't be aborted itself, but no longer than until `signal` is aborted; what arrives later is closed. */
async function orAborted<T extends AsyncDisposable | undefined>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted.promise, promise]);
  } catch (error) {
    // Nobody waits for the attempt any more, so neither for its failure.
    if (signal.aborted) promise.then((late) => late?.[Symbol.asyncDispose]()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
