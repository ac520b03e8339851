import { eventually } from '@hartonomous/test-support';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type BrokerClient, DialogPool } from '../src/index.ts';
import { dialog, initiatorQueue, startTestDatabase, type TestDatabase, targetQueue } from './test-database.ts';

let database: TestDatabase;
let client: BrokerClient;

beforeAll(async () => {
  database = await startTestDatabase();
  client = database.client;
});
afterAll(() => database[Symbol.asyncDispose]());
afterEach(bothSidesEnd);

/** Reads both queues until no conversation is open: whatever the pool has given up, nothing is left of it. */
async function bothSidesEnd(): Promise<void> {
  await eventually(async () => {
    for (const queue of [targetQueue, initiatorQueue]) await received(queue);
    // CLOSED ones are kept against replays, and go by themselves.
    expect(await endpoints("e.state <> 'CD'")).toBe(0);
  });
}

const endOfDialog = { messageType: 'Ping' };

/** What is in a queue, taken out of it. */
async function received(queue: string = targetQueue) {
  await using batch = await client.receiveBatch({ queue, waitMs: 0, batchSize: 4_000 });
  const last = batch.messages.filter(({ messageTypeName }) => messageTypeName === endOfDialog.messageType);
  await batch.endFinishedConversations(
    {},
    last.map(({ conversationHandle }) => conversationHandle),
  );
  await batch.commit();
  const messages = batch.messages.filter((message) => !last.includes(message));
  const texts = messages.map(({ body }) => body?.toString('utf16le'));
  const dialogs = new Set(messages.map(({ conversationHandle }) => conversationHandle)).size;
  return { texts, dialogs, ended: last.length, batch };
}
const request = (body: string) => ({ messageType: 'Request', body });
const endpoints = async (condition: string) => {
  const [row] = await client.query(
    `SELECT COUNT(*) AS [n] FROM sys.conversation_endpoints AS e WHERE ${condition};`,
    {},
    z.object({ n: z.number() }),
  );
  return row?.n;
};
const initiators = () => endpoints("e.is_initiator = 1 AND e.state = 'CO'");

test('sends one after the other share a dialog and keep their order', async () => {
  await using pool = new DialogPool(client, { dialog, endOfDialog });
  for (const text of ['a', 'b', 'c']) await pool.send(request(text));
  await pool.send([request('d'), request('e')]);
  const { texts, dialogs } = await received();
  expect(texts).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(dialogs).toBe(1);
  expect(pool.statistics).toEqual({ idle: 1, leased: 0, begun: 1, retired: 0, repaired: 0 });
});

test('thousands of messages go in one call, in order', async () => {
  await using pool = new DialogPool(client, { dialog, endOfDialog });
  const texts = Array.from({ length: 2_500 }, (_, index) => `m${index}`);
  await pool.send(texts.map(request));
  expect((await received()).texts).toEqual(texts);
});

test('sends at the same time have a dialog each, which later sends share', async () => {
  await using pool = new DialogPool(client, { dialog, endOfDialog });
  await Promise.all(Array.from({ length: 4 }, (_, index) => pool.send(request(`${index}`))));
  const { begun } = pool.statistics;
  expect(begun).toBeLessThanOrEqual(4);
  await Promise.all(Array.from({ length: 4 }, (_, index) => pool.send(request(`${index}`))));
  expect(pool.statistics.begun).toBeLessThanOrEqual(4);
  expect((await received()).texts).toHaveLength(8);
});

test('a dialog is replaced after its number of messages, and its reader ends it', async () => {
  await using pool = new DialogPool(client, { dialog, endOfDialog, maxMessages: 2 });
  for (const text of ['a', 'b', 'c', 'd', 'e']) await pool.send(request(text));
  expect(pool.statistics).toMatchObject({ idle: 1, begun: 3, retired: 2 });
  // No side has ended it before its reader does.
  expect(await initiators()).toBe(3);
  const { texts, dialogs, ended, batch } = await received();
  expect(texts.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect({ dialogs, ended, system: batch.systemMessages }).toEqual({ dialogs: 3, ended: 2, system: [] });
  const answers = await received(initiatorQueue);
  expect(answers.batch.systemMessages.map(({ kind }) => kind)).toEqual(['end-dialog', 'end-dialog']);
  expect(await endpoints("e.is_initiator = 1 AND e.state <> 'CO'")).toBe(0);
});

test('an Error that comes after the last message of a dialog is not lost', async () => {
  await using pool = new DialogPool(client, { dialog, endOfDialog, maxMessages: 1 });
  await pool.send(request('a'));
  const [row] = await client.query(
    `SELECT e.conversation_handle AS [handle] FROM sys.conversation_endpoints AS e
     WHERE e.is_initiator = 0 AND e.state = 'CO';`,
    {},
    z.object({ handle: z.string() }),
  );
  await client.endConversation(row!.handle, { error: { code: 7, description: 'refused' } });
  const { batch } = await received(initiatorQueue);
  expect(batch.systemMessages).toMatchObject([{ kind: 'error', error: { code: 7, description: 'refused' } }]);
});

test('a dialog is replaced after its age, and its reader ends it', async () => {
  await using pool = new DialogPool(client, { dialog, endOfDialog, maxAgeMs: 1 });
  await pool.send(request('a'));
  await eventually(async () => {
    await pool.send(request('b'));
    expect(pool.statistics.retired).toBeGreaterThan(0);
  });
  expect(pool.statistics.idle).toBe(1);
  expect((await received()).ended).toBe(pool.statistics.retired);
});

test.each([
  ['the other side has ended', {}],
  ['the other side has failed', { error: { code: 7, description: 'no' } }],
])('a dialog that %s is replaced and the send repeated, once', async (_, end) => {
  await using pool = new DialogPool(client, { dialog, endOfDialog });
  await pool.send(request('a'));
  const first = await received();
  await client.endConversation(first.batch.messages[0]!.conversationHandle, end);
  await pool.send([request('b'), request('c')]);
  expect((await received()).texts).toEqual(['b', 'c']);
  expect(pool.statistics).toMatchObject({ idle: 1, begun: 2, repaired: 1, retired: 0 });
  expect(await initiators()).toBe(1);
  // Of the first one's end, which the repair leaves to whom it concerns.
  const { batch } = await received(initiatorQueue);
  expect(batch.systemMessages.map(({ kind }) => kind)).toEqual(['error' in end ? 'error' : 'end-dialog']);
});

test('a dialog that somebody removed (8426) is replaced, in the transaction of the caller too', async () => {
  await using pool = new DialogPool(client, { dialog, endOfDialog });
  await pool.send(request('a'));
  const [row] = await client.query(
    `SELECT e.conversation_handle AS [handle] FROM sys.conversation_endpoints AS e
     WHERE e.is_initiator = 1 AND e.state = 'CO';`,
    {},
    z.object({ handle: z.string() }),
  );
  await client.endConversation(row!.handle, { cleanup: true });
  {
    await using transaction = await client.beginTransaction();
    await pool.send([request('b'), request('c')], { transaction });
    await transaction.commit();
  }
  const { texts, batch } = await received();
  expect(texts).toEqual(['a', 'b', 'c']);
  expect(pool.statistics.repaired).toBe(1);
  // Nobody can tell the other side of the removed one.
  await client.endConversation(batch.messages[0]!.conversationHandle, { cleanup: true });
});

test('a rolled-back transaction sends nothing, and its new dialog is not used again', async () => {
  await using pool = new DialogPool(client, { dialog, endOfDialog });
  {
    await using transaction = await client.beginTransaction();
    await pool.send(request('dropped'), { transaction });
    expect(pool.statistics).toMatchObject({ idle: 0, leased: 1 });
  }
  expect(pool.statistics).toMatchObject({ idle: 0, leased: 0 });
  await pool.send(request('kept'));
  expect(pool.statistics).toMatchObject({ begun: 2, repaired: 0 });
  expect((await received()).texts).toEqual(['kept']);
});

test('all sends of a transaction go on one dialog, in order, until it is full', async () => {
  await using pool = new DialogPool(client, { dialog, endOfDialog, maxMessages: 3 });
  {
    await using transaction = await client.beginTransaction();
    for (const text of ['a', 'b', 'c', 'd']) await pool.send(request(text), { transaction });
    expect(pool.statistics).toMatchObject({ leased: 1, begun: 2 });
    await transaction.commit();
  }
  expect(pool.statistics).toMatchObject({ idle: 1, leased: 0, retired: 1 });
  const { texts, dialogs } = await received();
  expect(texts.filter((text) => text !== 'd')).toEqual(['a', 'b', 'c']);
  expect(dialogs).toBe(2);
});

test('a message type that does not exist is not a reason to begin another dialog', async () => {
  await using pool = new DialogPool(client, { dialog, endOfDialog });
  await pool.send(request('a'));
  await expect(pool.send([request('b'), { messageType: 'NoSuchType' }])).rejects.toMatchObject({ number: 8428 });
  expect(pool.statistics).toMatchObject({ idle: 1, begun: 1, repaired: 0 });
  expect((await received()).texts).toEqual(['a']);
});

test('close sends the last message of all dialogs and refuses further sends', async () => {
  const pool = new DialogPool(client, { dialog, endOfDialog });
  await pool.send(request('a'));
  await pool.close();
  expect(await initiators()).toBe(1);
  const { texts, ended } = await received();
  expect({ texts, ended }).toEqual({ texts: ['a'], ended: 1 });
  await bothSidesEnd();
  expect(pool.statistics).toMatchObject({ idle: 0, retired: 1 });
  await expect(pool.send(request('b'))).rejects.toMatchObject({ code: 'INVALID_BROKER_OPTIONS' });
});
