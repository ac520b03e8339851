import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished, test } from 'vitest';
import { OutageCircuit } from './outage-circuit.ts';

/** A circuit whose servers the test switches off and on; what it reports is in `changes` (each change once) and `reasons`. */
function circuitWith(checks: readonly ('sql-server' | 'neo4j')[] = []) {
  const changes: string[] = [];
  const reasons: string[] = [];
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const away = new Set<string>();
  let probes = 0;
  const probe = (name: string) => async () => {
    probes += 1;
    if (away.has(name)) throw new Error(`${name} refuses`);
  };
  const circuit: OutageCircuit<'sql-server' | 'neo4j'> = new OutageCircuit({
    probes: { 'sql-server': probe('sql-server'), neo4j: probe('neo4j') },
    checks,
    signal: stop.signal,
    backOff: { baseMs: 2, maxMs: 4 },
    onAway: (name, error) => {
      if (changes.at(-1) !== `${name} down`) changes.push(`${name} down`);
      reasons.push((error as Error).message);
    },
    onBack: (name) => changes.push(`${name} up`),
  });
  return { circuit, changes, reasons, away, signal: stop.signal, probes: () => probes };
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
  const { circuit, signal, away, changes, reasons } = circuitWith();
  const passages = await Promise.all([circuit.enter(signal), circuit.enter(signal), circuit.enter(signal)]);
  away.add('neo4j');
  for (const passage of passages) circuit.failed(passage, 'neo4j', lost);
  circuit.succeeded(passages[0]!);
  expect(circuit.state).toBe('interrupted');
  expect(changes).toEqual(['neo4j down']);
  await eventually(() => expect(reasons.at(-1)).toBe('neo4j refuses'));
  expect(circuit.away).toEqual(new Set(['neo4j']));
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

test('a check must pass after an outage of any server', async () => {
  const { circuit, signal, away, changes } = circuitWith(['neo4j']);
  const passage = await circuit.enter(signal);
  away.add('neo4j');
  circuit.failed(passage, 'sql-server', lost);
  await eventually(() => expect(changes).toEqual(['sql-server down', 'neo4j down']));
  expect(circuit.state).toBe('interrupted');
  away.clear();
  circuit.succeeded(await circuit.enter(signal));
  expect(changes).toEqual(['sql-server down', 'neo4j down', 'sql-server up', 'neo4j up']);
});

test("a trial that is given back unused is another reader's", async () => {
  const { circuit, signal, changes } = circuitWith();
  circuit.failed(undefined, 'neo4j', lost);
  const entering = [circuit.enter(signal), circuit.enter(signal)];
  const trial = await Promise.race(entering);
  expect(trial.isTrial).toBe(true);
  circuit.leave(trial);
  const [first, second] = await Promise.all(entering);
  expect([first?.isTrial, second?.isTrial]).toEqual([true, true]);
  expect(changes).toEqual(['neo4j down']);
  circuit.succeeded(trial);
  expect(circuit.state).toBe('trial');
  circuit.succeeded(first === trial ? second! : first!);
  expect(circuit.state).toBe('flowing');
});
