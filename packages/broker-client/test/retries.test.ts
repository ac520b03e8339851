import { eventually } from '@hartonomous/test-support';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import {
  type BatchHandler,
  type BrokerClient,
  classifyBrokerFailure,
  type LoopRetryOptions,
  type ReceivedMessage,
  type ReceiveFailure,
  ReceiveLoop,
  TransientSqlError,
} from '../src/index.ts';
import { dialog, retryTarget, startTestDatabase, type TestDatabase, targetQueue } from './test-database.ts';

let database: TestDatabase;
let client: BrokerClient;

beforeAll(async () => {
  database = await startTestDatabase();
  client = database.client;
});
afterAll(() => database[Symbol.asyncDispose]());

afterEach(async () => {
  await client.run('DELETE FROM dbo.MessageRetry; DELETE FROM dbo.DeadLetter;');
  await using batch = await client.receiveBatch({ queue: targetQueue, batchSize: 4_000, waitMs: 0 });
  await batch.commit();
});

type Server = 'sql-server' | 'target';

class TargetAwayError extends Error {
  readonly code = 'TARGET_AWAY';
}

const deadlock = () => new TransientSqlError('Deadlock victim.', { number: 1205 });

const classify = (error: unknown): ReceiveFailure<Server> =>
  error instanceof TargetAwayError
    ? { kind: 'outage', dependency: 'target', error }
    : classifyBrokerFailure(error, 'sql-server');

function start(
  handler: BatchHandler,
  options: { readers?: number; batchSize?: number } & Partial<LoopRetryOptions> = {},
) {
  const { readers = 1, batchSize = 100, ...retries } = options;
  const drain = new AbortController();
  const force = new AbortController();
  const target = { isAway: false, probes: 0 };
  const rolledBack: number[] = [];
  const notKept: unknown[] = [];
  const loop = new ReceiveLoop<Server>({
    client,
    queue: targetQueue,
    readers,
    batchSize: { min: 1, max: batchSize },
    waitMs: 200,
    handler,
    classify,
    retries: {
      ...retryTarget,
      deadLetters: { procedure: 'dbo.sp_DeadLetter' },
      backOff: { baseMs: 2, maxMs: 10 },
      lookIntervalMs: 100,
      ...retries,
    },
    probes: {
      'sql-server': (signal) => client.probeQueue(targetQueue, { signal }),
      target: async () => {
        target.probes += 1;
        if (target.isAway) throw new TargetAwayError('target refuses');
      },
    },
    backOff: { baseMs: 2, maxMs: 20 },
    hooks: {
      onRolledBack: ({ batch }) => rolledBack.push(batch.messages.length),
      onNotKept: ({ error }) => notKept.push(error),
    },
  });
  const ended = loop.run({ drain: drain.signal, force: force.signal });
  ended.catch(() => undefined);
  onTestFinished(async () => {
    drain.abort();
    await ended.catch(() => undefined);
  });
  return { loop, drain, target, rolledBack, notKept, ended };
}

const send = (...bodies: string[]) =>
  client.send({ ...dialog, messages: bodies.map((body) => ({ messageType: 'Request', body })) });
const textOf = ({ body }: ReceivedMessage) => body?.toString('utf16le');
const rows = (sql: string) => client.query(sql, {}, z.record(z.string(), z.unknown()));

test('a message that fails comes again as it was, with its count of tries; nothing is rolled back', async () => {
  const seen: ReceivedMessage[] = [];
  const { rolledBack } = start(async (batch) => {
    seen.push(...batch.messages);
    if (seen.length < 3) throw deadlock();
    await batch.commit();
  });
  await send('again');
  await eventually(() => expect(seen).toHaveLength(3));
  expect(seen.map(({ attempts }) => attempts)).toEqual([0, 1, 2]);
  const [first] = seen;
  for (const message of seen) expect(message).toEqual({ ...first, attempts: message.attempts });
  await eventually(async () =>
    expect(await client.waitingRetries(targetQueue, retryTarget)).toMatchObject({ messages: 0 }),
  );
  expect(await client.queueDepth(targetQueue)).toBe(0);
  expect(rolledBack).toEqual([]);
});

test('what the handler had written is undone', async () => {
  let failures = 1;
  const { rolledBack } = start(async (batch) => {
    await batch.transaction.run("INSERT INTO dbo.DeadLetter (ReasonCode) VALUES (N'written');");
    failures -= 1;
    if (failures >= 0) throw deadlock();
    await batch.commit();
  });
  await send('write');
  await eventually(async () => expect(await rows('SELECT ReasonCode FROM dbo.DeadLetter;')).toHaveLength(1));
  await eventually(async () =>
    expect(await client.waitingRetries(targetQueue, retryTarget)).toMatchObject({ messages: 0 }),
  );
  expect(await rows('SELECT ReasonCode FROM dbo.DeadLetter;')).toHaveLength(1);
  expect(rolledBack).toEqual([]);
});

test('an outage counts no tries, waits in the table with all readers, and rolls nothing back', async () => {
  const done: ReceivedMessage[] = [];
  let failed = 0;
  const { target, rolledBack, loop } = start(
    async (batch) => {
      if (target.isAway) {
        failed += 1;
        throw new TargetAwayError('lost');
      }
      done.push(...batch.messages);
      await batch.commit();
    },
    { readers: 4, batchSize: 5 },
  );
  target.isAway = true;
  const bodies = Array.from({ length: 40 }, (_, n) => String(n));
  await Promise.all(bodies.map((body) => send(body)));
  await eventually(() => expect(target.probes).toBeGreaterThan(10));
  expect(loop.state).toBe('interrupted');
  const [{ n } = { n: 0 }] = await rows('SELECT COUNT(*) AS n FROM dbo.MessageRetry WHERE Attempts = 0;');
  expect(n).toBeGreaterThan(0);
  // Those that were in hand when it went away; nothing is received afterwards.
  expect(failed).toBeLessThanOrEqual(4);
  target.isAway = false;
  await eventually(() => expect(done.map(textOf).sort()).toEqual([...bodies].sort()));
  expect(done.every(({ attempts }) => attempts === 0)).toBe(true);
  expect(rolledBack).toEqual([]);
});

test('a message that fails too often becomes a dead letter that names its conversation; others get through', async () => {
  const done: (string | undefined)[] = [];
  const { rolledBack } = start(
    async (batch) => {
      if (batch.messages.some((message) => textOf(message) === 'bad')) throw deadlock();
      done.push(...batch.messages.map(textOf));
      await batch.commit();
    },
    { maxAttempts: 8 },
  );
  const bodies = Array.from({ length: 30 }, (_, n) => String(n));
  const handle = await send(...bodies.slice(0, 15), 'bad', ...bodies.slice(15));
  await eventually(() => expect(done.sort()).toEqual([...bodies].sort()));
  await eventually(async () => expect(await rows('SELECT ReasonCode FROM dbo.DeadLetter;')).toHaveLength(1));
  const [letter] = await rows('SELECT ReasonCode, Body, ConversationHandle FROM dbo.DeadLetter;');
  expect(letter).toMatchObject({ ReasonCode: 'RETRIES_EXHAUSTED', Body: Buffer.from('bad', 'utf16le') });
  const [far] = await rows(
    `SELECT t.conversation_handle AS handle FROM sys.conversation_endpoints AS t
     INNER JOIN sys.conversation_endpoints AS i ON i.conversation_id = t.conversation_id AND i.is_initiator = 1
     WHERE t.is_initiator = 0 AND i.conversation_handle = '${handle}';`,
  );
  expect(letter?.ConversationHandle).toBe(far?.handle);
  expect(rolledBack).toEqual([]);
});

test('a transaction that SQL Server has doomed is rolled back, told and counted, and loses nothing', async () => {
  let failures = 1;
  const done: (string | undefined)[] = [];
  const { rolledBack, notKept } = start(async (batch) => {
    failures -= 1;
    if (failures >= 0) await batch.transaction.execute('dbo.sp_Doom');
    done.push(...batch.messages.map(textOf));
    await batch.commit();
  });
  await send('doomed');
  await eventually(() => expect(done).toEqual(['doomed']));
  expect(rolledBack).toEqual([1]);
  expect(notKept.length).toBeLessThanOrEqual(1);
});

test('a defect keeps its messages too, and blames them for nothing', async () => {
  const { ended } = start(() => Promise.reject(new TypeError('x is undefined')));
  await send('kept');
  await expect(ended).rejects.toThrow('x is undefined');
  expect(await rows('SELECT Attempts, ReasonCode FROM dbo.MessageRetry;')).toEqual([
    { Attempts: 0, ReasonCode: 'TypeError' },
  ]);
  expect(await client.queueDepth(targetQueue)).toBe(0);
});

test('two workers share what waits: each message is done once', async () => {
  const bodies = Array.from({ length: 200 }, (_, n) => String(n));
  const done: (string | undefined)[] = [];
  let failures = 8;
  const handler: BatchHandler = async (batch) => {
    failures -= 1;
    if (failures >= 0) throw deadlock();
    const texts = batch.messages.map(textOf);
    await batch.commit();
    done.push(...texts);
  };
  start(handler, { readers: 2, batchSize: 20 });
  start(handler, { readers: 2, batchSize: 20 });
  await Promise.all(bodies.map((body) => send(body)));
  await eventually(() => expect(done.sort()).toEqual([...bodies].sort()));
  await eventually(async () =>
    expect(await client.waitingRetries(targetQueue, retryTarget)).toMatchObject({ messages: 0 }),
  );
  expect(done.sort()).toEqual([...bodies].sort());
});

test('an Error overtakes older messages: its conversation ends after them, and none is lost', async () => {
  const handle = await send('first', 'second', 'third');
  await client.endConversation(handle, { error: { code: 7, description: 'given up' } });
  const seen: (string | undefined)[] = [];
  start(
    async (batch) => {
      seen.push(...batch.messages.map(textOf), ...batch.systemMessages.map(({ kind }) => kind));
      await batch.keepErrors(retryTarget, await batch.endFinishedConversations());
      await batch.commit();
    },
    { batchSize: 1 },
  );
  const open = () => rows(`SELECT state FROM sys.conversation_endpoints WHERE is_initiator = 0 AND state = 'ER';`);
  await eventually(async () => {
    expect(seen.filter((what) => what !== 'error')).toEqual(['first', 'second', 'third']);
    expect(await open()).toEqual([]);
  });
  expect(seen[0]).toBe('error');
  expect(await client.waitingRetries(targetQueue, retryTarget)).toMatchObject({ messages: 0 });
});
