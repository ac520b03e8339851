import { ProbeTimeoutError } from './errors.ts';
import type { Probe } from './outage-circuit.ts';

/**
 * A probe that ends in any case. Readers wait for the probes of an outage, so one that neither resolves nor rejects would hold
 * them up forever, although every server is back.
 *
 * @param name of what is probed, for the error
 * @param timeoutMs milliseconds. Longer than the probe's own time-outs, whose errors say more; too long, and a hang lasts that long
 * @returns rejects with ProbeTimeoutError at that time, and with the reason of its signal as soon as that is aborted; in both cases
 * the signal that the probe has got is aborted, whether it heeds it or not
 */
export function boundedProbe(name: string, probe: Probe, timeoutMs: number): Probe {
  return async (signal) => {
    signal.throwIfAborted();
    const expired = new AbortController();
    const timer = setTimeout(() => expired.abort(new ProbeTimeoutError(name, timeoutMs)), timeoutMs);
    const either = AbortSignal.any([signal, expired.signal]);
    const ended = Promise.withResolvers<never>();
    const onAbort = () => ended.reject(either.reason);
    either.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([probe(either), ended.promise]);
    } finally {
      clearTimeout(timer);
      either.removeEventListener('abort', onAbort);
    }
  };
}

/** {@link boundedProbe} for each, by its name. */
export function boundedProbes<Name extends string>(
  probes: Readonly<Record<Name, Probe>>,
  timeoutMs: number,
): Readonly<Record<Name, Probe>> {
  const bounded = Object.entries<Probe>(probes).map(
    ([name, probe]) => [name, boundedProbe(name, probe, timeoutMs)] as const,
  );
  // Object.fromEntries is typed for any keys; these are those of `probes`.
  return Object.fromEntries(bounded) as Record<Name, Probe>;
}
