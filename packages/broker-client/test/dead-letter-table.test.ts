import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BrokerClient, DeadLetterTable, type Replayer } from '../src/index.ts';
import { dialog, startTestDatabase, type TestDatabase, targetQueue } from './test-database.ts';

let database: TestDatabase;
let client: BrokerClient;
let letters: DeadLetterTable;

beforeAll(async () => {
  database = await startTestDatabase();
  client = database.client;
  await client.run(`CREATE TABLE [dbo].[Letter] (
    [DeadLetterId] BIGINT IDENTITY (1, 1) NOT NULL PRIMARY KEY,
    [DeadLetteredAt] DATETIME2(7) NOT NULL,
    [ReasonCode] NVARCHAR(64) NOT NULL, [ReasonText] NVARCHAR(4000) NOT NULL,
    [MessageBody] VARBINARY(MAX) NULL, [MessageTypeName] NVARCHAR(256) NOT NULL,
    [ConversationHandle] UNIQUEIDENTIFIER NOT NULL,
    [EnqueuedAt] DATETIME2(7) NULL, [ReceivedAt] DATETIME2(7) NOT NULL,
    [ReplayState] NVARCHAR(16) NOT NULL DEFAULT (N'PENDING'), [ReplayCount] INT NOT NULL DEFAULT (0),
    [ReplayedAt] DATETIME2(7) NULL,
    [Customer] NVARCHAR(20) NULL);`);
  letters = new DeadLetterTable(client, { table: 'dbo.Letter', fields: ['Customer'] });
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await client.run('DELETE FROM [dbo].[Letter];');
});

/** Puts letters away; gives their ids. */
async function put(...customers: readonly string[]): Promise<bigint[]> {
  for (const customer of customers) {
    await client.run(
      `INSERT INTO [dbo].[Letter] ([DeadLetteredAt], [ReasonCode], [ReasonText], [MessageBody], [MessageTypeName],
         [ConversationHandle], [ReceivedAt], [Customer])
       VALUES ('2026-01-01T00:00:00', N'BAD', N'it is bad', @Body, N'Request', NEWID(), SYSUTCDATETIME(), @Customer);`,
      { Body: Buffer.from(customer, 'utf16le'), Customer: customer },
    );
  }
  return (await letters.list()).map(({ id }) => id);
}

/** Sends the body again. */
const sendAgain: Replayer = async ({ messageTypeName, messageBody }, transaction) => {
  await client.send({ ...dialog, messageType: messageTypeName, body: messageBody }, { transaction });
};

async function bodies(): Promise<(string | undefined)[]> {
  await using batch = await client.receiveBatch({ queue: targetQueue, waitMs: 0 });
  await batch.endConversations(batch.messages.map(({ conversationHandle }) => conversationHandle));
  await batch.commit();
  return batch.messages.map(({ body }) => body?.toString('utf16le'));
}

test('letters are listed page by page, filtered and shown with all that is known', async () => {
  const ids = await put('a', 'b', 'c');
  expect((await letters.list({ limit: 2 })).map(({ fields }) => fields)).toEqual([
    { Customer: 'a' },
    { Customer: 'b' },
  ]);
  expect((await letters.list({ afterId: ids[1]!, limit: 2 })).map(({ id }) => id)).toEqual([ids[2]]);
  expect(await letters.list({ reasonCode: 'OTHER' })).toEqual([]);
  expect(await letters.count({ state: 'PENDING', before: new Date() })).toBe(3);
  expect(await letters.show(ids[0]!)).toMatchObject({
    reasonCode: 'BAD',
    messageBody: Buffer.from('a', 'utf16le'),
    deadLetteredAt: new Date('2026-01-01T00:00:00Z'),
    replayState: 'PENDING',
    replayCount: 0,
    replayedAt: null,
  });
  expect(await letters.show(999_999n)).toBeUndefined();
});

test('a replayed letter goes out once and keeps its history', async () => {
  const [id] = await put('again');
  expect(await letters.replay([id!, id!], sendAgain)).toEqual([{ id, outcome: 'replayed' }]);
  expect(await bodies()).toEqual(['again']);
  expect(await letters.show(id!)).toMatchObject({
    replayState: 'REPLAYED',
    replayCount: 1,
    replayedAt: expect.any(Date),
  });
  expect(await letters.replay([id!, 999_999n], sendAgain)).toEqual([
    { id, outcome: 'skipped', state: 'REPLAYED' },
    { id: 999_999n, outcome: 'skipped', state: null },
  ]);
  expect(await bodies()).toEqual([]);
});

test('two operators at the same letters replay each once', async () => {
  const ids = await put('a', 'b', 'c', 'd');
  const outcomes = (await Promise.all([letters.replay(ids, sendAgain), letters.replay(ids, sendAgain)])).flat();
  expect(outcomes.filter(({ outcome }) => outcome === 'replayed')).toHaveLength(4);
  expect((await bodies()).toSorted()).toEqual(['a', 'b', 'c', 'd']);
});

test('a letter whose replay fails is as it was, sends nothing, and keeps no other', async () => {
  const ids = await put('bad', 'good');
  const outcomes = await letters.replay(ids, async (letter, transaction) => {
    await sendAgain(letter, transaction);
    if (letter.fields.Customer === 'bad') await client.enqueue('dbo.sp_Fail', {}, { transaction });
  });
  expect(outcomes).toMatchObject([
    { id: ids[0], outcome: 'failed', error: { number: 50123 } },
    { id: ids[1], outcome: 'replayed' },
  ]);
  expect(await bodies()).toEqual(['good']);
  expect(await letters.show(ids[0]!)).toMatchObject({ replayState: 'PENDING', replayCount: 0, replayedAt: null });
});

test('purge deletes what the filter says and nothing else', async () => {
  const ids = await put('a', 'b');
  await letters.replay([ids[0]!], async () => {});
  expect(await letters.purge({ state: 'REPLAYED', before: new Date('2025-01-01T00:00:00Z') })).toBe(0);
  expect(await letters.purge({ state: 'REPLAYED' })).toBe(1);
  expect((await letters.list()).map(({ id }) => id)).toEqual([ids[1]]);
});
