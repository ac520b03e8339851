import { expect, test } from 'vitest';
import { BrokerTimeoutError, TransientSqlError } from './errors.ts';
import type { ReceiveOptions } from './options.ts';
import { classifyBrokerFailure } from './receive-failure.ts';
import { ReceiveLoop } from './receive-loop.ts';

// No server gives deadlocks and time-outs on demand, so what `receiveBatch` answers comes from a list here.
async function readerThatMeets(failures: readonly Error[]) {
  const drain = new AbortController();
  const changes: string[] = [];
  const states: string[] = [];
  const waits: (number | undefined)[] = [];
  const left = [...failures];
  const loop = new ReceiveLoop<'sql-server'>({
    client: {
      receiveBatch: async ({ waitMs }: ReceiveOptions) => {
        waits.push(waitMs);
        const failure = left.shift();
        if (failure !== undefined) throw failure;
        drain.abort();
        throw drain.signal.reason;
      },
      takeRetries: () => Promise.reject(new Error('this loop has no retries')),
    },
    queue: 'dbo.Queue',
    readers: 1,
    handler: () => Promise.reject(new Error('nothing is received here')),
    classify: (error) => classifyBrokerFailure(error, 'sql-server'),
    probes: { 'sql-server': async () => undefined },
    backOff: { baseMs: 2, maxMs: 4 },
    hooks: {
      onAway: (name) => changes.push(`${name} down`),
      onBack: (name) => changes.push(`${name} up`),
      onStateChange: (state) => states.push(state),
    },
  });
  await loop.run({ drain: drain.signal, force: new AbortController().signal }).catch((error: unknown) => {
    states.push(String(error));
  });
  return { changes, waits, states };
}

const deadlock = new TransientSqlError('Deadlock victim.', { number: 1205 });

test('a transient failure is retried by the reader itself', async () => {
  expect((await readerThatMeets([deadlock, deadlock])).changes).toEqual([]);
});

test('too much of it in a row counts as an outage', async () => {
  const { changes, states } = await readerThatMeets([deadlock, deadlock, deadlock, deadlock]);
  expect(changes).toEqual(['sql-server down']);
  expect(states).toEqual(['receiving', 'interrupted', 'trial', 'draining', 'stopped']);
});

test('a server that is away stops the reader until it is back; the trial does not wait for messages', async () => {
  const { changes, waits } = await readerThatMeets([new BrokerTimeoutError('No answer.')]);
  expect(changes).toEqual(['sql-server down']);
  expect(waits).toEqual([0, 0]);
});

test('a defect ends the loop', async () => {
  const { states } = await readerThatMeets([new TypeError('x is undefined')]);
  expect(states).toEqual(['receiving', 'draining', 'failed', 'TypeError: x is undefined']);
});
