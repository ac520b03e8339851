import { eventually } from '@hartonomous/test-support';
import { DependencyReadiness } from '@hartonomous/worker-host';
import { expect, onTestFinished, test } from 'vitest';
import { OutageCircuit } from './outage-circuit.ts';

/** A circuit whose servers the test switches off and on; what readiness reports is in `changes`. */
function circuitWith() {
  const changes: string[] = [];
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const away = new Set<string>();
  let probes = 0;
  const dependency = (name: string) => {
    const readiness = new DependencyReadiness(name, ({ state }) => changes.push(`${name} ${state}`));
    readiness.up();
    return {
      readiness,
      probe: async () => {
        probes += 1;
        if (away.has(name)) throw new Error(`${name} refuses`);
      },
    };
  };
  const dependencies = { 'sql-server': dependency('sql-server'), neo4j: dependency('neo4j') };
  changes.length = 0;
  const circuit = new OutageCircuit({ dependencies, signal: stop.signal, backOff: { baseMs: 2, maxMs: 4 } });
  return { circuit, changes, away, dependencies, signal: stop.signal, probes: () => probes };
}

const lost = new Error('connection lost');

test('while all is well everybody passes, and nothing is probed', async () => {
  const { circuit, signal, probes } = circuitWith();
  const passage = await circuit.enter(signal);
  expect(passage.isTrial).toBe(false);
  circuit.succeeded(passage);
  expect(probes()).toBe(0);
});

test('after a failure nobody passes until the server answers; then one tries, and the others follow its success', async () => {
  const { circuit, signal, away, changes, probes } = circuitWith();
  const passage = await circuit.enter(signal);
  away.add('neo4j');
  circuit.failed(passage, 'neo4j', lost);
  expect(passage.interrupted.aborted).toBe(true);
  const entering = [circuit.enter(signal), circuit.enter(signal), circuit.enter(signal)];
  await eventually(() => expect(probes()).toBeGreaterThan(2));
  expect(circuit.state).toBe('interrupted');
  away.clear();
  const trial = await Promise.race(entering);
  expect(trial.isTrial).toBe(true);
  expect(circuit.state).toBe('trial');
  expect(changes).toEqual(['neo4j down']);
  circuit.succeeded(trial);
  const all = await Promise.all(entering);
  expect(all.filter(({ isTrial }) => isTrial)).toHaveLength(1);
  expect(changes).toEqual(['neo4j down', 'neo4j up']);
});

test('a trial that fails interrupts again without a flap in readiness', async () => {
  const { circuit, signal, changes } = circuitWith();
  circuit.failed(await circuit.enter(signal), 'sql-server', lost);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const trial = await circuit.enter(signal);
    expect(trial.isTrial).toBe(true);
    circuit.failed(trial, 'sql-server', lost);
  }
  circuit.succeeded(await circuit.enter(signal));
  expect(changes).toEqual(['sql-server down', 'sql-server up']);
});

test('what batches report that were under way when the server went changes the reason only', async () => {
  const { circuit, signal, away, changes, dependencies } = circuitWith();
  const passages = await Promise.all([circuit.enter(signal), circuit.enter(signal), circuit.enter(signal)]);
  away.add('neo4j');
  for (const passage of passages) circuit.failed(passage, 'neo4j', lost);
  circuit.succeeded(passages[0]!);
  expect(circuit.state).toBe('interrupted');
  expect(changes).toEqual(['neo4j down']);
  await eventually(() => expect(dependencies.neo4j.readiness.status().reason).toBe('neo4j refuses'));
});

test('waiting ends with the signal', async () => {
  const { circuit, signal, away } = circuitWith();
  const passage = await circuit.enter(signal);
  away.add('neo4j');
  circuit.failed(passage, 'neo4j', lost);
  const leave = new AbortController();
  const entering = circuit.enter(leave.signal);
  leave.abort(new Error('asked to stop'));
  await expect(entering).rejects.toThrow('asked to stop');
});
