import { eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BrokerClient } from '../src/index.ts';
import { dialog, startTestDatabase, type TestDatabase, targetQueue } from './test-database.ts';

let database: TestDatabase;
let client: BrokerClient;

beforeAll(async () => {
  database = await startTestDatabase();
  client = database.client;
});
afterAll(() => database[Symbol.asyncDispose]());

async function take() {
  await using batch = await client.receiveBatch({ queue: targetQueue, waitMs: 5_000 });
  await batch.endConversations(
    [...batch.messages, ...batch.systemMessages].map((message) => message.conversationHandle),
  );
  await batch.commit();
}

test('an empty queue has no oldest message', async () => {
  expect(await client.queueBacklog(targetQueue)).toEqual({
    messages: 0,
    oldestEnqueuedAt: null,
    oldestAgeMs: null,
    mayBePoisoned: false,
    activation: null,
  });
});

test('the age of the oldest message grows until it is received', async () => {
  await client.send({ ...dialog, messageType: 'Request', body: 'old' });
  await eventually(async () => expect((await client.queueBacklog(targetQueue)).oldestAgeMs).toBeGreaterThan(50));
  await client.send({ ...dialog, messageType: 'Request', body: 'young' });
  const { messages, oldestEnqueuedAt, oldestAgeMs } = await client.queueBacklog(targetQueue);
  expect(messages).toBe(2);
  expect(Math.abs(Date.now() - (oldestEnqueuedAt?.getTime() ?? 0))).toBeLessThan(60_000);
  expect(oldestAgeMs).toBeLessThan(60_000);
  await take();
  expect((await client.queueBacklog(targetQueue)).messages).toBe(0);
});

test('a queue is switched off and on', async () => {
  await client.disableQueue(targetQueue);
  expect((await client.queueStatus(targetQueue)).isReceiveEnabled).toBe(false);
  expect((await client.queueBacklog(targetQueue)).mayBePoisoned).toBe(false);
  await client.enableQueue(targetQueue);
  expect((await client.queueStatus(targetQueue)).isReceiveEnabled).toBe(true);
  await expect(client.enableQueue('dbo.Nothing')).rejects.toMatchObject({ code: 'QUEUE_NOT_FOUND' });
});

test('five rollbacks switch a queue off that handles poison messages; it is seen, and switched on again', async () => {
  await client.run(`ALTER QUEUE ${targetQueue} WITH POISON_MESSAGE_HANDLING (STATUS = ON);`);
  await client.send({ ...dialog, messageType: 'Request', body: 'poison' });
  for (let rollbacks = 0; rollbacks < 5; rollbacks += 1) {
    await using batch = await client.receiveBatch({ queue: targetQueue, waitMs: 5_000 });
    expect(batch.messages).toHaveLength(1);
    await batch.rollback();
  }
  await eventually(async () => {
    expect(await client.queueBacklog(targetQueue)).toMatchObject({ mayBePoisoned: true, messages: 1 });
  });
  await client.enableQueue(targetQueue);
  await take();
  expect((await client.queueBacklog(targetQueue)).mayBePoisoned).toBe(false);
  await client.run(`ALTER QUEUE ${targetQueue} WITH POISON_MESSAGE_HANDLING (STATUS = OFF);`);
});

test('what watches a queue inside the server is reported with its state', async () => {
  await client.run('CREATE PROCEDURE dbo.sp_Activated AS SET NOCOUNT ON;');
  const activation = `PROCEDURE_NAME = dbo.sp_Activated, MAX_QUEUE_READERS = 1, EXECUTE AS OWNER`;
  await client.run(`ALTER QUEUE ${targetQueue} WITH ACTIVATION (STATUS = ON, ${activation});`);
  const backlog = await client.queueBacklog(targetQueue);
  expect(backlog.activation).toMatchObject({ state: expect.any(String), tasksRunning: expect.any(Number) });
  await client.run(`ALTER QUEUE ${targetQueue} WITH ACTIVATION (DROP);`);
  expect((await client.queueBacklog(targetQueue)).activation).toBeNull();
});

test('endpoints are counted by state', async () => {
  const before = new Map((await client.endpointCounts()).map(({ state, endpoints }) => [state, endpoints]));
  await client.send({ ...dialog, messageType: 'Request', body: 'one' });
  const after = new Map((await client.endpointCounts()).map(({ state, endpoints }) => [state, endpoints]));
  expect(after.get('CONVERSING')).toBe((before.get('CONVERSING') ?? 0) + 2);
  await take();
  const ended = new Map((await client.endpointCounts()).map(({ state, endpoints }) => [state, endpoints]));
  expect(ended.get('DISCONNECTED_INBOUND')).toBe((before.get('DISCONNECTED_INBOUND') ?? 0) + 1);
});

test('a conversation timer comes as a system message on its own side, and the last one set counts', async () => {
  const handle = await client.send({ ...dialog, messageType: 'Request', body: 'timed' });
  await client.setConversationTimer(handle, 3_600);
  await client.setConversationTimer(handle, 1);
  const seen: unknown[] = [];
  await eventually(async () => {
    await using batch = await client.receiveBatch({ queue: 'dbo.InitiatorQueue', waitMs: 2_000 });
    seen.push(
      ...batch.systemMessages.filter((message) => message.conversationHandle === handle).map(({ kind }) => kind),
    );
    await batch.endFinishedConversations();
    await batch.commit();
    expect(seen).toEqual(['dialog-timer']);
  });
  await expect(client.setConversationTimer(handle, 0)).rejects.toMatchObject({ code: 'INVALID_BROKER_OPTIONS' });
  await client.endConversation(handle);
  await take();
});

test('a timer set in a transaction that rolls back is not set', async () => {
  const handle = await client.beginDialog(dialog);
  {
    await using transaction = await client.beginTransaction();
    await client.setConversationTimer(handle, 1, { transaction });
  }
  await using batch = await client.receiveBatch({ queue: 'dbo.InitiatorQueue', waitMs: 1_500 });
  expect(batch.systemMessages.filter((message) => message.conversationHandle === handle)).toEqual([]);
  await client.endConversation(handle);
});
