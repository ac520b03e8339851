import { eventually } from '@hartonomous/test-support';
import sql from 'mssql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResultColumn } from '../../src/engine/session-contract.ts';
import { SqlError } from '../../src/errors.ts';
import { startTdsServer, type TdsServer } from '../../src/tds/server.ts';
import { CannedEngine, resultSet } from './canned-engine.ts';

const messageColumns: readonly ResultColumn[] = [
  { name: 'conversation_handle', type: { name: 'uniqueidentifier' }, nullable: false },
  { name: 'message_sequence_number', type: { name: 'bigint' }, nullable: false },
  { name: 'message_type_name', type: { name: 'nvarchar', length: 256 }, nullable: false },
  { name: 'message_body', type: { name: 'varbinary', length: 'max' }, nullable: true },
];

const engine = new CannedEngine({
  'SELECT 1 AS x': resultSet([{ name: 'x', type: { name: 'int' }, nullable: false }], [[1]]),
  'two sets': (sink) => {
    const columns: ResultColumn[] = [{ name: 'x', type: { name: 'int' }, nullable: false }];
    resultSet(columns, [[1]])(sink, new AbortController().signal);
    sink.info({ number: 0, state: 1, severity: 0, text: 'between', procedure: '', line: 2 });
    sink.statementDone({ command: 'update', rowCount: 5 });
    resultSet(columns, [])(sink, new AbortController().signal);
  },
  fail: (sink) => {
    sink.error(new SqlError('Divide by zero error encountered.', { number: 8134, state: 7, line: 3, procedure: 'p' }));
    sink.statementDone({ command: 'select', error: true });
  },
  wait: async (sink, signal) => {
    const stopped = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => stopped.resolve(), { once: true });
    if (!signal.aborted) await stopped.promise;
    sink.statementDone({ command: 'other' });
  },
  'ten thousand': resultSet(
    messageColumns,
    Array.from({ length: 10_000 }, (_, i) => [
      `00112233-4455-6677-8899-${i.toString(16).toUpperCase().padStart(12, '0')}`,
      BigInt(i),
      'Neo4jSyncRequest',
      new Uint8Array(i % 300).fill(i),
    ]),
  ),
  returns: (sink) => {
    sink.returnValue({ ordinal: 1, name: '@out', type: { name: 'nvarchar', length: 10 }, value: 'back' });
    sink.procedureDone(42);
  },
  broken: (sink) => {
    sink.columns([{ name: 'x', type: { name: 'int' }, nullable: false }]);
    sink.row(['not a number']);
  },
});
const defects: unknown[] = [];
let server: TdsServer;

beforeAll(async () => {
  server = await startTdsServer({ engine, port: 0, onDefect: (error) => defects.push(error) });
});
afterAll(() => server.close());

/** A pool of one connection, closed by `await using`. */
async function connect(options: Partial<sql.config> & { encrypt?: boolean } = {}) {
  const { encrypt = false, ...rest } = options;
  const pool = new sql.ConnectionPool({
    server: '127.0.0.1',
    port: server.port,
    user: 'sa',
    password: 'right',
    database: 'Hartonomous',
    pool: { max: 1 },
    ...rest,
    options: { encrypt, trustServerCertificate: true, ...rest.options },
  });
  await pool.connect();
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() });
}

describe.each([false, true])('encrypt: %s', (encrypt) => {
  test('logs in and runs a batch and a parameterised query', async () => {
    await using pool = await connect({ encrypt });
    expect((await pool.request().batch('SELECT 1 AS x')).recordset).toEqual([{ x: 1 }]);
    const echoed = await pool.request().input('name', sql.NVarChar(20), 'żółw').query('select @name');
    expect(echoed.recordset).toEqual([{ name: 'żółw' }]);
    expect(engine.log.logins.at(-1)).toMatchObject({ userName: 'sa', database: 'Hartonomous', password: 'right' });
  });

  test('takes ten thousand rows in one result set, and large values in both directions', async () => {
    await using pool = await connect({ encrypt });
    const { recordset } = await pool.request().batch('ten thousand');
    expect(recordset).toHaveLength(10_000);
    expect(recordset[9_999]).toEqual({
      conversation_handle: '00112233-4455-6677-8899-00000000270F',
      message_sequence_number: '9999',
      message_type_name: 'Neo4jSyncRequest',
      message_body: Buffer.alloc(9_999 % 300, 9_999),
    });
    const large = 'ä'.repeat(1_000_000);
    const echoed = await pool.request().input('large', sql.NVarChar(sql.MAX), large).query('select @large');
    expect(echoed.recordset[0].large).toBe(large);
  });
});

test('a wrong password is refused as SQL Server refuses it, an unknown database likewise', async () => {
  await expect(connect({ password: 'wrong' })).rejects.toMatchObject({
    code: 'ELOGIN',
    message: "Login failed for user 'sa'.",
  });
  await expect(connect({ database: 'absent' })).rejects.toMatchObject({ code: 'ELOGIN' });
});

test('a client that does not trust the certificate refuses it; one that is given it as authority connects', async () => {
  const distrust = connect({ encrypt: true, options: { trustServerCertificate: false } });
  await expect(distrust).rejects.toMatchObject({ code: 'ESOCKET' });
  const ca = await server.certificate();
  await using pool = await connect({
    server: 'localhost',
    encrypt: true,
    options: { trustServerCertificate: false, cryptoCredentialsDetails: { ca } },
  });
  expect((await pool.request().batch('SELECT 1 AS x')).recordset).toEqual([{ x: 1 }]);
});

test('parameters of every type come back as they were sent', async () => {
  await using pool = await connect();
  const moment = new Date('2024-02-29T13:14:15.123Z');
  const values = {
    bit: [sql.Bit, true],
    tinyint: [sql.TinyInt, 255],
    smallint: [sql.SmallInt, -32768],
    int: [sql.Int, -2147483648],
    bigint: [sql.BigInt, '9223372036854775807'],
    decimal: [sql.Decimal(20, 4), -1234567.8912],
    numeric: [sql.Numeric(9, 2), 12.25],
    money: [sql.Money, -922337203.5807],
    smallmoney: [sql.SmallMoney, 214748.3647],
    real: [sql.Real, 0.5],
    float: [sql.Float, Math.PI],
    char: [sql.Char(3), 'abc'],
    varchar: [sql.VarChar(20), 'müde €'],
    varcharMax: [sql.VarChar(sql.MAX), 'x'.repeat(9000)],
    text: [sql.Text, 'old'],
    nchar: [sql.NChar(2), 'ąb'],
    nvarchar: [sql.NVarChar(20), 'żółw 🐢'],
    nvarcharMax: [sql.NVarChar(sql.MAX), 'ż'.repeat(9000)],
    ntext: [sql.NText, 'stary żółw'],
    binary: [sql.Binary, Buffer.of(1, 2, 3)],
    varbinary: [sql.VarBinary(10), Buffer.of(4, 5)],
    varbinaryMax: [sql.VarBinary(sql.MAX), Buffer.alloc(9000, 7)],
    image: [sql.Image, Buffer.of(8)],
    guid: [sql.UniqueIdentifier, '00112233-4455-6677-8899-AABBCCDDEEFF'],
    date: [sql.Date, new Date('2024-02-29T00:00:00.000Z')],
    time: [sql.Time(3), new Date('1970-01-01T13:14:15.123Z')],
    smalldatetime: [sql.SmallDateTime, new Date('2024-02-29T13:14:00.000Z')],
    datetime: [sql.DateTime, moment],
    datetime2: [sql.DateTime2(3), moment],
    datetimeoffset: [sql.DateTimeOffset(3), moment],
    xml: [sql.Xml, '<a>ż</a>'],
    emptyText: [sql.NVarChar(sql.MAX), ''],
    emptyBinary: [sql.VarBinary(sql.MAX), Buffer.alloc(0)],
  } as const;
  const request = pool.request();
  for (const [name, [type, value]] of Object.entries(values)) request.input(name, type, value);
  const { recordset } = await request.query('select all');
  const sent = Object.fromEntries(Object.entries(values).map(([name, [, value]]) => [name, value]));
  expect(recordset[0]).toEqual(sent);
});

test('NULL of every type comes back as NULL', async () => {
  await using pool = await connect();
  const request = pool.request();
  const types = [sql.Bit, sql.Int, sql.BigInt, sql.Decimal(9, 2), sql.Money, sql.Float, sql.VarChar(5), sql.Text]
    .concat([sql.NVarChar(5), sql.NVarChar(sql.MAX), sql.VarBinary(5), sql.VarBinary(sql.MAX), sql.Image] as never[])
    .concat([sql.UniqueIdentifier, sql.Date, sql.Time, sql.DateTime, sql.DateTime2, sql.DateTimeOffset] as never[]);
  for (const [index, type] of types.entries()) request.input(`p${index}`, type, null);
  const { recordset } = await request.query('select all');
  expect(Object.values(recordset[0])).toEqual(types.map(() => null));
});

test('several result sets, counts and messages of one batch arrive in order', async () => {
  await using pool = await connect();
  const request = pool.request();
  const messages: string[] = [];
  request.on('info', (info: { message: string }) => messages.push(info.message));
  const result = await request.batch('two sets');
  expect(result.recordsets).toEqual([[{ x: 1 }], []]);
  expect(result.rowsAffected).toEqual([1, 5, 0]);
  expect(messages).toEqual(['between']);
});

test('an error keeps number, state, severity, line and procedure, and the connection goes on', async () => {
  await using pool = await connect();
  await expect(pool.request().batch('fail')).rejects.toMatchObject({
    number: 8134,
    state: 7,
    class: 16,
    lineNumber: 3,
    procName: 'p',
    serverName: 'canned',
    message: 'Divide by zero error encountered.',
  });
  await expect(pool.request().query('fail')).rejects.toMatchObject({ number: 8134 });
  expect((await pool.request().batch('SELECT 1 AS x')).recordset).toEqual([{ x: 1 }]);
});

test('a procedure gives back its return value and its output parameters', async () => {
  await using pool = await connect();
  const result = await pool.request().input('in', 1).output('out', sql.NVarChar(10)).execute('returns');
  expect(result).toMatchObject({ returnValue: 42, output: { out: 'back' } });
});

test('a prepared statement is prepared once and run many times', async () => {
  await using pool = await connect();
  const statement = new sql.PreparedStatement(pool);
  statement.input('n', sql.Int);
  await statement.prepare('select @n');
  for (const n of [1, 2, 3]) expect((await statement.execute({ n })).recordset).toEqual([{ n }]);
  await statement.unprepare();
  expect(engine.log.calls.filter((call) => call.procedure === 'sp_prepare')).toHaveLength(1);
});

test('transactions begin, commit and roll back through the transaction manager', async () => {
  await using pool = await connect();
  engine.log.transactions.length = 0;
  for (const end of ['commit', 'rollback'] as const) {
    const transaction = new sql.Transaction(pool);
    await transaction.begin(sql.ISOLATION_LEVEL.SERIALIZABLE);
    await transaction.request().batch('SELECT 1 AS x');
    await transaction[end]();
  }
  expect(engine.log.transactions.map(({ kind }) => kind)).toEqual(['begin', 'commit', 'begin', 'rollback']);
  expect(engine.log.transactions[0]).toEqual({ kind: 'begin', isolation: 4, name: '' });
});

test('a cancelled request stops in the engine, and the connection goes on', async () => {
  await using pool = await connect();
  for (const run of ['batch', 'query'] as const) {
    const request = pool.request();
    const { batches, calls } = engine.log;
    const texts = (): unknown[] => [...batches, ...calls.map((call) => call.parameters[0]?.value)];
    const earlier = texts().filter((text) => text === 'wait').length;
    const waiting = request[run]('wait');
    await eventually(() => expect(texts().filter((text) => text === 'wait')).toHaveLength(earlier + 1));
    request.cancel();
    await expect(waiting).rejects.toMatchObject({ code: 'ECANCEL' });
    expect((await pool.request().batch('SELECT 1 AS x')).recordset).toEqual([{ x: 1 }]);
  }
});

test('a request time-out is an attention too', async () => {
  await using pool = await connect({ requestTimeout: 100 });
  await expect(pool.request().batch('wait')).rejects.toMatchObject({ code: 'ETIMEOUT' });
  expect((await pool.request().batch('SELECT 1 AS x')).recordset).toEqual([{ x: 1 }]);
});

test('a table-valued parameter arrives as rows', async () => {
  await using pool = await connect();
  const table = new sql.Table('dbo.IdList');
  table.columns.add('id', sql.BigInt, { nullable: false });
  table.columns.add('name', sql.NVarChar(30), { nullable: true });
  for (let i = 0; i < 2000; i += 1) table.rows.add(i, i % 2 === 0 ? `row ${i}` : null);
  const { recordset } = await pool.request().input('ids', sql.TVP, table).execute('dbo.takes');
  expect(recordset).toHaveLength(2000);
  expect(recordset[1999]).toEqual({ c0: '1999', c1: null });
  expect(engine.log.calls.at(-1)?.parameters[0]?.table).toMatchObject({ schema: 'dbo', typeName: 'IdList' });
});

test('a bulk load arrives as columns and rows', async () => {
  await using pool = await connect();
  const table = new sql.Table('dbo.Atom');
  table.columns.add('id', sql.Int, { nullable: false });
  table.columns.add('name', sql.NVarChar(30), { nullable: true });
  table.columns.add('body', sql.VarBinary(sql.MAX), { nullable: true });
  for (let i = 0; i < 3000; i += 1) table.rows.add(i, `atom ${i}`, Buffer.from(`body ${i}`));
  const result = await pool.request().bulk(table);
  expect(result.rowsAffected).toBe(3000);
  const load = engine.log.bulk.at(-1);
  expect(load?.columns.map(({ name }) => name)).toEqual(['id', 'name', 'body']);
  expect(load?.rows[2999]).toEqual([2999, 'atom 2999', new Uint8Array(Buffer.from('body 2999'))]);
});

test('a small packet size is kept in both directions', async () => {
  await using pool = await connect({ options: { packetSize: 512 } as sql.config['options'] });
  const large = 'ä'.repeat(10_000);
  const echoed = await pool.request().input('large', sql.NVarChar(sql.MAX), large).query('select @large');
  expect(echoed.recordset[0].large).toBe(large);
});

test('a defect of the engine closes the connection with an error that says so', async () => {
  await using pool = await connect();
  await expect(pool.request().batch('broken')).rejects.toMatchObject({ number: 596, class: 20 });
  expect(defects.at(-1)).toMatchObject({ code: 'VALUE_FORM' });
});

test('closed connections leave nothing behind', async () => {
  const pool = await connect();
  await pool.request().batch('SELECT 1 AS x');
  await pool.close();
  await eventually(() => expect(server.connectionCount).toBe(0));
});
