import { beforeAll, describe, expect, test } from 'vitest';
import { connectPool } from '../process/connect-pool.ts';
import { EmulatorProcess } from '../process/emulator-process.ts';
import { temporaryFolder } from '../process/temporary-folder.ts';
import { type Acknowledged, beginDialogs, schema, workUntilKilled, writers } from './workload.ts';

/** Kills; each meets another state of work, checkpoint and recovery. */
const kills = Number(process.env.KILLS ?? 4);

type Pool = Awaited<ReturnType<typeof connectPool>>;

async function column(pool: Pool, query: string): Promise<unknown[]> {
  const { recordset } = await pool.request().query<Record<string, unknown>>(query);
  return recordset.map((row) => Object.values(row)[0]);
}

async function rowsAndMessagesAreWhole(pool: Pool, { work }: Acknowledged): Promise<void> {
  const halves = await pool
    .request()
    .query<{ work: string; halves: number }>(
      "SELECT CONCAT(writer, ':', n) AS work, COUNT(*) AS halves FROM dbo.Item GROUP BY writer, n",
    );
  expect(halves.recordset.filter((row) => row.halves !== 2)).toEqual([]);
  const rows = new Set(halves.recordset.map((row) => row.work));
  expect([...work].filter((one) => !rows.has(one))).toEqual([]);
  // What was not acknowledged may be there whole: one transaction per writer and kill at most.
  expect(rows.size - work.size).toBeLessThanOrEqual(writers * kills);

  const messages = [
    ...(await column(pool, 'SELECT CAST(message_body AS nvarchar(50)) FROM dbo.WorkQueue')),
    ...(await column(pool, 'SELECT body FROM dbo.Processed')),
  ];
  expect(messages.toSorted()).toEqual([...rows].toSorted());
  for (const one of rows) work.add(one);
}

async function objectsAreWhole(pool: Pool, port: number, { objects }: Acknowledged): Promise<void> {
  const tables = await column(pool, "SELECT name FROM sys.tables WHERE name LIKE 'Made%'");
  expect(tables).toEqual(expect.arrayContaining([...objects]));
  expect(tables.length - objects.size).toBeLessThanOrEqual(kills);
  const procedures = await column(pool, "SELECT name FROM sys.procedures WHERE name LIKE 'Made%'");
  expect(procedures.toSorted()).toEqual(tables.map((table) => `${table}_Get`).toSorted());
  const queues = await column(pool, "SELECT name FROM sys.service_queues WHERE name LIKE 'Made%'");
  expect(queues.toSorted()).toEqual(tables.map((table) => `${table}_Queue`).toSorted());
  await using worker = await connectPool(port, { user: 'worker', password: 'Worker!Password1' });
  for (const table of tables) {
    expect(await column(worker, `EXEC dbo.${table}_Get`)).toEqual([Number(String(table).split('_')[2])]);
    objects.add(String(table));
  }
  await expect(worker.request().execute('dbo.Process')).rejects.toMatchObject({ number: 229 });
  expect(await column(worker, "SELECT HAS_PERMS_BY_NAME('dbo.WorkQueue', 'OBJECT', 'RECEIVE')")).toEqual([1]);
}

async function countersGoOn(pool: Pool): Promise<void> {
  const [highest] = (await pool.request().query('SELECT MAX(id) AS id, MAX(number) AS number FROM dbo.Item')).recordset;
  const [next] = (
    await pool.request().query(`
      BEGIN TRANSACTION;
      INSERT dbo.Item (writer, n, half, number) VALUES (-1, 1, 1, NEXT VALUE FOR dbo.Numbers);
      SELECT id, number FROM dbo.Item WHERE writer = -1;
      ROLLBACK;`)
  ).recordset;
  expect(next.id).toBeGreaterThan(highest.id);
  expect(BigInt(next.number)).toBeGreaterThan(BigInt(highest.number));
}

async function dialogsAreWhole(pool: Pool, dialogs: readonly string[]): Promise<void> {
  const open = await column(
    pool,
    "SELECT conversation_handle FROM sys.conversation_endpoints WHERE is_initiator = 1 AND state = 'CO'",
  );
  expect(open.toSorted()).toEqual(dialogs.toSorted());
  // A hole or a repetition in the numbers of a dialog would stall or double its messages.
  const { recordset } = await pool.request().query<{ least: string; most: string; n: number }>(`
    SELECT MIN(message_sequence_number) AS least, MAX(message_sequence_number) AS most, COUNT(*) AS n
    FROM dbo.WorkQueue GROUP BY conversation_handle`);
  for (const { least, most, n } of recordset) expect(Number(most) - Number(least) + 1).toBe(n);
}

describe('a server with a data folder, killed amid the work of ten connections', () => {
  const acknowledged: Acknowledged = { work: new Set(), objects: new Set() };
  const folder = temporaryFolder();
  const start = () => new EmulatorProcess(['--port', '0', '--data', folder.path, '--database', 'App']);
  let dialogs: string[] = [];

  beforeAll(async () => {
    await using emulator = start();
    const port = await emulator.port;
    await using pool = await connectPool(port);
    for (const batch of schema) await pool.request().batch(batch);
    dialogs = await beginDialogs(port);
    return () => folder[Symbol.dispose]();
  });

  test.each(Array.from({ length: kills }, (_, round) => round + 1))(
    'kill %i loses nothing acknowledged and shows nothing half-done',
    async (round) => {
      {
        await using emulator = start();
        const enough = 40 + Math.floor(Math.random() * 600);
        const kill = () => emulator.kill('SIGKILL');
        await workUntilKilled({ port: await emulator.port, dialogs, round, acknowledged, enough, kill });
        expect((await emulator.ended).signal).toBe('SIGKILL');
      }
      await using emulator = start();
      const port = await emulator.port;
      await using pool = await connectPool(port);
      await rowsAndMessagesAreWhole(pool, acknowledged);
      await objectsAreWhole(pool, port, acknowledged);
      await countersGoOn(pool);
      await dialogsAreWhole(pool, dialogs);
    },
  );

  test('what is left is received to the last message, each once', async () => {
    await using emulator = start();
    await using pool = await connectPool(await emulator.port);
    const left = async () => (await column(pool, 'SELECT COUNT(*) FROM dbo.WorkQueue'))[0];
    while ((await left()) !== 0) await pool.request().execute('dbo.Process');
    const processed = await column(pool, 'SELECT body FROM dbo.Processed');
    expect(processed.toSorted()).toEqual([...acknowledged.work].toSorted());
  });
});
