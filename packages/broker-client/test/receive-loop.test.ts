import { eventually } from '@hartonomous/test-support';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  type BatchHandler,
  type BrokerClient,
  classifyBrokerFailure,
  firstFailure,
  type ReceiveFailure,
  ReceiveGate,
  ReceiveLoop,
  type ReceiveLoopHooks,
  type ReceiveLoopOptions,
  TransientSqlError,
} from '../src/index.ts';
import { dialog, startTestDatabase, type TestDatabase, targetQueue } from './test-database.ts';

let database: TestDatabase;
let client: BrokerClient;

beforeAll(async () => {
  database = await startTestDatabase();
  client = database.client;
});
afterAll(() => database[Symbol.asyncDispose]());

afterEach(async () => {
  await client.enableQueue(targetQueue);
  await using batch = await client.receiveBatch({ queue: targetQueue, batchSize: 4_000, waitMs: 0 });
  await batch.commit();
});

type Server = 'sql-server' | 'target';

/** Where the handler writes to, in these tests: switched off and on by them. */
class TargetAwayError extends Error {}

const classify = (error: unknown): ReceiveFailure<Server> => {
  const first = firstFailure(error);
  if (first instanceof TargetAwayError) return { kind: 'outage', dependency: 'target', error: first };
  return classifyBrokerFailure(first, 'sql-server');
};

function start(
  handler: BatchHandler,
  options: Pick<
    Partial<ReceiveLoopOptions<Server>>,
    'readers' | 'waitMs' | 'batchSize' | 'messagesInHand' | 'gatherMs' | 'probeIntervalMs' | 'gate'
  > = {},
) {
  const drain = new AbortController();
  const force = new AbortController();
  const changes: string[] = [];
  const away = new Set<Server>();
  const received: { reader: number; messages: number; batchSize: number }[] = [];
  const target = { isAway: false, probes: 0 };
  const hooks: ReceiveLoopHooks<Server> = {
    onReceived: ({ reader, batch, batchSize }) => received.push({ reader, messages: batch.messages.length, batchSize }),
    // Told again with each newer reason; what counts here is the change.
    onAway: (server) => {
      if (!away.has(server)) changes.push(`${server} away`);
      away.add(server);
    },
    onBack: (server) => {
      away.delete(server);
      changes.push(`${server} back`);
    },
    onStateChange: (state) => changes.push(state),
  };
  const loop = new ReceiveLoop<Server>({
    client,
    queue: targetQueue,
    handler,
    classify,
    probes: {
      'sql-server': (signal) => client.probeQueue(targetQueue, { signal }),
      target: async () => {
        target.probes += 1;
        if (target.isAway) throw new TargetAwayError('target refuses');
      },
    },
    backOff: { baseMs: 2, maxMs: 20 },
    hooks,
    ...options,
  });
  const ended = loop.run({ drain: drain.signal, force: force.signal });
  ended.catch(() => undefined);
  onTestFinished(async () => {
    drain.abort();
    force.abort();
    await ended.catch(() => undefined);
  });
  return { loop, drain, force, changes, received, target, ended };
}

const send = (...bodies: string[]) =>
  client.send({ ...dialog, messages: bodies.map((body) => ({ messageType: 'Request', body })) });

const textOf = (body: Buffer | null) => body?.toString('utf16le');

test('with room for two batches in hand, a third reader waits before it receives', async () => {
  const bodies = Array.from({ length: 90 }, (_, n) => String(n));
  await Promise.all(bodies.map((body) => send(body)));
  const seen: (string | undefined)[] = [];
  let inHand = 0;
  let most = 0;
  const { drain, received, ended } = start(
    async (batch) => {
      inHand += batch.messages.length;
      most = Math.max(most, inHand);
      // Held until another batch is in hand too, or until there is no other.
      await eventually(() => expect(inHand).toBeGreaterThanOrEqual(Math.min(20, bodies.length - seen.length)));
      await batch.commit();
      seen.push(...batch.messages.map(({ body }) => textOf(body)));
      inHand -= batch.messages.length;
    },
    { readers: 3, batchSize: 10, messagesInHand: 25, waitMs: 600_000 },
  );
  await eventually(() => expect([...seen].sort()).toEqual([...bodies].sort()));
  expect(most).toBe(20);
  expect(new Set(received.filter(({ messages }) => messages > 0).map(({ reader }) => reader)).size).toBe(3);
  drain.abort();
  await ended;
});

test('what comes while a small batch is in hand gathers for the next one', async () => {
  const batches: (string | undefined)[][] = [];
  const [firstInHand, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { received, drain, ended } = start(
    async (batch) => {
      batches.push(batch.messages.map(({ body }) => textOf(body)));
      firstInHand.resolve();
      await goOn.promise;
      await batch.commit();
    },
    { readers: 3, waitMs: 600_000, gatherMs: 60_000 },
  );
  // Each has shown that it is alive.
  await eventually(() => expect(received.map(({ reader }) => reader).sort()).toEqual([0, 1, 2]));
  await send('first');
  await firstInHand.promise;
  for (const body of ['a', 'b', 'c']) await send(body);
  goOn.resolve();
  await eventually(() => expect(batches.flat().sort()).toEqual(['a', 'b', 'c', 'first']));
  expect(batches.length).toBe(2);
  drain.abort();
  await ended;
});

test("each reader's first receive waits for no other's small batch", async () => {
  await send('hangs');
  const goOn = Promise.withResolvers<void>();
  const { received, drain, ended } = start(
    async (batch) => {
      await goOn.promise;
      await batch.commit();
    },
    { readers: 3, batchSize: 10, waitMs: 600_000, gatherMs: 60_000 },
  );
  onTestFinished(() => goOn.resolve());
  await eventually(() => expect(received.map(({ reader }) => reader).sort()).toEqual([0, 1, 2]));
  goOn.resolve();
  drain.abort();
  await ended;
});

test('a small batch that hangs holds up the others for the time to gather', async () => {
  const done: (string | undefined)[] = [];
  const [inHand, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { drain, ended } = start(
    async (batch) => {
      const [text] = batch.messages.map(({ body }) => textOf(body));
      if (text === 'hangs') {
        inHand.resolve();
        await goOn.promise;
      }
      done.push(text);
      await batch.commit();
    },
    { readers: 2, batchSize: 10, waitMs: 600_000, gatherMs: 1 },
  );
  await send('hangs');
  await inHand.promise;
  await send('goes on');
  await eventually(() => expect(done).toEqual(['goes on']));
  goOn.resolve();
  await eventually(() => expect(done).toEqual(['goes on', 'hangs']));
  drain.abort();
  await ended;
});

test('with time to gather, a backlog is worked on side by side', async () => {
  const bodies = Array.from({ length: 40 }, (_, n) => String(n));
  await Promise.all(bodies.map((body) => send(body)));
  let inHand = 0;
  let left = bodies.length;
  const { drain, ended } = start(
    async (batch) => {
      inHand += 1;
      // Held until another batch is in hand too, or until there is no other.
      await eventually(() => expect(inHand).toBeGreaterThanOrEqual(Math.min(2, Math.ceil(left / 10))));
      left -= batch.messages.length;
      await batch.commit();
      inHand -= 1;
    },
    { readers: 3, batchSize: 10, waitMs: 600_000, gatherMs: 60_000 },
  );
  await eventually(() => expect(left).toBe(0));
  drain.abort();
  await ended;
});

test('all readers work; draining ends their long polls, and the loop stops', async () => {
  const seen: (string | undefined)[] = [];
  const { loop, drain, received, changes, ended } = start(
    async (batch) => {
      seen.push(...batch.messages.map(({ body }) => textOf(body)));
      await batch.commit();
    },
    { readers: 3, waitMs: 600_000 },
  );
  await eventually(() => expect(new Set(received.map(({ reader }) => reader))).toEqual(new Set([0, 1, 2])));
  await Promise.all(['a', 'b', 'c', 'd'].map((body) => send(body)));
  await eventually(() => expect([...seen].sort()).toEqual(['a', 'b', 'c', 'd']));
  drain.abort();
  await ended;
  expect(loop.state).toBe('stopped');
  expect(changes).toEqual(['receiving', 'draining', 'stopped']);
  await expect(loop.run({ drain: drain.signal, force: drain.signal })).rejects.toMatchObject({
    code: 'RECEIVE_LOOP_STATE',
    from: 'stopped',
  });
});

test('draining finishes the batch in hand', async () => {
  const inHand = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const { drain, ended } = start(
    async (batch) => {
      inHand.resolve();
      await goOn.promise;
      await batch.commit();
    },
    { readers: 1 },
  );
  await send('last');
  await inHand.promise;
  drain.abort();
  goOn.resolve();
  await ended;
  expect(await client.queueDepth(targetQueue)).toBe(0);
});

test('a forced stop puts the batch in hand back, and the loop fails with its reason', async () => {
  const inHand = Promise.withResolvers<void>();
  const { loop, drain, force, ended } = start(
    (_, { signal }) => {
      inHand.resolve();
      const aborted = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => aborted.reject(signal.reason), { once: true });
      return aborted.promise;
    },
    { readers: 2 },
  );
  await send('cut short');
  await inHand.promise;
  drain.abort();
  force.abort(new Error('out of patience'));
  await expect(ended).rejects.toThrow('out of patience');
  expect(loop.state).toBe('failed');
  await eventually(async () => expect(await client.queueDepth(targetQueue)).toBe(1));
});

test('what the handler writes to is away: nothing more is received, until a trial has succeeded', async () => {
  const done: (string | undefined)[] = [];
  const { loop, target, changes, received } = start(
    async (batch) => {
      if (target.isAway) throw new TargetAwayError('lost');
      done.push(...batch.messages.map(({ body }) => textOf(body)));
      await batch.commit();
    },
    { readers: 3, waitMs: 600_000 },
  );
  await eventually(() => expect(received.length).toBeGreaterThanOrEqual(3));
  target.isAway = true;
  await send('waits');
  await eventually(() => expect(target.probes).toBeGreaterThan(3));
  expect(loop.state).toBe('interrupted');
  expect(loop.away).toEqual(new Set(['target']));
  const receivedInOutage = received.length;
  await send('waits too');
  const { probes } = target;
  await eventually(() => expect(target.probes).toBeGreaterThan(probes));
  expect(received).toHaveLength(receivedInOutage);
  expect(await client.queueDepth(targetQueue)).toBe(2);
  target.isAway = false;
  await eventually(() => expect([...done].sort()).toEqual(['waits', 'waits too']));
  await eventually(() => expect(loop.state).toBe('receiving'));
  expect(loop.away).toEqual(new Set());
  expect(changes).toEqual(['receiving', 'target away', 'interrupted', 'trial', 'target back', 'receiving']);
});

test('a server that goes away while the queue is empty is seen by its probe, and nothing is received until it is back', async () => {
  const { loop, changes, received, target } = start((batch) => batch.commit(), {
    readers: 2,
    waitMs: 600_000,
    probeIntervalMs: 100,
  });
  await eventually(() => expect(received.length).toBeGreaterThanOrEqual(2));
  const { probes } = target;
  await eventually(() => expect(target.probes).toBeGreaterThan(probes + 1));
  expect(changes).toEqual(['receiving']);
  target.isAway = true;
  await eventually(() => expect(loop.state).toBe('interrupted'));
  expect(loop.away).toEqual(new Set(['target']));
  const receivedInOutage = received.length;
  await send('waits');
  const probesInOutage = target.probes;
  await eventually(() => expect(target.probes).toBeGreaterThan(probesInOutage));
  expect(received).toHaveLength(receivedInOutage);
  target.isAway = false;
  await eventually(() => expect(loop.state).toBe('receiving'));
  expect(changes).toEqual(['receiving', 'target away', 'interrupted', 'trial', 'target back', 'receiving']);
});

test('without an interval nothing is probed while the queue is empty, and while messages come neither', async () => {
  const quiet = start((batch) => batch.commit(), { readers: 1, waitMs: 10 });
  await eventually(() => expect(quiet.received.length).toBeGreaterThan(20));
  expect(quiet.target.probes).toBe(0);
  quiet.drain.abort();
  await quiet.ended;

  const busy = start((batch) => batch.commit(), { readers: 1, waitMs: 10, probeIntervalMs: 300 });
  const until = performance.now() + 1_500;
  while (performance.now() < until) await send('work');
  expect(busy.target.probes).toBe(0);
});

test('a queue that is switched off interrupts long polls, and switched on again it goes on', async () => {
  const { loop, changes, received } = start((batch) => batch.commit(), { readers: 2, waitMs: 500 });
  await eventually(() => expect(received.length).toBeGreaterThanOrEqual(2));
  await client.disableQueue(targetQueue);
  await eventually(() => expect(loop.state).toBe('interrupted'));
  await client.enableQueue(targetQueue);
  await eventually(() => expect(loop.state).toBe('receiving'));
  expect(changes.filter((change) => change.startsWith('sql-server'))).toEqual(['sql-server away', 'sql-server back']);
});

test('a handler that forgets to commit is a defect that is named, and loses nothing', async () => {
  const { ended, loop } = start(() => Promise.resolve(), { readers: 2 });
  await send('forgotten');
  await expect(ended).rejects.toMatchObject({ code: 'BATCH_LEFT_OPEN', queue: targetQueue });
  expect(loop.state).toBe('failed');
  await eventually(async () => expect(await client.queueDepth(targetQueue)).toBe(1));
});

test('one reader that meets a defect ends all, after the others have finished', async () => {
  const slow = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const failing = Promise.withResolvers<void>();
  const { ended, loop } = start(
    async (batch) => {
      if (textOf(batch.messages[0]?.body ?? null) === 'slow') {
        started.resolve();
        await slow.promise;
        await batch.commit();
        return;
      }
      failing.resolve();
      throw new TypeError('x is undefined');
    },
    { readers: 2, batchSize: 1 },
  );
  await send('slow');
  await started.promise;
  await send('bad');
  await failing.promise;
  await eventually(() => expect(loop.state).toBe('draining'));
  slow.resolve();
  await expect(ended).rejects.toThrow('x is undefined');
  expect(await client.queueDepth(targetQueue)).toBe(1);
});

test('the batch size is halved by a batch that is rolled back, and doubles again while batches are full', async () => {
  let failures = 1;
  const handled: (string | undefined)[] = [];
  const bodies = Array.from({ length: 40 }, (_, index) => `${index}`);
  await send(...bodies);
  const { received, loop } = start(
    async (batch) => {
      if (failures > 0) {
        failures -= 1;
        throw new TransientSqlError('Deadlock victim.', { number: 1205 });
      }
      handled.push(...batch.messages.map(({ body }) => textOf(body)));
      await batch.commit();
    },
    { readers: 1, waitMs: 500, batchSize: { min: 2, max: 16 } },
  );
  await eventually(() => expect(handled).toEqual(bodies));
  const sizes = received.filter(({ messages }) => messages > 0).map(({ messages, batchSize }) => [batchSize, messages]);
  expect(sizes).toEqual([
    [16, 16],
    [8, 8],
    [16, 16],
    [16, 16],
  ]);
  expect(loop.batchSize).toBe(16);
});

test('options are checked', () => {
  const make = (readers: number) =>
    new ReceiveLoop<Server>({
      client,
      queue: targetQueue,
      readers,
      handler: () => Promise.resolve(),
      classify,
      probes: { 'sql-server': async () => undefined, target: async () => undefined },
    });
  expect(() => make(0)).toThrow(expect.objectContaining({ code: 'INVALID_BROKER_OPTIONS' }));
});

test('a closed gate lets the batch in hand end, ends the waits, and loses nothing', async () => {
  const gate = new ReceiveGate();
  const seen: (string | undefined)[] = [];
  const hold = Promise.withResolvers<void>();
  const { loop, drain, received, ended } = start(
    async (batch) => {
      const bodies = batch.messages.map(({ body }) => textOf(body));
      if (bodies.includes('held')) await hold.promise;
      await batch.commit();
      seen.push(...bodies);
    },
    { readers: 2, waitMs: 600_000, gate },
  );
  await send('held');
  await eventually(() => expect(received.some(({ messages }) => messages === 1)).toBe(true));
  gate.close();
  await eventually(() => expect(gate.inside).toBe(1));
  hold.resolve();
  await eventually(() => expect({ inside: gate.inside, seen }).toEqual({ inside: 0, seen: ['held'] }));
  await send('waits');
  expect((await client.queueDepth(targetQueue)) > 0).toBe(true);
  expect(loop.state).toBe('receiving');
  gate.open();
  await eventually(() => expect(seen).toEqual(['held', 'waits']));
  gate.close();
  await eventually(() => expect(gate.inside).toBe(0));
  drain.abort();
  await ended;
});

test('a gate that closes amid an outage, and opens after it', async () => {
  const gate = new ReceiveGate();
  const seen: (string | undefined)[] = [];
  const { drain, changes, target, ended } = start(
    async (batch) => {
      if (target.isAway) throw new TargetAwayError('target refuses');
      await batch.commit();
      seen.push(...batch.messages.map(({ body }) => textOf(body)));
    },
    { readers: 2, waitMs: 600_000, gate },
  );
  target.isAway = true;
  await send('first');
  await eventually(() => expect(changes).toContain('interrupted'));
  gate.close();
  await eventually(() => expect(gate.inside).toBe(0));
  target.isAway = false;
  await eventually(() => expect(changes).toContain('trial'));
  expect(seen).toEqual([]);
  gate.open();
  await eventually(() => expect(seen).toEqual(['first']));
  expect(changes.at(-1)).toBe('receiving');
  drain.abort();
  await ended;
});
