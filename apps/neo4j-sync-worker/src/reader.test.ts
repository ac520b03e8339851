import { BrokerTimeoutError, type ReceiveOptions, TransientSqlError } from '@hartonomous/broker-client';
import { ActivityReadiness, createLogger, DependencyReadiness } from '@hartonomous/worker-host';
import { expect, test } from 'vitest';
import { BatchLog } from './batch-log.ts';
import { OutageCircuit } from './outage-circuit.ts';
import { runReader } from './reader.ts';

// No server gives deadlocks and time-outs on demand, so what `receiveBatch` answers comes from a list here.
async function readerThatMeets(failures: readonly Error[]) {
  const drain = new AbortController();
  const changes: string[] = [];
  const waits: (number | undefined)[] = [];
  const dependency = (name: string) => {
    const readiness = new DependencyReadiness(name, ({ state }) => changes.push(`${name} ${state}`));
    readiness.up();
    return { readiness, probe: async () => undefined };
  };
  const dependencies = { 'sql-server': dependency('sql-server'), neo4j: dependency('neo4j') };
  changes.length = 0;
  const logger = createLogger({ level: 'silent' }, { name: 'reader-test' });
  const left = [...failures];
  const receiveBatch = async ({ waitMs }: ReceiveOptions) => {
    waits.push(waitMs);
    const failure = left.shift();
    if (failure !== undefined) throw failure;
    drain.abort();
    throw drain.signal.reason;
  };
  const running = runReader({
    client: { receiveBatch },
    circuit: new OutageCircuit({ dependencies, signal: drain.signal, backOff: { baseMs: 2, maxMs: 4 } }),
    activity: new ActivityReadiness('receive', { maxAgeMs: 1_000 }),
    logger,
    batchSize: 10,
    waitMs: 5_000,
    drain: drain.signal,
    batch: {
      writer: { apply: () => Promise.reject(new Error('nothing is written here')) },
      log: new BatchLog(logger),
      lockTimeoutMs: 100,
      signal: new AbortController().signal,
    },
  });
  await running;
  return { changes, waits };
}

const deadlock = new TransientSqlError('Deadlock victim.', { number: 1205 });

test('bad luck is tried again by the reader itself', async () => {
  expect((await readerThatMeets([deadlock, deadlock])).changes).toEqual([]);
});

test('too much of it in a row counts as an outage', async () => {
  const { changes } = await readerThatMeets([deadlock, deadlock, deadlock, deadlock]);
  expect(changes).toEqual(['sql-server down']);
});

test('a server that is away stops the reader until it is back; the trial does not wait for messages', async () => {
  const { changes, waits } = await readerThatMeets([new BrokerTimeoutError('No answer.')]);
  expect(changes).toEqual(['sql-server down']);
  expect(waits).toEqual([0, 0]);
});

test('a defect ends the reader', async () => {
  await expect(readerThatMeets([new TypeError('x is undefined')])).rejects.toThrow(TypeError);
});
