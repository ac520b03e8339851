import { eventually, TcpProxy } from '@hartonomous/test-support';
import mssql from 'mssql';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type BrokerClient, type ReceivedBatch, sqlParameter } from '../src/index.ts';
import { dialog, initiatorQueue, startTestDatabase, type TestDatabase, targetQueue } from './test-database.ts';

let database: TestDatabase;
let client: BrokerClient;

beforeAll(async () => {
  database = await startTestDatabase();
  client = database.client;
});
afterAll(() => database[Symbol.asyncDispose]());

// Each test leaves the queues empty and on, whatever it did.
afterEach(async () => {
  for (const queue of [targetQueue, initiatorQueue]) {
    await client.run(`ALTER QUEUE ${queue} WITH STATUS = ON;`);
    for (;;) {
      await using batch = await client.receiveBatch({ queue, waitMs: 0 });
      if (batch.isEmpty) break;
      const handles = [...batch.messages, ...batch.systemMessages].map((message) => message.conversationHandle);
      await batch.endConversations(handles, { cleanup: true });
      await batch.commit();
    }
  }
});

const texts = (batch: ReceivedBatch) => batch.messages.map((message) => message.body?.toString('utf16le') ?? null);
const receive = (options: { batchSize?: number; waitMs?: number } = {}) =>
  client.receiveBatch({ queue: targetQueue, waitMs: 5_000, ...options });

test('a message that is sent is received with all that is known about it', async () => {
  const handle = await client.send({ ...dialog, messageType: 'Request', body: 'hello' });
  await using batch = await receive();
  expect(texts(batch)).toEqual(['hello']);
  expect(batch.messages[0]).toMatchObject({
    messageTypeName: 'Request',
    contractName: 'TestContract',
    serviceName: 'TargetService',
    sequenceNumber: 0n,
    enqueuedAt: expect.any(Date),
  });
  expect(batch.messages[0]?.conversationHandle).not.toBe(handle);
  await batch.commit();
});

test('of a body that is longer than allowed the beginning is received, and how long it was', async () => {
  const long = Buffer.alloc(1_000_000, 'ab');
  const messages = [long, Buffer.from('short')].map((body) => ({ messageType: 'Request', body }));
  await client.send({ ...dialog, messages });
  await using batch = await client.receiveBatch({ queue: targetQueue, maxBodyBytes: 999_999 });
  expect(batch.messages.map(({ body, cutFrom }) => [body?.length, cutFrom])).toEqual([
    [65_536, 1_000_000],
    [5, undefined],
  ]);
  expect(batch.messages[0]?.body).toEqual(long.subarray(0, 65_536));
  await batch.commit();
});

test('bodies come back byte by byte: bytes, text, empty, none', async () => {
  const bytes = Buffer.from([0, 255, 254, 0, 1]);
  await client.send({
    ...dialog,
    messages: [
      { messageType: 'Request', body: bytes },
      { messageType: 'Request', body: 'größer 🚀' },
      { messageType: 'Request', body: '' },
      { messageType: 'Ping' },
    ],
  });
  await using batch = await receive();
  expect(batch.messages.map((message) => message.body)).toEqual([
    bytes,
    Buffer.from('größer 🚀', 'utf16le'),
    Buffer.alloc(0),
    null,
  ]);
  await batch.commit();
});

test('one receive drains several conversation groups, up to the batch size, each in its order', async () => {
  for (const group of ['a', 'b', 'c']) {
    await client.send({
      ...dialog,
      messages: [1, 2, 3].map((position) => ({ messageType: 'Request', body: `${group}${position}` })),
    });
  }
  {
    await using batch = await receive({ batchSize: 7 });
    expect(texts(batch)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1']);
    expect(new Set(batch.messages.map((message) => message.conversationGroupId)).size).toBe(3);
    await batch.commit();
  }
  await using rest = await receive({ batchSize: 7 });
  expect(texts(rest)).toEqual(['c2', 'c3']);
  await rest.commit();
});

test('a batch that is disposed without commit puts its messages back in their order', async () => {
  const messages = ['1', '2', '3'].map((body) => ({ messageType: 'Request', body }));
  await client.send({ ...dialog, messages });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await using batch = await receive();
    expect(texts(batch)).toEqual(['1', '2', '3']);
  }
  expect(await client.queueDepth(targetQueue)).toBe(3);
});

test('two readers never get messages of the same conversation group', async () => {
  await client.send({ ...dialog, messageType: 'Request', body: 'only' });
  await using first = await receive();
  await using second = await receive({ waitMs: 100 });
  expect(texts(first)).toEqual(['only']);
  expect(second.isEmpty).toBe(true);
  await first.commit();
});

test('an empty queue gives an empty batch after the wait', async () => {
  const started = performance.now();
  await using batch = await receive({ waitMs: 300 });
  expect(batch.isEmpty).toBe(true);
  expect(performance.now() - started).toBeGreaterThanOrEqual(250);
});

test('a waiting reader gets a message as soon as it comes', async () => {
  const receiving = receive({ waitMs: 20_000 });
  await client.send({ ...dialog, messageType: 'Request', body: 'now' });
  const sent = performance.now();
  await using batch = await receiving;
  expect(performance.now() - sent).toBeLessThan(10_000);
  expect(texts(batch)).toEqual(['now']);
  await batch.commit();
});

test('an aborted wait ends at once with the reason of the signal, and the connection is of use again', async () => {
  await using small = await database.connect({}, { maxConnections: 1 });
  const abort = new AbortController();
  const receiving = small.receiveBatch({ queue: targetQueue, waitMs: 60_000, signal: abort.signal });
  setImmediate(() => abort.abort(new Error('stopping')));
  await expect(receiving).rejects.toThrow('stopping');
  await client.send({ ...dialog, messageType: 'Request', body: 'after' });
  await using batch = await small.receiveBatch({ queue: targetQueue });
  expect(texts(batch)).toEqual(['after']);
  await batch.commit();
});

test('work in the transaction of the batch is kept or dropped with it', async () => {
  await client.send({ ...dialog, messageType: 'Request', body: 'bad' });
  const target = { procedure: 'dbo.sp_DeadLetter' };
  const count = async () => {
    const [row] = await client.query(
      'SELECT COUNT(*) AS [n] FROM [dbo].[DeadLetter];',
      {},
      z.object({ n: z.number() }),
    );
    return row?.n;
  };
  {
    await using batch = await receive();
    await batch.deadLetter(target, [{ message: batch.messages[0]!, reasonCode: 'BAD', reasonText: 'dropped' }]);
  }
  expect(await count()).toBe(0);
  {
    await using batch = await receive();
    await batch.deadLetter(target, [{ message: batch.messages[0]!, reasonCode: 'BAD', reasonText: 'kept' }]);
    await batch.commit();
  }
  expect(await count()).toBe(1);
  const [row] = await client.query(
    'SELECT TOP (1) [ReasonCode] AS [reason], [Body] AS [body] FROM [dbo].[DeadLetter] ORDER BY [Id] DESC;',
    {},
    z.object({ reason: z.string(), body: z.instanceof(Buffer) }),
  );
  expect(row).toEqual({ reason: 'BAD', body: Buffer.from('bad', 'utf16le') });
});

test('the result sets of a batch of statements come in one round trip, in their order, empty ones too', async () => {
  const sets = await client.querySets(
    `SELECT @First AS [value];
     DECLARE @Second INT = 2;
     SELECT @Second AS [value] WHERE 1 = 0;
     SELECT [value] FROM (VALUES (3), (4)) AS v ([value]) ORDER BY [value];`,
    { First: sqlParameter.int(1) },
  );
  expect(sets).toEqual([[{ value: 1 }], [], [{ value: 3 }, { value: 4 }]]);
});

test('tables have their columns in order, whatever their names, and no more rows than are wanted', async () => {
  const tables = await client.queryTables(
    `SELECT @First AS [2], CAST(1.5 AS decimal(9, 2)) AS [1], N'x' AS a, N'y' AS a;
     SELECT [value] FROM (VALUES (3), (4), (5)) AS v ([value]) ORDER BY [value];
     SELECT [value] FROM (VALUES (6)) AS v ([value]) WHERE 1 = 0;`,
    { First: sqlParameter.int(1) },
    { mostRows: 2 },
  );
  expect(tables.map(({ rows }) => rows)).toEqual([[[1, 1.5, 'x', 'y']], [[3], [4]], []]);
  expect(tables[0]?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    '2 int',
    '1 decimal',
    'a nvarchar',
    'a nvarchar',
  ]);
  expect(tables[0]?.columns[1]).toMatchObject({ precision: 9, scale: 2 });
  expect(tables[2]?.columns.map(({ name }) => name)).toEqual(['value']);
  await expect(client.queryTables('SELECT 1 AS [value]; SELECT 1 / 0 AS [value];')).rejects.toMatchObject({
    number: 8134,
  });
  const stop = new AbortController();
  const waiting = client.queryTables("WAITFOR DELAY '00:01:00';", {}, { signal: stop.signal });
  const reason = new Error('enough');
  setTimeout(() => stop.abort(reason), 50);
  await expect(waiting).rejects.toBe(reason);
});

test('an answer goes back on the same conversation', async () => {
  const handle = await client.send({ ...dialog, messageType: 'Request', body: 'question' });
  {
    await using batch = await receive();
    const [message] = batch.messages;
    await client.sendOnDialog(
      message!.conversationHandle,
      { messageType: 'Reply', body: 'answer' },
      { transaction: batch.transaction },
    );
    await batch.commit();
  }
  await using replies = await client.receiveBatch({ queue: initiatorQueue });
  expect(replies.messages).toMatchObject([{ conversationHandle: handle, messageTypeName: 'Reply' }]);
  await replies.commit();
});

test('an end and an error arrive as system messages, not as messages', async () => {
  const plain = await client.send({ ...dialog, messageType: 'Request', body: 'plain' });
  const failed = await client.send({ ...dialog, messageType: 'Request', body: 'failed' });
  {
    await using batch = await receive();
    const handleOf = (body: string) =>
      batch.messages.find((message) => message.body?.toString('utf16le') === body)!.conversationHandle;
    await batch.endConversations([handleOf('plain'), handleOf('plain')]);
    await batch.endConversations([handleOf('failed')], { error: { code: 42, description: "can't <do>" } });
    await batch.commit();
  }
  const seen = new Map<string, unknown>();
  await eventually(async () => {
    await using batch = await client.receiveBatch({ queue: initiatorQueue, waitMs: 1_000 });
    expect(batch.messages).toEqual([]);
    for (const { conversationHandle, kind, error } of batch.systemMessages)
      seen.set(conversationHandle, { kind, error });
    await batch.endFinishedConversations();
    await batch.commit();
    expect(seen.size).toBe(2);
  });
  expect(seen.get(plain)).toEqual({ kind: 'end-dialog', error: null });
  expect(seen.get(failed)).toEqual({ kind: 'error', error: { code: 42, description: "can't <do>" } });
  await expect(client.sendOnDialog(plain, { messageType: 'Request' })).rejects.toMatchObject({
    code: 'CONVERSATION_ENDED',
  });
});

test('a procedure that enqueues joins the transaction: no commit, no message', async () => {
  {
    await using transaction = await client.beginTransaction();
    await client.enqueue('dbo.sp_Enqueue', { Text: 'dropped' }, { transaction });
  }
  {
    await using transaction = await client.beginTransaction();
    await client.enqueue('dbo.sp_Enqueue', { Text: 'kept' }, { transaction });
    await transaction.commit();
  }
  await using batch = await receive();
  expect(texts(batch)).toEqual(['kept']);
  await batch.commit();
});

test('many changes are enqueued by one call with a table-valued parameter', async () => {
  const columns = [
    { name: 'Id', type: mssql.BigInt, nullable: false },
    { name: 'Text', type: mssql.NVarChar(100), nullable: false },
  ];
  const rows = Array.from({ length: 50 }, (_, index): [bigint, string] => [BigInt(index + 1), `text ${index + 1}`]);
  await client.enqueue('dbo.sp_EnqueueList', { Texts: sqlParameter.table('dbo.TextList', columns, rows) });
  await using batch = await receive();
  expect(texts(batch)).toEqual(rows.map(([, text]) => text));
  await batch.commit();
});

test('a send of several messages is all or none', async () => {
  const messages = [
    { messageType: 'Request', body: 'first' },
    { messageType: 'NoSuchType', body: 'second' },
  ];
  await expect(client.send({ ...dialog, messages })).rejects.toMatchObject({
    code: 'BROKER_OBJECT_INVALID',
    number: 8428,
  });
  expect(await client.queueDepth(targetQueue)).toBe(0);
});

test('a message to a service that does not exist is seen among the stuck transmissions', async () => {
  const handle = await client.send({ ...dialog, toService: 'Nowhere', messageType: 'Request', body: 'lost' });
  await eventually(async () => {
    const stuck = await client.stuckTransmissions();
    expect(stuck).toMatchObject([{ toService: 'Nowhere', messages: 1, oldestEnqueuedAt: expect.any(Date) }]);
    expect(stuck[0]?.status).not.toBe('');
  });
  await client.endConversation(handle, { cleanup: true });
  expect(await client.stuckTransmissions()).toEqual([]);
});

test('the state of a queue can be looked at', async () => {
  await client.send({ ...dialog, messageType: 'Request', body: 'one' });
  expect(await client.queueDepth(targetQueue)).toBe(1);
  expect(await client.queueStatus(targetQueue)).toEqual({
    isReceiveEnabled: true,
    isEnqueueEnabled: true,
    isActivationEnabled: false,
    activationProcedure: null,
    maxReaders: 0,
    isRetentionEnabled: false,
    isPoisonMessageHandlingEnabled: false,
  });
  await client.run(`ALTER QUEUE ${targetQueue} WITH STATUS = OFF;`);
  expect(await client.queueStatus(targetQueue)).toMatchObject({ isReceiveEnabled: false, isEnqueueEnabled: false });
});

test('errors have codes: disabled queue, unknown queue, failed procedure, wrong password, unknown database', async () => {
  await client.run(`ALTER QUEUE ${targetQueue} WITH STATUS = OFF;`);
  await expect(receive()).rejects.toMatchObject({
    code: 'QUEUE_DISABLED',
    number: 9617,
    retryable: true,
    queue: targetQueue,
  });
  await expect(client.receiveBatch({ queue: 'dbo.Nothing' })).rejects.toMatchObject({
    code: 'QUEUE_NOT_FOUND',
    number: 208,
  });
  await expect(client.queueStatus('dbo.Nothing')).rejects.toMatchObject({ code: 'QUEUE_NOT_FOUND' });
  await expect(client.enqueue('dbo.sp_Fail', {})).rejects.toMatchObject({
    code: 'SQL_STATEMENT_FAILED',
    number: 50123,
  });
  await expect(database.connect({ password: 'wrong' })).rejects.toMatchObject({
    code: 'BROKER_LOGIN_FAILED',
    retryable: false,
  });
  await expect(database.connect({ database: 'NoSuchDatabase' })).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
  });
});

test('a waiting reader learns at once that its queue was switched off', async () => {
  const receiving = receive({ waitMs: 60_000 });
  const outcome = expect(receiving).rejects.toMatchObject({ code: 'QUEUE_DISABLED' });
  await client.run(`ALTER QUEUE ${targetQueue} WITH STATUS = OFF;`);
  await outcome;
});

test('an answer that begins and does not go on is a time-out, and the next call has another connection', async () => {
  await using proxy = await TcpProxy.start({ targetPort: database.port });
  await using impatient = await database.connect({ port: proxy.port }, { requestTimeoutMs: 300 });
  const rows = () =>
    impatient.query(
      "SELECT REPLICATE(N'x', 3000) AS [text] FROM OPENJSON(@Numbers) AS j;",
      { Numbers: JSON.stringify(Array.from({ length: 200 }, (_, n) => n)) },
      z.object({ text: z.string() }),
    );
  expect(await rows()).toHaveLength(200);
  // More than one piece of what the proxy forwards, and a sixth of the answer.
  const silent = proxy.afterBytes(200_000, () => void proxy.enter('black-hole'));
  const asking = rows();
  asking.catch(() => undefined);
  await silent;
  await expect(asking).rejects.toMatchObject({
    code: 'BROKER_TIMEOUT',
    retryable: true,
    message: expect.stringContaining('the answer had begun'),
  });
  await proxy.enter('pass');
  expect(await rows()).toHaveLength(200);
  proxy.forgetDead();
});

test('a certificate that nobody vouches for is refused unless it is trusted', async () => {
  const untrusted = database.connect({ options: { encrypt: true, trustServerCertificate: false } });
  await expect(untrusted).rejects.toMatchObject({ code: 'BROKER_TLS_FAILED', retryable: false });
});

test('an ended transaction says so', async () => {
  await using transaction = await client.beginTransaction();
  await transaction.commit();
  expect(transaction.state).toBe('committed');
  await expect(transaction.commit()).rejects.toMatchObject({ code: 'TRANSACTION_ENDED' });
  await expect(transaction.run('SELECT 1;')).rejects.toMatchObject({ code: 'TRANSACTION_ENDED' });
});

test('of several errors of a batch the first is reported: the cause, not what follows from it', async () => {
  await client.run("CREATE LOGIN [Reader] WITH PASSWORD = N'Re4der!'; CREATE USER [Reader] FOR LOGIN [Reader];");
  await using reader = await database.connect({ user: 'Reader', password: 'Re4der!' });
  const receiveAndEnd = `DECLARE @h UNIQUEIDENTIFIER;
    RECEIVE TOP (1) @h = conversation_handle FROM ${targetQueue};
    END CONVERSATION @h;`;
  await expect(reader.run(receiveAndEnd)).rejects.toMatchObject({ code: 'PERMISSION_DENIED', number: 229 });
  await using transaction = await reader.beginTransaction();
  await expect(transaction.run(receiveAndEnd)).rejects.toMatchObject({ code: 'PERMISSION_DENIED', number: 229 });
  await expect(reader.queryTables(receiveAndEnd)).rejects.toMatchObject({ code: 'PERMISSION_DENIED', number: 229 });
});

test('a connection made later than the first: 4060 stays the reason, in the words of the server', async () => {
  await using other = await database.connect({ user: 'sa', database: 'BrokerClientTest' });
  await other.run('CREATE DATABASE [Vanishing];');
  await using late = await database.connect({ database: 'Vanishing' });
  await other.run('DROP DATABASE [Vanishing];');
  const expected = {
    code: 'DATABASE_UNAVAILABLE',
    number: 4060,
    message: expect.stringContaining('Cannot open database'),
  };
  await expect(late.run('SELECT 1;')).rejects.toMatchObject(expected);
  await expect(late.beginTransaction()).rejects.toMatchObject(expected);
  await expect(database.connect({ database: 'Vanishing' })).rejects.toMatchObject(expected);
});
