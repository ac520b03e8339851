import sql from 'mssql';
import { connectPool } from '../process/connect-pool.ts';

export const writers = 8;

/** The objects that the workload uses: one batch each. */
export const schema: readonly string[] = [
  'CREATE SEQUENCE dbo.Numbers AS bigint START WITH 1 INCREMENT BY 1',
  `CREATE TABLE dbo.Item (
     id int IDENTITY(1, 1) PRIMARY KEY,
     writer int NOT NULL,
     n int NOT NULL,
     half int NOT NULL,
     number bigint NOT NULL,
     CONSTRAINT UQ_Item UNIQUE (writer, n, half))`,
  'CREATE TABLE dbo.Processed (body nvarchar(50) NOT NULL PRIMARY KEY)',
  'CREATE MESSAGE TYPE [Work] VALIDATION = NONE',
  'CREATE CONTRACT [WorkContract] ([Work] SENT BY INITIATOR)',
  'CREATE QUEUE dbo.SourceQueue',
  'CREATE QUEUE dbo.WorkQueue WITH STATUS = ON, RETENTION = OFF, POISON_MESSAGE_HANDLING (STATUS = OFF)',
  'CREATE SERVICE [SourceService] ON QUEUE dbo.SourceQueue',
  'CREATE SERVICE [WorkService] ON QUEUE dbo.WorkQueue ([WorkContract])',
  `CREATE PROCEDURE dbo.Enqueue @writer int, @n int, @dialog uniqueidentifier AS
   BEGIN
     SET NOCOUNT ON;
     DECLARE @body nvarchar(50) = CONCAT(@writer, ':', @n);
     BEGIN TRANSACTION;
     INSERT dbo.Item (writer, n, half, number) VALUES (@writer, @n, 1, NEXT VALUE FOR dbo.Numbers);
     SEND ON CONVERSATION @dialog MESSAGE TYPE [Work] (@body);
     INSERT dbo.Item (writer, n, half, number) VALUES (@writer, @n, 2, NEXT VALUE FOR dbo.Numbers);
     COMMIT;
   END`,
  `CREATE PROCEDURE dbo.Process AS
   BEGIN
     SET NOCOUNT ON;
     DECLARE @received TABLE (body nvarchar(50));
     BEGIN TRANSACTION;
     WAITFOR (RECEIVE TOP (5) CAST(message_body AS nvarchar(50)) AS body FROM dbo.WorkQueue INTO @received), TIMEOUT 50;
     INSERT dbo.Processed SELECT body FROM @received;
     COMMIT;
   END`,
  "CREATE LOGIN worker WITH PASSWORD = 'Worker!Password1'",
  'CREATE USER worker FOR LOGIN worker',
  'GRANT RECEIVE ON dbo.WorkQueue TO worker',
];

/** What the server has acknowledged. */
export interface Acknowledged {
  /** `writer:n` of committed transactions. */
  readonly work: Set<string>;
  /** Names of tables with their row, procedure and grant. */
  readonly objects: Set<string>;
}

/** Begins the dialog of each writer and returns their handles. */
export async function beginDialogs(port: number): Promise<string[]> {
  await using pool = await connectPool(port);
  const dialogs: string[] = [];
  for (let writer = 0; writer < writers; writer += 1) {
    const { recordset } = await pool.request().query<{ dialog: string }>(`
      DECLARE @dialog uniqueidentifier;
      BEGIN DIALOG CONVERSATION @dialog FROM SERVICE [SourceService] TO SERVICE 'WorkService'
        ON CONTRACT [WorkContract] WITH ENCRYPTION = OFF;
      SELECT @dialog AS dialog;`);
    dialogs.push(recordset[0]!.dialog);
  }
  return dialogs;
}

/**
 * Works on 8 connections, receives on one and makes objects on another, until the server goes.
 *
 * @param enough number of acknowledged transactions after which `kill` is called, with all the rest still at work
 */
export async function workUntilKilled(options: {
  readonly port: number;
  readonly dialogs: readonly string[];
  readonly round: number;
  readonly acknowledged: Acknowledged;
  readonly enough: number;
  readonly kill: () => void;
}): Promise<void> {
  const { port, dialogs, round, acknowledged, enough } = options;
  const pools = await Promise.all(Array.from({ length: writers + 2 }, () => connectPool(port)));
  for (const pool of pools) pool.on('error', () => undefined);
  let alive = true;
  let done = 0;
  /** Repeats `step` until the connection is gone; every other failure fails the test. */
  const repeat = async (step: (turn: number) => Promise<void>): Promise<void> => {
    for (let turn = 0; alive; turn += 1) {
      try {
        await step(turn);
      } catch (error) {
        // Only what the server said has a severity; the rest is the connection that went.
        const fromServer = error instanceof sql.RequestError && error.class !== undefined;
        const connectionLost = error instanceof sql.RequestError || error instanceof sql.ConnectionError;
        if (fromServer || !connectionLost) throw error;
        alive = false;
      }
    }
  };
  const enqueue = (writer: number) => async (turn: number) => {
    const n = round * 1_000_000 + turn;
    await pools[writer]!.request()
      .input('writer', sql.Int, writer)
      .input('n', sql.Int, n)
      .input('dialog', sql.UniqueIdentifier, dialogs[writer])
      .execute('dbo.Enqueue');
    acknowledged.work.add(`${writer}:${n}`);
    done += 1;
    if (done === enough) options.kill();
  };
  const createObjects = async (turn: number) => {
    const name = `Made_${round}_${turn}`;
    const run = (text: string) => pools[writers]!.request().batch(text);
    await run(`BEGIN TRANSACTION;
      CREATE TABLE dbo.${name} (a int NOT NULL PRIMARY KEY);
      INSERT dbo.${name} VALUES (${turn});
      CREATE QUEUE dbo.${name}_Queue;
      EXEC (N'CREATE PROCEDURE dbo.${name}_Get AS SELECT a FROM dbo.${name}');
      GRANT EXECUTE ON dbo.${name}_Get TO worker;
      COMMIT;`);
    acknowledged.objects.add(name);
  };
  try {
    await Promise.all([
      ...Array.from({ length: writers }, (_, writer) => repeat(enqueue(writer))),
      repeat(createObjects),
      repeat(() =>
        pools[writers + 1]!.request()
          .execute('dbo.Process')
          .then(() => undefined),
      ),
    ]);
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
}
