import { connect as connectSocket, createServer } from 'node:net';
import sql from 'mssql';

/** Messages that a real client sent, packets and headers as they were on the wire. */
export interface RecordedRequests {
  /** Before the login was answered: PRELOGIN and LOGIN7. */
  readonly opening: readonly Buffer[];
  /** Afterwards: batches, procedure calls, table-valued parameters, bulk loads, transactions, attentions. */
  readonly requests: readonly Buffer[];
}

/** Runs a bit of everything through a recording proxy. */
export async function recordRequests(port: number, password: string): Promise<RecordedRequests> {
  const streams: Buffer[][] = [];
  const proxy = createServer((client) => {
    const chunks: Buffer[] = [];
    streams.push(chunks);
    const server = connectSocket(port, '127.0.0.1');
    client.on('data', (chunk) => chunks.push(chunk));
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });
  const listening = Promise.withResolvers<void>();
  proxy.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const address = proxy.address();
  const pool = new sql.ConnectionPool({
    server: '127.0.0.1',
    port: typeof address === 'object' && address !== null ? address.port : 0,
    user: 'sa',
    password,
    database: 'App',
    pool: { max: 1 },
    options: { encrypt: false, trustServerCertificate: true },
  });
  await pool.connect();
  try {
    await runEverything(pool);
  } finally {
    await pool.close();
    proxy.close();
  }
  const messages = streams.map((chunks) => messagesOf(Buffer.concat(chunks)));
  const isOpening = (message: Buffer): boolean => message[0] === 0x12 || message[0] === 0x10;
  return {
    opening: (messages[0] ?? []).filter(isOpening),
    requests: messages.flat().filter((message) => !isOpening(message)),
  };
}

async function runEverything(pool: sql.ConnectionPool): Promise<void> {
  await pool.request().batch('CREATE TYPE dbo.Ids AS TABLE (id int NOT NULL, name nvarchar(50) NULL)');
  await pool
    .request()
    .batch('CREATE TABLE dbo.Loaded (id int NOT NULL, name nvarchar(50) NULL, amount decimal(18, 4))');
  await pool.request().batch('CREATE PROCEDURE dbo.Count_ids @ids dbo.Ids READONLY AS SELECT COUNT(*) AS n FROM @ids');
  const ids = new sql.Table('dbo.Ids');
  ids.columns.add('id', sql.Int);
  ids.columns.add('name', sql.NVarChar(50));
  for (let id = 0; id < 5; id += 1) ids.rows.add(id, id === 3 ? null : `name ${id}`);
  await pool.request().input('ids', ids).execute('dbo.Count_ids');
  await pool
    .request()
    .input('i', sql.Int, 1)
    .input('b', sql.BigInt, '9007199254740993')
    .input('d', sql.Decimal(18, 4), 12.5)
    .input('f', sql.Float, 1.5)
    .input('t', sql.DateTime2(7), new Date(0))
    .input('o', sql.DateTimeOffset(3), new Date(0))
    .input('g', sql.UniqueIdentifier, '00112233-4455-6677-8899-AABBCCDDEEFF')
    .input('n', sql.NVarChar(sql.MAX), 'żółw')
    .input('v', sql.VarBinary(sql.MAX), Buffer.from('00ff', 'hex'))
    .input('bit', sql.Bit, null)
    .query('SELECT @i, @b, @d, @f, @t, @o, @g, @n, @v, @bit');
  const loaded = new sql.Table('dbo.Loaded');
  loaded.columns.add('id', sql.Int, { nullable: false });
  loaded.columns.add('name', sql.NVarChar(50), { nullable: true });
  loaded.columns.add('amount', sql.Decimal(18, 4), { nullable: true });
  for (let id = 0; id < 20; id += 1) loaded.rows.add(id, `row ${id}`, id / 4);
  await pool.request().bulk(loaded);
  const prepared = new sql.PreparedStatement(pool);
  prepared.input('a', sql.NVarChar(20));
  await prepared.prepare('SELECT @a AS a');
  await prepared.execute({ a: 'x' });
  await prepared.unprepare();
  const transaction = new sql.Transaction(pool);
  await transaction.begin();
  await transaction.request().query("INSERT dbo.Loaded VALUES (100, 'in a transaction', 1)");
  await transaction.rollback();
  const waiting = pool.request();
  const cancelled = waiting.batch("WAITFOR DELAY '00:00:30'").catch((error: unknown) => error);
  setImmediate(() => waiting.cancel());
  await cancelled;
}

/** Cuts a stream into messages: whole packets up to the one that ends the message. */
function messagesOf(stream: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  let start = 0;
  for (let at = 0; at + 8 <= stream.length; ) {
    at += stream.readUInt16BE(at + 2);
    if ((stream.readUInt8(start + 1) & 1) === 1 || isLast(stream, start, at)) {
      messages.push(stream.subarray(start, at));
      start = at;
    }
  }
  return messages;
}

function isLast(stream: Buffer, start: number, end: number): boolean {
  let last = start;
  for (let at = start; at < end; at += stream.readUInt16BE(at + 2)) last = at;
  return (stream.readUInt8(last + 1) & 1) === 1;
}
