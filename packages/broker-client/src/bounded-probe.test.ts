import { expect, test } from 'vitest';
import { boundedProbe } from './bounded-probe.ts';
import { IdleProbes } from './idle-probes.ts';
import { OutageCircuit } from './outage-circuit.ts';

const hang = () => Promise.withResolvers<never>().promise;

test('a probe that never ends is one that failed: the circuit goes on, and says so', async () => {
  const stop = new AbortController();
  const reasons: unknown[] = [];
  let probes = 0;
  // As a query on a driver that was closed under it: it hears of nothing, not even of the signal.
  const hangsOnce = () => {
    probes += 1;
    return probes === 1 ? hang() : Promise.resolve();
  };
  const circuit = new OutageCircuit<'graph'>({
    probes: { graph: boundedProbe('graph', hangsOnce, 20) },
    signal: stop.signal,
    backOff: { baseMs: 2, maxMs: 4 },
    onAway: (_name, error) => reasons.push(error),
  });
  circuit.failed(undefined, 'graph', new Error('lost'));
  const trial = await circuit.enter(AbortSignal.timeout(5_000));
  expect(trial.isTrial).toBe(true);
  expect(reasons.slice(1)).toEqual([
    expect.objectContaining({ code: 'PROBE_TIMEOUT', dependency: 'graph', timeoutMs: 20, retryable: true }),
  ]);
});

test('a probe that never ends while the queue is empty interrupts for its own dependency', async () => {
  const stop = new AbortController();
  const away = Promise.withResolvers<readonly [string, unknown]>();
  const probes = { graph: boundedProbe('graph', hang, 20) };
  const circuit = new OutageCircuit<'graph'>({
    probes,
    signal: stop.signal,
    onAway: (name, error) => away.resolve([name, error]),
  });
  const classify = (error: unknown) => ({ kind: 'fatal', error }) as const;
  const running = new IdleProbes({ circuit, probes, classify, intervalMs: 1 }).run(stop.signal);
  expect(await away.promise).toEqual(['graph', expect.objectContaining({ code: 'PROBE_TIMEOUT' })]);
  stop.abort();
  await running;
});

test('an abort ends the wait for a probe that heeds no signal', async () => {
  const stop = new AbortController();
  const probing = boundedProbe('graph', hang, 60_000)(stop.signal);
  const reason = new Error('asked to stop');
  stop.abort(reason);
  await expect(probing).rejects.toBe(reason);
});

test('a probe that is late learns of it by its signal', async () => {
  const told = Promise.withResolvers<unknown>();
  const probing = boundedProbe(
    'graph',
    async (signal) => {
      signal.addEventListener('abort', () => told.resolve(signal.reason), { once: true });
      await hang();
    },
    20,
  )(new AbortController().signal);
  await expect(probing).rejects.toMatchObject({ code: 'PROBE_TIMEOUT' });
  expect(await told.promise).toMatchObject({ code: 'PROBE_TIMEOUT' });
});
