import { eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
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
beforeEach(async () => {
  for (const queue of [targetQueue, initiatorQueue]) await received(queue);
});

/** What is in a queue, taken out of it. */
async function received(queue: string = targetQueue) {
  await using batch = await client.receiveBatch({ queue, waitMs: 0, batchSize: 4_000 });
  await batch.endFinishedConversations();
  await batch.commit();
  const texts = batch.messages.map(({ body }) => body?.toString('utf16le'));
  const dialogs = new Set(batch.messages.map(({ conversationHandle }) => conversationHandle)).size;
  return { texts, dialogs, batch };
}
const request = (body: string) => ({ messageType: 'Request', body });
const initiators = async () => {
  const [row] = await client.query(
    `SELECT COUNT(*) AS [n] FROM sys.conversation_endpoints AS e WHERE e.is_initiator = 1 AND e.state = 'CO';`,
    {},
    z.object({ n: z.number() }),
  );
  return row?.n;
};

test('sends one after the other share a dialog and keep their order', async () => {
  await using pool = new DialogPool(client, { dialog });
  for (const text of ['a', 'b', 'c']) await pool.send(request(text));
  await pool.send([request('d'), request('e')]);
  const { texts, dialogs } = await received();
  expect(texts).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(dialogs).toBe(1);
  expect(pool.statistics).toEqual({ idle: 1, leased: 0, begun: 1, retired: 0, repaired: 0 });
});

test('thousands of messages go in one call, in order', async () => {
  await using pool = new DialogPool(client, { dialog });
  const texts = Array.from({ length: 2_500 }, (_, index) => `m${index}`);
  await pool.send(texts.map(request));
  expect((await received()).texts).toEqual(texts);
});

test('sends at the same time have a dialog each, which later sends share', async () => {
  await using pool = new DialogPool(client, { dialog });
  await Promise.all(Array.from({ length: 4 }, (_, index) => pool.send(request(`${index}`))));
  const { begun } = pool.statistics;
  expect(begun).toBeLessThanOrEqual(4);
  await Promise.all(Array.from({ length: 4 }, (_, index) => pool.send(request(`${index}`))));
  expect(pool.statistics.begun).toBeLessThanOrEqual(4);
  expect((await received()).texts).toHaveLength(8);
});

test('a dialog is ended and replaced after its number of messages', async () => {
  await using pool = new DialogPool(client, { dialog, maxMessages: 2 });
  for (const text of ['a', 'b', 'c', 'd', 'e']) await pool.send(request(text));
  expect(pool.statistics).toMatchObject({ idle: 1, begun: 3, retired: 2 });
  const { texts, dialogs, batch } = await received();
  expect(texts.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(dialogs).toBe(3);
  expect(batch.systemMessages.map(({ kind }) => kind)).toEqual(['end-dialog', 'end-dialog']);
});

test('a dialog is ended and replaced after its age', async () => {
  await using pool = new DialogPool(client, { dialog, maxAgeMs: 1 });
  await pool.send(request('a'));
  await eventually(async () => {
    await pool.send(request('b'));
    expect(pool.statistics.retired).toBeGreaterThan(0);
  });
  expect(pool.statistics.idle).toBe(1);
});

test.each([
  ['the other side has ended', {}],
  ['the other side has failed', { error: { code: 7, description: 'no' } }],
])('a dialog that %s is replaced and the send repeated, once', async (_, end) => {
  await using pool = new DialogPool(client, { dialog });
  await pool.send(request('a'));
  const first = await received();
  await client.endConversation(first.batch.messages[0]!.conversationHandle, end);
  await pool.send([request('b'), request('c')]);
  expect((await received()).texts).toEqual(['b', 'c']);
  expect(pool.statistics).toMatchObject({ idle: 1, begun: 2, repaired: 1 });
  expect(await initiators()).toBe(1);
});

test('a dialog that somebody removed (8426) is replaced, in the transaction of the caller too', async () => {
  await using pool = new DialogPool(client, { dialog });
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
  expect((await received()).texts).toEqual(['a', 'b', 'c']);
  expect(pool.statistics.repaired).toBe(1);
});

test('a rolled-back transaction sends nothing, and its new dialog is not used again', async () => {
  await using pool = new DialogPool(client, { dialog });
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
  await using pool = new DialogPool(client, { dialog, maxMessages: 3 });
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

test('a message type that does not exist is no reason to begin another dialog', async () => {
  await using pool = new DialogPool(client, { dialog });
  await pool.send(request('a'));
  await expect(pool.send([request('b'), { messageType: 'NoSuchType' }])).rejects.toMatchObject({ number: 8428 });
  expect(pool.statistics).toMatchObject({ idle: 1, begun: 1, repaired: 0 });
  expect((await received()).texts).toEqual(['a']);
});

test('close ends all dialogs and refuses further sends', async () => {
  const pool = new DialogPool(client, { dialog });
  await pool.send(request('a'));
  await pool.close();
  expect(await initiators()).toBe(0);
  await expect(pool.send(request('b'))).rejects.toMatchObject({ code: 'INVALID_BROKER_OPTIONS' });
});
