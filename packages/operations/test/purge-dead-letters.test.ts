import { syncQueue, workerQueues } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deployDatabase } from '../src/index.ts';

const database = 'Hartonomous';
let sql: TestServer;

beforeAll(async () => {
  sql = await startTestServer();
  await deployDatabase({ connection: sql.connectionString(database) });
  await sql.run(
    database,
    'CREATE USER [worker] WITHOUT LOGIN; ALTER ROLE [HartonomousWorker] ADD MEMBER [worker];',
    'CREATE USER [sender] WITHOUT LOGIN; ALTER ROLE [HartonomousSender] ADD MEMBER [sender];',
  );
});
afterAll(() => sql?.[Symbol.asyncDispose]());

const purge = async (table: string, parameters = '', user = 'worker') => {
  const [row] = await sql.rows(
    database,
    `EXECUTE AS USER = '${user}';
     DECLARE @Purged BIGINT;
     EXEC ${syncQueue.deadLetters.purgeProcedure} @Table = N'${table}', ${parameters === '' ? '' : `${parameters},`} @Purged = @Purged OUTPUT;
     REVERT;
     SELECT CONVERT(INT, @Purged) AS purged;`,
  );
  return row?.purged;
};

describe.each(workerQueues.map(({ deadLetters }) => [deadLetters.table]))('purging %s', (table) => {
  const insert = (state: string, failedDaysAgo: number, replayedDaysAgo: number | null, rows = 1) =>
    sql.run(
      database,
      `INSERT INTO ${table} (DeadLetteredAt, ReasonCode, ReasonText, MessageTypeName, ConversationHandle, ReceivedAt, ReplayState, ReplayedAt)
       SELECT DATEADD(DAY, -${failedDaysAgo}, SYSUTCDATETIME()), N'X', N'x', N'T', NEWID(), SYSUTCDATETIME(), N'${state}',
         DATEADD(DAY, -${replayedDaysAgo ?? 'NULL'}, SYSUTCDATETIME())
       FROM (SELECT ROW_NUMBER() OVER (ORDER BY a.object_id) AS n FROM sys.all_objects AS a CROSS JOIN sys.all_objects AS b) AS r
       WHERE r.n <= ${rows};`.replace('DATEADD(DAY, -NULL, SYSUTCDATETIME())', 'NULL'),
    );
  const left = async () =>
    (
      await sql.rows(
        database,
        `SELECT ReplayState AS state, COUNT(*) AS n FROM ${table} GROUP BY ReplayState ORDER BY 1;`,
      )
    ).map(({ state, n }) => `${state} ${n}`);

  beforeEach(() => sql.run(database, `DELETE FROM ${table};`));

  test('by default replayed ones go 30 days after the replay, pending and discarded ones never', async () => {
    await insert('REPLAYED', 400, 31, 3);
    await insert('REPLAYED', 400, 29);
    await insert('PENDING', 4_000, null, 2);
    await insert('DISCARDED', 4_000, null);
    expect(await purge(table)).toBe(3);
    expect(await left()).toEqual(['DISCARDED 1', 'PENDING 2', 'REPLAYED 1']);
  });

  test('pending ones go by the time of the failure where that is asked for; NULL keeps replayed ones', async () => {
    await insert('REPLAYED', 400, 400);
    await insert('PENDING', 91, null, 2);
    await insert('PENDING', 89, null);
    expect(await purge(table, '@ReplayedDays = NULL, @PendingDays = 90')).toBe(2);
    expect(await left()).toEqual(['PENDING 1', 'REPLAYED 1']);
  });

  test('many are deleted in slices that lock no whole table', async () => {
    await insert('REPLAYED', 40, 40, 9_000);
    expect(await purge(table)).toBe(9_000);
    expect(await left()).toEqual([]);
  });
});

test.each([
  ['dbo.Atom', '', 51_006],
  ['dbo.Nothing', '', 51_006],
  ['[dbo].[IngestionDeadLetterQueue; DROP TABLE dbo.Atom]', '', 51_006],
  ['dbo.IngestionDeadLetterQueue', '@ReplayedDays = -1', 51_005],
  ['dbo.IngestionDeadLetterQueue', '@PendingDays = -1', 51_005],
])('%s %s is refused with %i', async (table, parameters, number) => {
  await expect(purge(table, parameters)).rejects.toMatchObject({ number });
});

test('a worker deletes dead letters by this rule only, a sender not at all', async () => {
  const { table } = syncQueue.deadLetters;
  const byHand = sql.run(database, `EXECUTE AS USER = 'worker'; DELETE FROM ${table};`);
  await expect(byHand).rejects.toMatchObject({ number: 229 });
  await expect(purge('dbo.IngestionDeadLetterQueue', '', 'sender')).rejects.toMatchObject({ number: 229 });
});
