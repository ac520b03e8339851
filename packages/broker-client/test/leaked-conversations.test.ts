import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BrokerClient, endLeakedConversations } from '../src/index.ts';
import { dialog, startTestDatabase, type TestDatabase, targetQueue } from './test-database.ts';

let database: TestDatabase;
let client: BrokerClient;

beforeAll(async () => {
  database = await startTestDatabase();
  client = database.client;
});
afterAll(() => database[Symbol.asyncDispose]());

/** A conversation whose sender has ended it. */
async function endedBySender(body: string): Promise<void> {
  const handle = await client.send({ ...dialog, messageType: 'Request', body });
  await client.endConversation(handle);
}

/** Takes everything and ends nothing, as a careless reader does. */
async function takeCarelessly(): Promise<void> {
  await using batch = await client.receiveBatch({ queue: targetQueue, batchSize: 100, waitMs: 2_000 });
  await batch.commit();
}

const disconnected = async () =>
  (await client.endpointCounts()).find(({ state }) => state === 'DISCONNECTED_INBOUND')?.endpoints ?? 0;

test('conversations that a careless reader has left behind are found, then ended, at most so many at a time', async () => {
  for (const body of ['a', 'b', 'c']) await endedBySender(body);
  await takeCarelessly();
  expect(await disconnected()).toBe(3);
  const dry = await endLeakedConversations(client, { queue: targetQueue, isDryRun: true });
  expect(dry).toMatchObject({ found: { length: 3 }, ended: 0 });
  expect(await disconnected()).toBe(3);
  const seen: number[] = [];
  const onProgress = ({ ended }: { readonly ended: number }) => seen.push(ended);
  expect((await endLeakedConversations(client, { queue: targetQueue, limit: 2, onProgress })).ended).toBe(2);
  expect(seen).toEqual([1, 2]);
  expect((await endLeakedConversations(client, { queue: targetQueue })).ended).toBe(1);
  expect(await disconnected()).toBe(0);
});

test('a conversation with messages is left alone, also when a reader holds them and puts them back', async () => {
  await endedBySender('still wanted');
  expect(await endLeakedConversations(client, { queue: targetQueue })).toEqual({ found: [], ended: 0 });
  {
    await using batch = await client.receiveBatch({ queue: targetQueue, waitMs: 2_000 });
    expect(batch.messages).toHaveLength(1);
    expect((await endLeakedConversations(client, { queue: targetQueue, lockTimeoutMs: 100 })).ended).toBe(0);
    await batch.rollback();
  }
  await using again = await client.receiveBatch({ queue: targetQueue, waitMs: 2_000 });
  expect(again.messages.map(({ body }) => body?.toString('utf16le'))).toEqual(['still wanted']);
  await again.endFinishedConversations();
  await again.commit();
});

test('a queue that is not there', async () => {
  await expect(endLeakedConversations(client, { queue: 'dbo.Nothing' })).rejects.toMatchObject({
    code: 'QUEUE_NOT_FOUND',
  });
});
