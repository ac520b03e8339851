import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished, test } from 'vitest';
import { IdleProbes } from './idle-probes.ts';
import { OutageCircuit } from './outage-circuit.ts';
import type { ReceiveFailure } from './receive-failure.ts';

/** Probes at the shortest interval of one dependency that fails as the test says. */
function probing(kind: ReceiveFailure<'graph'>['kind']) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const state = { isAway: true, probes: 0 };
  const reasons: unknown[] = [];
  const error = new Error('refused');
  const probes = {
    graph: async () => {
      state.probes += 1;
      if (state.isAway) throw error;
    },
  };
  const circuit = new OutageCircuit<'graph'>({
    probes,
    signal: stop.signal,
    backOff: { baseMs: 60_000, maxMs: 60_000 },
    onAway: (_name, reason) => reasons.push(reason),
  });
  const classify = (): ReceiveFailure<'graph'> =>
    kind === 'fatal' ? { kind, error } : { kind, dependency: 'graph', error };
  const idleProbes = new IdleProbes({ circuit, probes, classify, intervalMs: 1 });
  void idleProbes.run(stop.signal);
  return { circuit, state, reasons, error, idleProbes };
}

test.each(['outage', 'fatal'] as const)('a probe that fails as %s interrupts at once', async (kind) => {
  const { circuit, state, reasons, error } = probing(kind);
  await eventually(() => expect(circuit.state).toBe('interrupted'));
  expect(state.probes).toBe(1);
  expect(reasons).toEqual([error]);
});

test('a transient failure is not an outage; three in a row are one', async () => {
  const { circuit, state } = probing('transient');
  await eventually(() => expect(circuit.state).toBe('interrupted'));
  expect(state.probes).toBe(3);
});
