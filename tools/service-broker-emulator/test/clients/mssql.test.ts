import { once } from 'node:events';
import sql from 'mssql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceBrokerEmulator } from '../../src/index.ts';
import { clientPassword, startForClients } from './client-fixture.ts';

let emulator: ServiceBrokerEmulator;

beforeAll(async () => {
  emulator = await startForClients();
});
afterAll(() => emulator[Symbol.asyncDispose]());

type Config = Omit<Partial<sql.config>, 'options'> & { readonly options?: Partial<sql.config['options']> };

async function connect({ options, ...rest }: Config = {}): Promise<sql.ConnectionPool & AsyncDisposable> {
  const pool = new sql.ConnectionPool({
    server: 'localhost',
    port: emulator.port,
    user: 'sa',
    password: clientPassword,
    database: 'App',
    ...rest,
    options: { encrypt: true, trustServerCertificate: true, ...options },
  });
  await pool.connect();
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() });
}

describe('log in', () => {
  test('encrypted, without trust refused, with the certificate as authority accepted', async () => {
    await using trusting = await connect();
    expect((await trusting.request().query('SELECT DB_NAME() AS name')).recordset).toEqual([{ name: 'App' }]);
    await expect(connect({ options: { trustServerCertificate: false } })).rejects.toMatchObject({ code: 'ESOCKET' });
    const ca = await emulator.certificate();
    const options = { trustServerCertificate: false, cryptoCredentialsDetails: { ca } };
    await using verifying = await connect({ options });
    expect((await verifying.request().query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
  });

  test('a wrong password and an unknown database are refused', async () => {
    await expect(connect({ password: 'wrong' })).rejects.toMatchObject({ code: 'ELOGIN' });
    await expect(connect({ database: 'absent' })).rejects.toMatchObject({ code: 'ELOGIN' });
  });

  test('the connection string of the emulator is understood by the driver', async () => {
    const pool = await new sql.ConnectionPool(`${emulator.connectionString}Database=App`).connect();
    expect((await pool.request().query('SELECT SUSER_SNAME() AS name')).recordset).toEqual([{ name: 'sa' }]);
    await pool.close();
  });
});

test('a pool runs what is sent at once on several sessions', async () => {
  await using pool = await connect({ pool: { max: 5 } });
  const query = `DECLARE @begun datetime2 = SYSUTCDATETIME();
    WAITFOR DELAY '00:00:01';
    SELECT @@SPID AS spid, @begun AS begun, SYSUTCDATETIME() AS ended;`;
  interface Row {
    readonly spid: number;
    readonly begun: Date;
    readonly ended: Date;
  }
  const answers = await Promise.all(Array.from({ length: 5 }, () => pool.request().query<Row>(query)));
  const rows = answers.flatMap(({ recordset }) => recordset).sort((a, b) => a.begun.getTime() - b.begun.getTime());
  expect(new Set(rows.map(({ spid }) => spid)).size).toBe(5);
  expect(rows[1]!.begun.getTime()).toBeLessThan(rows[0]!.ended.getTime());
});

test.each<[string, sql.ISqlType | (() => sql.ISqlType), unknown]>([
  ['bit', sql.Bit, true],
  ['tinyint', sql.TinyInt, 200],
  ['smallint', sql.SmallInt, -30_000],
  ['int', sql.Int, -2_000_000_000],
  ['bigint', sql.BigInt, '9007199254740993'],
  ['real', sql.Real, 1.5],
  ['float', sql.Float, 1.1],
  ['decimal(18, 4)', sql.Decimal(18, 4), -12_345.6789],
  ['money', sql.Money, 1234.5678],
  ['smallmoney', sql.SmallMoney, -1.5],
  ['char(5)', sql.Char(5), 'ab   '],
  ['varchar(20)', sql.VarChar(20), 'plain'],
  ['nchar(4)', sql.NChar(4), 'żó  '],
  ['nvarchar(20)', sql.NVarChar(20), 'zażółć 🐘'],
  ['nvarchar(max)', sql.NVarChar(sql.MAX), 'ä'.repeat(100_000)],
  ['binary(4)', sql.Binary, Buffer.from('00ff0102', 'hex')],
  ['varbinary(20)', sql.VarBinary(20), Buffer.from('00ff', 'hex')],
  ['varbinary(max)', sql.VarBinary(sql.MAX), Buffer.alloc(100_000, 7)],
  ['uniqueidentifier', sql.UniqueIdentifier, '00112233-4455-6677-8899-AABBCCDDEEFF'],
  ['date', sql.Date, new Date('2024-02-29')],
  ['time(3)', sql.Time(3), new Date('1970-01-01T23:59:58.123Z')],
  ['datetime', sql.DateTime, new Date('2024-02-29T23:59:58.123Z')],
  ['smalldatetime', sql.SmallDateTime, new Date('2024-02-29T23:59:00Z')],
  ['datetime2(3)', sql.DateTime2(3), new Date('2024-02-29T23:59:58.123Z')],
  ['datetimeoffset(3)', sql.DateTimeOffset(3), new Date('2024-02-29T23:59:58.123Z')],
  ['xml', sql.Xml, '<a b="1">ż</a>'],
])('a parameter of type %s, and null, come back as they went', async (name, type, value) => {
  await using pool = await connect();
  const { recordset } = await pool
    .request()
    .input('value', type, value)
    .input('nothing', type, null)
    .query(`SELECT CAST(@value AS ${name}) AS value, CAST(@nothing AS ${name}) AS nothing`);
  expect(recordset).toEqual([{ value, nothing: null }]);
});

test('a procedure returns rows, output parameters and its status', async () => {
  await using pool = await connect();
  const answer = await pool.request().input('in', sql.Int, 21).output('out', sql.Int).execute('dbo.Twice');
  expect(answer).toMatchObject({ recordset: [{ given: 21 }], output: { out: 42 }, returnValue: 42 });
});

test('errors carry number, state, class, line and procedure', async () => {
  await using pool = await connect();
  await expect(pool.request().execute('dbo.Fail')).rejects.toMatchObject({
    number: 50_123,
    state: 7,
    class: 16,
    lineNumber: 3,
    procName: 'Fail',
    message: 'Zażółć: it failed.',
  });
  await expect(pool.request().query('\nDECLARE @a int = 0;\nSELECT 1 / @a')).rejects.toMatchObject({
    number: 8134,
    lineNumber: 3,
  });
  expect((await pool.request().query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
});

test('transactions commit, roll back, and end with their connection', async () => {
  await using pool = await connect();
  const texts = async () =>
    (await pool.request().query<{ text: string }>('SELECT text FROM dbo.Note ORDER BY id')).recordset.map(
      (row) => row.text,
    );
  for (const text of ['committed', 'rolled back']) {
    const transaction = pool.transaction();
    await transaction.begin(sql.ISOLATION_LEVEL.SERIALIZABLE);
    await transaction.request().input('text', text).query('INSERT dbo.Note (text) VALUES (@text)');
    await (text === 'committed' ? transaction.commit() : transaction.rollback());
  }
  const other = await connect({ pool: { max: 1 } });
  await other.request().batch("BEGIN TRANSACTION; INSERT dbo.Note (text) VALUES (N'left open')");
  await other.close();
  expect(await texts()).toEqual(['committed']);
});

test('a prepared statement runs often on one handle, in a transaction too', async () => {
  await using pool = await connect();
  const transaction = pool.transaction();
  await transaction.begin();
  const statement = new sql.PreparedStatement(transaction);
  statement.input('a', sql.Int);
  statement.input('b', sql.NVarChar(20));
  await statement.prepare('SELECT @a + 1 AS a, @b AS b');
  for (let a = 0; a < 20; a += 1)
    expect((await statement.execute({ a, b: `no ${a}` })).recordset).toEqual([{ a: a + 1, b: `no ${a}` }]);
  await expect(statement.execute({ a: 2_147_483_647, b: '' })).rejects.toMatchObject({ number: 8115 });
  await statement.unprepare();
  await transaction.rollback();
});

test('a table-valued parameter of thousands of rows reaches a procedure', async () => {
  await using pool = await connect();
  await pool.request().batch('CREATE TYPE dbo.Pairs AS TABLE (id int NOT NULL PRIMARY KEY, name nvarchar(50) NULL)');
  await pool
    .request()
    .batch(
      'CREATE PROCEDURE dbo.Count_pairs @p dbo.Pairs READONLY AS SELECT COUNT(*) AS n, COUNT(name) AS named FROM @p',
    );
  const pairs = new sql.Table('dbo.Pairs');
  pairs.columns.add('id', sql.Int, { nullable: false });
  pairs.columns.add('name', sql.NVarChar(50), { nullable: true });
  for (let id = 0; id < 3000; id += 1) pairs.rows.add(id, id % 3 === 0 ? null : `name ${id}`);
  const { recordset } = await pool.request().input('p', pairs).execute('dbo.Count_pairs');
  expect(recordset).toEqual([{ n: 3000, named: 2000 }]);
  pairs.rows.add(0, 'twice');
  await expect(pool.request().input('p', pairs).execute('dbo.Count_pairs')).rejects.toMatchObject({ number: 2627 });
});

test('a bulk load stores its rows, and none of them when one breaks a constraint', async () => {
  await using pool = await connect();
  const rows = (from: number, to: number): sql.Table => {
    const table = new sql.Table('dbo.Loaded');
    table.create = from === 0;
    table.columns.add('id', sql.Int, { nullable: false, primary: true });
    table.columns.add('name', sql.NVarChar(50), { nullable: true });
    table.columns.add('at', sql.DateTime2(3), { nullable: true });
    for (let id = from; id < to; id += 1) table.rows.add(id, `row ${id}`, new Date(id));
    return table;
  };
  expect((await pool.request().bulk(rows(0, 5000))).rowsAffected).toBe(5000);
  await expect(pool.request().bulk(rows(4999, 5100))).rejects.toMatchObject({ number: 2627 });
  const { recordset } = await pool
    .request()
    .query('SELECT COUNT(*) AS n, MAX(name) AS name, MAX(at) AS at FROM dbo.Loaded');
  expect(recordset).toEqual([{ n: 5000, name: 'row 999', at: new Date(4999) }]);
});

test('rows stream as they come, and a paused client is waited for', async () => {
  await using pool = await connect();
  const request = pool.request();
  request.stream = true;
  let rows = 0;
  request.on('row', () => {
    rows += 1;
    if (rows !== 1000) return;
    request.pause();
    setImmediate(() => request.resume());
  });
  const done = once(request, 'done');
  void request.query(`
    WITH numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 150)
    SELECT a.n, REPLICATE(N'x', b.n) AS text FROM numbers AS a CROSS JOIN numbers AS b OPTION (MAXRECURSION 0)`);
  await done;
  expect(rows).toBe(150 * 150);
});

test('cancel and time-out interrupt a waiting RECEIVE; the session goes on', async () => {
  await using pool = await connect({ pool: { max: 1 }, requestTimeout: 400 });
  const wait = 'WAITFOR (RECEIVE * FROM dbo.NoteQueue), TIMEOUT 30000';
  const spid = async () => (await pool.request().query('SELECT @@SPID AS spid')).recordset[0].spid;
  const before = await spid();
  await expect(pool.request().query(wait)).rejects.toMatchObject({ code: 'ETIMEOUT' });
  const request = pool.request();
  const waiting = request.query(wait);
  setTimeout(() => request.cancel(), 50);
  await expect(waiting).rejects.toMatchObject({ code: 'ECANCEL' });
  expect(await spid()).toBe(before);
});

test('several result sets, messages and counts come in order', async () => {
  await using pool = await connect();
  const request = pool.request();
  const messages: string[] = [];
  request.on('info', (info) => messages.push(info.message));
  const answer = await request.batch(
    "SELECT 1 AS a; PRINT 'between'; DECLARE @t TABLE (a int); INSERT @t VALUES (1), (2); SELECT a AS b FROM @t; RAISERROR ('low', 10, 1);",
  );
  expect(answer.recordsets).toEqual([[{ a: 1 }], [{ b: 1 }, { b: 2 }]]);
  expect(answer.rowsAffected).toEqual([1, 2, 2]);
  expect(messages).toEqual(['between', 'low']);
});
