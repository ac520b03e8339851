import { eventually } from '@hartonomous/test-support';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SqlError } from '../../src/errors.ts';
import { startTdsServer, type TdsServer } from '../../src/tds/server.ts';
import { CannedEngine, resultSet } from './canned-engine.ts';
import { doneTokens, loginMessage, RawClient } from './raw-client.ts';

const one = resultSet([{ name: 'x', type: { name: 'int' }, nullable: false }], [[1]]);
const engine = new CannedEngine({
  one,
  nothing: () => undefined,
  'three statements': (sink) => {
    sink.statementDone({ command: 'insert', rowCount: 3 });
    sink.statementDone({ command: 'update', rowCount: 0 });
    sink.statementDone({ command: 'delete', rowCount: 2 ** 33 });
  },
  'error last': (sink) => {
    sink.statementDone({ command: 'insert', rowCount: 3 });
    sink.error(new SqlError('no', { number: 50000 }));
  },
  'procedure in a batch': (sink) => {
    sink.statementDoneInProcedure({ command: 'insert', rowCount: 1 });
    sink.statementDoneInProcedure({ command: 'set' });
    sink.procedureDone(7);
    sink.statementDone({ command: 'update', rowCount: 1 });
  },
  'error in a procedure that ends the batch': (sink) => {
    sink.error(new SqlError('no', { number: 50000, procedure: 'p' }));
    sink.statementDoneInProcedure({ command: 'other', error: true });
  },
  fatal: (sink) => sink.error(new SqlError('The end.', { number: 50001, severity: 20 })),
  wait: async (_sink, signal) => {
    const stopped = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => stopped.resolve(), { once: true });
    if (!signal.aborted) await stopped.promise;
  },
});
const defects: unknown[] = [];
let server: TdsServer;

beforeAll(async () => {
  server = await startTdsServer({
    engine,
    port: 0,
    loginTimeoutMs: 1500,
    maxMessageBytes: 100_000,
    onDefect: (error) => defects.push(error),
  });
});
afterAll(async () => {
  await server.close();
  expect(defects).toEqual([]);
});

test.each([
  ['three statements', ['DONE 0x11 count 3', 'DONE 0x11 count 0', 'DONE 0x10 count 8589934592']],
  ['nothing', ['DONE 0x0 count 0']],
  ['error last', ['DONE 0x2 count 0']],
  ['error in a procedure that ends the batch', ['DONEINPROC 0x3 count 0', 'DONE 0x2 count 0']],
  ['fatal', ['DONE 0x102 count 0']],
])('the batch "%s" ends with %j', async (sql, expected) => {
  using client = await RawClient.logIn(server.port);
  client.batch(sql);
  expect(doneTokens(await client.message())).toEqual(expected);
});

test('a procedure in a batch has its own DONEINPROCs, return status and DONEPROC, all followed by more', async () => {
  using client = await RawClient.logIn(server.port);
  client.batch('procedure in a batch');
  const message = await client.message();
  expect(message?.toString('hex')).toBe(
    ['ff1100c3000100000000000000', '7907000000', 'fe0100e0000000000000000000', 'fd1000c5000100000000000000'].join(''),
  );
});

test('each call of one RPC message gets its own DONEPROC, and only the last one ends the answer', async () => {
  using client = await RawClient.logIn(server.port);
  const call = Buffer.from('ffff0c0000000000' + '26040401000000', 'hex');
  const prepare = Buffer.from('ffff0b000000' + '0001' + '260400' + '0000' + 'e7401f0904d00034ffff', 'hex');
  const statement = Buffer.from('insert', 'utf16le');
  const text = Buffer.concat([Buffer.from('0000' + 'e7401f0904d000340c00', 'hex'), statement]);
  client.rpc(Buffer.concat([prepare, text]));
  await client.message();
  client.rpc(Buffer.concat([call, Buffer.of(0xff), call, Buffer.of(0xff), call]));
  const message = await client.message();
  const one = 'ff1100c3000100000000000000' + '7900000000';
  const end = (status: string): string => `fe${status}00e0000000000000000000`;
  expect(message?.toString('hex')).toBe(one + end('01') + one + end('01') + one + end('00'));
});

test('an attention is answered with two messages, and one that comes too late with one', async () => {
  using client = await RawClient.logIn(server.port);
  client.batch('wait');
  client.attention();
  expect(doneTokens(await client.message())).toEqual(['DONE 0x2 count 0']);
  expect(doneTokens(await client.message())).toEqual(['DONE 0x20 count 0']);
  client.attention();
  expect(doneTokens(await client.message())).toEqual(['DONE 0x20 count 0']);
  client.batch('one');
  expect(doneTokens(await client.message())).toEqual(['DONE 0x10 count 1']);
});

test('an ignored message is answered with DONE and not run', async () => {
  using client = await RawClient.logIn(server.port);
  const before = engine.log.batches.length;
  client.batch('one', 0x03);
  expect(doneTokens(await client.message())).toEqual(['DONE 0x0 count 0']);
  expect(engine.log.batches).toHaveLength(before);
});

test('the reset bit resets the session before the request, and the answer says so first', async () => {
  using client = await RawClient.logIn(server.port);
  const before = engine.log.resets;
  client.batch('nothing', 0x09);
  expect((await client.message())?.toString('hex')).toBe('e30300120000' + 'fd000000000000000000000000');
  expect(engine.log.resets).toBe(before + 1);
});

test('an error of severity 20 closes the connection after the answer', async () => {
  using client = await RawClient.logIn(server.port);
  client.batch('fatal');
  expect((await client.message())?.readInt32LE(3)).toBe(50001);
  await client.closed();
});

test('a login may change its password', async () => {
  using client = await RawClient.open(server.port);
  client.send(0x12, Buffer.from('0100060001ff02', 'hex'));
  await client.message();
  client.write(loginMessage('n3w'));
  await client.message();
  expect(engine.log.logins.at(-1)).toMatchObject({ password: 'right', newPassword: 'n3w' });
});

test('a client that goes away in the middle of a request ends the request and its session', async () => {
  const before = engine.log.disposed;
  const client = await RawClient.logIn(server.port);
  const batches = engine.log.batches.length;
  client.batch('wait');
  await eventually(() => expect(engine.log.batches).toHaveLength(batches + 1));
  client[Symbol.dispose]();
  await eventually(() => expect(engine.log.disposed).toBeGreaterThan(before));
});

test('a client that goes away while the server makes its first certificate leaves nothing behind', async () => {
  using client = await RawClient.open(server.port);
  client.send(0x12, Buffer.from('0100060001ff01', 'hex'));
  await eventually(() => expect(server.connectionCount).toBeGreaterThan(0));
  client[Symbol.dispose]();
  await eventually(() => expect(server.connectionCount).toBe(0));
});

test('a broken request gets an ERROR token of severity 20, then the connection is closed', async () => {
  using client = await RawClient.logIn(server.port);
  client.rpc(Buffer.from('ffff0a000000' + '0000' + '99', 'hex'));
  const message = await client.message();
  expect([message?.readUInt8(0), message?.readInt32LE(3), message?.readUInt8(8)]).toEqual([0xaa, 8009, 20]);
  await client.closed();
});

test('a request above the limit closes the connection', async () => {
  using client = await RawClient.logIn(server.port);
  client.batch('x'.repeat(60_000));
  await client.closed();
});

test('a client that never logs in is cut off when its time is over', async () => {
  using silent = await RawClient.open(server.port);
  using half = await RawClient.open(server.port);
  half.send(0x12, Buffer.from('0100060001ff02', 'hex'));
  await Promise.all([silent.closed(), half.closed()]);
});

test('random bytes, before and after the login and inside TLS, never stop the server', async () => {
  const scenario = fc.record({
    start: fc.constantFrom('connected', 'tls', 'logged in'),
    type: fc.constantFrom(0x01, 0x03, 0x06, 0x07, 0x0e, 0x10, 0x12),
    bytes: fc.uint8Array({ maxLength: 200 }),
    framed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ start, type, bytes, framed }) => {
      using client = start === 'logged in' ? await RawClient.logIn(server.port) : await RawClient.open(server.port);
      if (start === 'tls') client.send(0x12, Buffer.from('0100060001ff01', 'hex'));
      if (framed) client.send(type, Buffer.from(bytes));
      else client.write(bytes);
    }),
    { numRuns: 300 },
  );
  using survivor = await RawClient.logIn(server.port);
  survivor.batch('one');
  expect(doneTokens(await survivor.message())).toEqual(['DONE 0x10 count 1']);
  await eventually(() => expect(server.connectionCount).toBe(1));
});

test('a port in use is named, with what to do', async () => {
  const second = startTdsServer({ engine, port: server.port });
  await expect(second).rejects.toMatchObject({ code: 'PORT_IN_USE', port: server.port });
  await expect(second).rejects.toThrow(`Port ${server.port} on 127.0.0.1 is in use`);
});

test('a server whose signal aborts stops listening and gives all sessions up', async () => {
  const stop = new AbortController();
  const other = new CannedEngine({ wait: engine.answers.get('wait') ?? one });
  const stopped = await startTdsServer({ engine: other, port: 0, signal: stop.signal, encryption: 'none' });
  using client = await RawClient.logIn(stopped.port);
  client.batch('wait');
  await eventually(() => expect(other.log.batches).toHaveLength(1));
  stop.abort();
  await stopped.close();
  expect(other.log.disposed).toBe(1);
  await client.closed();
  await expect(RawClient.open(stopped.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
