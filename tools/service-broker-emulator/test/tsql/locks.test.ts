import { eventually, seededRandom } from '@hartonomous/test-support';
import sql from 'mssql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SqlClient, startTestServer, type TestServer } from './sql-client.ts';

let server: TestServer;
let one: SqlClient;
let two: SqlClient;
let observer: SqlClient;

beforeAll(async () => {
  server = await startTestServer();
  one = await server.connect();
  two = await server.connect();
  observer = await server.connect();
  await one.ok('CREATE TABLE dbo.Job (Id int NOT NULL PRIMARY KEY, State varchar(10) NOT NULL)');
});
beforeEach(async () => {
  await one.ok('IF @@TRANCOUNT > 0 ROLLBACK; SET LOCK_TIMEOUT -1');
  await two.ok('IF @@TRANCOUNT > 0 ROLLBACK; SET LOCK_TIMEOUT -1');
  await one.ok("DELETE dbo.Job; INSERT dbo.Job VALUES (1, 'new'), (2, 'new'), (3, 'new')");
});
afterAll(async () => {
  for (const session of [one, two, observer]) await session[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Starts a batch and resolves once the emulator runs it; the answer comes later. */
function start(session: SqlClient, text: string) {
  return begun(session.run(text));
}

async function begun<T>(answer: Promise<T>) {
  let settled = false;
  void answer.then(() => {
    settled = true;
  });
  // Two turns of the server: after them the batch has met its lock or is done.
  await observer.ok('SELECT 1 AS a');
  await observer.ok('SELECT 1 AS a');
  return { answer, isSettled: () => settled };
}

describe('two sessions', () => {
  test('a writer waits for the transaction that changed its row', async () => {
    await one.ok("BEGIN TRAN; UPDATE dbo.Job SET State = 'one' WHERE Id = 1");
    const waiting = await start(
      two,
      "UPDATE dbo.Job SET State += '+two' WHERE Id = 1; SELECT State FROM dbo.Job WHERE Id = 1",
    );
    expect(waiting.isSettled()).toBe(false);
    await one.ok('COMMIT');
    expect((await waiting.answer).rows).toEqual([{ State: 'one+two' }]);
  });

  test('LOCK_TIMEOUT ends the wait with 1222, the transaction stays', async () => {
    await one.ok("BEGIN TRAN; UPDATE dbo.Job SET State = 'one' WHERE Id = 1");
    const { numbers, rows } = await two.run(
      "SET LOCK_TIMEOUT 20; BEGIN TRAN; UPDATE dbo.Job SET State = 'two' WHERE Id = 1; SELECT @@TRANCOUNT AS n",
    );
    expect(numbers).toEqual([1222]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('a key that another transaction is about to insert waits too', async () => {
    await one.ok("BEGIN TRAN; INSERT dbo.Job VALUES (9, 'one')");
    const waiting = await start(two, "INSERT dbo.Job VALUES (9, 'two')");
    expect(waiting.isSettled()).toBe(false);
    await one.ok('COMMIT');
    expect((await waiting.answer).numbers).toEqual([2627]);
  });

  test('two that wait for each other: one becomes the deadlock victim and loses its transaction', async () => {
    await one.ok("BEGIN TRAN; UPDATE dbo.Job SET State = 'one' WHERE Id = 1");
    await two.ok("BEGIN TRAN; UPDATE dbo.Job SET State = 'two' WHERE Id = 2");
    const waiting = await start(one, "UPDATE dbo.Job SET State = 'one' WHERE Id = 2; SELECT @@TRANCOUNT AS n");
    expect((await two.run("UPDATE dbo.Job SET State = 'two' WHERE Id = 1")).errors).toMatchObject([
      { number: 1205, severity: 13 },
    ]);
    expect((await two.ok('SELECT @@TRANCOUNT AS n')).value).toBe(0);
    expect((await waiting.answer).rows).toEqual([{ n: 1 }]);
  });
});

describe('table hints', () => {
  const claim = `BEGIN TRAN; SELECT TOP (1) Id FROM dbo.Job WITH (UPDLOCK, READPAST, ROWLOCK) WHERE State = 'new' ORDER BY Id`;

  test('UPDLOCK with READPAST gives every worker a row of its own', async () => {
    expect((await one.ok(claim)).rows).toEqual([{ Id: 1 }]);
    expect((await two.ok(claim)).rows).toEqual([{ Id: 2 }]);
  });

  test('UPDLOCK alone makes the second one wait', async () => {
    await one.ok('BEGIN TRAN; SELECT Id FROM dbo.Job WITH (UPDLOCK) WHERE Id = 1');
    const waiting = await start(two, 'SELECT State FROM dbo.Job WITH (UPDLOCK) WHERE Id = 1');
    expect(waiting.isSettled()).toBe(false);
    await one.ok("UPDATE dbo.Job SET State = 'done' WHERE Id = 1; COMMIT");
    expect((await waiting.answer).rows).toEqual([{ State: 'done' }]);
  });

  test('the queue in a table: DELETE through a CTE with READPAST', async () => {
    const take = `
      WITH next AS (SELECT TOP (1) * FROM dbo.Job WITH (ROWLOCK, READPAST) ORDER BY Id)
      DELETE FROM next OUTPUT deleted.Id`;
    await one.ok('BEGIN TRAN');
    expect((await one.ok(take)).rows).toEqual([{ Id: 1 }]);
    expect((await two.ok(take)).rows).toEqual([{ Id: 2 }]);
    await one.ok('ROLLBACK');
    expect((await two.ok(take)).rows).toEqual([{ Id: 1 }]);
  });

  test('UPDLOCK with HOLDLOCK keeps others from inserting what was not there', async () => {
    const upsert = `
      BEGIN TRAN;
      IF NOT EXISTS (SELECT 1 FROM dbo.Job WITH (UPDLOCK, HOLDLOCK) WHERE Id = 7)
        INSERT dbo.Job VALUES (7, 'made');
      SELECT @@ROWCOUNT AS made`;
    expect((await one.ok(upsert)).rows).toEqual([{ made: 1 }]);
    const waiting = await start(two, upsert);
    expect(waiting.isSettled()).toBe(false);
    await one.ok('COMMIT');
    expect((await waiting.answer).rows).toEqual([{ made: 0 }]);
  });

  test('REPEATABLE READ keeps the rows it has read from changing, READ COMMITTED does not', async () => {
    const read = 'BEGIN TRAN; SELECT State FROM dbo.Job WHERE Id = 1';
    await one.ok(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; ${read}`);
    const waiting = await start(two, "UPDATE dbo.Job SET State = 'taken' WHERE Id = 1");
    expect(waiting.isSettled()).toBe(false);
    await one.ok('COMMIT; SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await waiting.answer;
    await one.ok(read);
    await two.ok("UPDATE dbo.Job SET State = 'free' WHERE Id = 1");
    expect((await one.ok('SELECT State FROM dbo.Job WHERE Id = 1; COMMIT')).rows).toEqual([{ State: 'free' }]);
  });

  test('SERIALIZABLE keeps others from inserting into what it has read', async () => {
    await one.ok('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN TRAN; SELECT COUNT(*) AS n FROM dbo.Job');
    const waiting = await start(two, "INSERT dbo.Job VALUES (9, 'new')");
    expect(waiting.isSettled()).toBe(false);
    await one.ok('COMMIT; SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await waiting.answer;
  });

  test('SNAPSHOT is refused with 3952 where the database does not allow it', async () => {
    const answer = await one.run('SET TRANSACTION ISOLATION LEVEL SNAPSHOT; SELECT * FROM dbo.Job');
    await one.ok('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
    expect(answer.numbers).toEqual([3952]);
  });

  test('beside UPDLOCK the hint of a level is ignored: that of the session counts', async () => {
    const past = 'SELECT * FROM dbo.Job WITH (READPAST, READCOMMITTEDLOCK';
    const { numbers } = await one.run(`SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; ${past}); ${past}, UPDLOCK)`);
    await one.ok('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
    expect(numbers).toEqual([650]);
    expect((await one.run(`${past}, UPDLOCK)`)).numbers).toEqual([]);
  });

  test('NOWAIT is 1222 at once where others would wait, and changes nothing else', async () => {
    await two.ok('BEGIN TRANSACTION; SELECT Id FROM dbo.Job WITH (UPDLOCK, HOLDLOCK)');
    const batch = 'SELECT COUNT(*) AS n FROM dbo.Job AS j WITH (NOWAIT';
    try {
      for (const hints of [', UPDLOCK', ', UPDLOCK, ROWLOCK', ', UPDLOCK, HOLDLOCK', ', TABLOCKX']) {
        expect([hints, (await one.run(`${batch}${hints})`)).numbers]).toEqual([hints, [1222]]);
      }
      expect((await one.run(`${batch})`)).numbers).toEqual([]);
    } finally {
      await two.ok('ROLLBACK');
    }
    expect((await one.run(`${batch}, UPDLOCK)`)).numbers).toEqual([]);
  });

  test.each([
    ['UPDATE dbo.Job WITH (NOWAIT) SET Id = Id', 40000],
    ['SELECT * FROM dbo.Job WITH (READPAST, SERIALIZABLE)', 650],
    ['SELECT * FROM dbo.Job WITH (NONSENSE)', 321],
  ])('%s is refused with %i', async (text, number) => {
    expect((await one.run(text)).numbers).toEqual([number]);
  });
});

describe('foreign keys', () => {
  beforeAll(async () => {
    await one.ok(`
      CREATE TABLE dbo.Owner (Id int NOT NULL PRIMARY KEY, Name varchar(10) NOT NULL);
      CREATE TABLE dbo.Thing (Id int NOT NULL PRIMARY KEY, OwnerId int NULL CONSTRAINT FK_Thing REFERENCES dbo.Owner);
      CREATE TABLE dbo.Part (Id int NOT NULL PRIMARY KEY, OwnerId int NOT NULL REFERENCES dbo.Owner ON DELETE CASCADE)`);
  });
  beforeEach(async () => {
    await one.ok(`
      DELETE dbo.Part; DELETE dbo.Thing; DELETE dbo.Owner;
      INSERT dbo.Owner VALUES (1, 'one'), (2, 'two');
      INSERT dbo.Thing VALUES (20, 2)`);
  });

  /** Rows that refer to none. */
  const orphans = `
    SELECT (SELECT COUNT(*) FROM dbo.Thing WHERE OwnerId IS NOT NULL AND OwnerId NOT IN (SELECT Id FROM dbo.Owner))
         + (SELECT COUNT(*) FROM dbo.Part WHERE OwnerId NOT IN (SELECT Id FROM dbo.Owner)) AS n`;

  test.each<
    [
      string,
      { readonly first: string; readonly second: string; readonly commit: number[]; readonly rollback: number[] },
    ]
  >([
    [
      'a row that refers to one which is being deleted',
      {
        first: 'DELETE dbo.Owner WHERE Id = 1',
        second: 'INSERT dbo.Thing VALUES (10, 1)',
        commit: [547],
        rollback: [],
      },
    ],
    [
      'a row that refers to one whose key is being changed',
      {
        first: 'UPDATE dbo.Owner SET Id = 5 WHERE Id = 1',
        second: 'UPDATE dbo.Thing SET OwnerId = 1',
        commit: [547],
        rollback: [],
      },
    ],
    [
      'a row that refers to one which is being inserted',
      {
        first: "INSERT dbo.Owner VALUES (3, 'new')",
        second: 'INSERT dbo.Thing VALUES (30, 3)',
        commit: [],
        rollback: [547],
      },
    ],
    [
      'the deletion of what a row that is being inserted refers to',
      {
        first: 'INSERT dbo.Thing VALUES (10, 1)',
        second: 'DELETE dbo.Owner WHERE Id = 1',
        commit: [547],
        rollback: [],
      },
    ],
    [
      'the change of a key that a row begins to refer to',
      {
        first: 'UPDATE dbo.Thing SET OwnerId = 1',
        second: 'UPDATE dbo.Owner SET Id = 5 WHERE Id = 1',
        commit: [547],
        rollback: [],
      },
    ],
    [
      'the deletion of what a row that is being deleted refers to',
      { first: 'DELETE dbo.Thing', second: 'DELETE dbo.Owner WHERE Id = 2', commit: [], rollback: [547] },
    ],
    [
      'the deletion of what a row refers to no more',
      {
        first: 'UPDATE dbo.Thing SET OwnerId = NULL',
        second: 'DELETE dbo.Owner WHERE Id = 2',
        commit: [],
        rollback: [547],
      },
    ],
    [
      'the deletion of what rows refer to that are being truncated',
      { first: 'TRUNCATE TABLE dbo.Thing', second: 'DELETE dbo.Owner WHERE Id = 2', commit: [], rollback: [547] },
    ],
    [
      'a deletion that takes along a row that is being inserted',
      { first: 'INSERT dbo.Part VALUES (10, 1)', second: 'DELETE dbo.Owner WHERE Id = 1', commit: [], rollback: [] },
    ],
  ])('%s waits for the other transaction', async (_, { first, second, ...numbers }) => {
    for (const end of ['commit', 'rollback'] as const) {
      await one.ok(`BEGIN TRAN; ${first}`);
      await two.ok('BEGIN TRAN');
      const waiting = await start(two, second);
      expect(waiting.isSettled()).toBe(false);
      await one.ok(end);
      expect((await waiting.answer).numbers).toEqual(numbers[end]);
      expect((await two.ok(orphans)).value).toBe(0);
      await two.ok('ROLLBACK');
      await one.ok(`
        DELETE dbo.Part; DELETE dbo.Thing; DELETE dbo.Owner;
        INSERT dbo.Owner VALUES (1, 'one'), (2, 'two');
        INSERT dbo.Thing VALUES (20, 2)`);
    }
  });

  test('other changes of a row do not keep rows from referring to it', async () => {
    await one.ok("BEGIN TRAN; UPDATE dbo.Owner SET Name = 'changed' WHERE Id = 1");
    await two.ok('INSERT dbo.Thing VALUES (10, 1)');
    expect((await one.run('DELETE dbo.Owner WHERE Id = 1')).numbers).toEqual([547]);
  });

  test('LOCK_TIMEOUT ends the wait', async () => {
    await one.ok('BEGIN TRAN; DELETE dbo.Owner WHERE Id = 1');
    expect((await two.run('SET LOCK_TIMEOUT 20; INSERT dbo.Thing VALUES (10, 1)')).numbers).toEqual([1222]);
  });

  test('a bulk load waits too', async () => {
    await one.ok('BEGIN TRAN; DELETE dbo.Owner WHERE Id = 1');
    const things = new sql.Table('dbo.Thing');
    things.columns.add('Id', sql.Int, { nullable: false });
    things.columns.add('OwnerId', sql.Int, { nullable: true });
    things.rows.add(10, 1);
    const loaded = await begun(two.pool.request().bulk(things));
    expect(loaded.isSettled()).toBe(false);
    await one.ok('ROLLBACK');
    expect((await loaded.answer).rowsAffected).toBe(1);
  });

  test('sessions that insert and delete at random leave no row that refers to none', async () => {
    const random = seededRandom(1);
    const sessions = await Promise.all(Array.from({ length: 4 }, () => server.connect()));
    const between = (highest: number) => random.between(1, highest);
    const statement = () => {
      const owner = between(6);
      const thing = between(8);
      return [
        `DELETE dbo.Owner WHERE Id = ${owner}`,
        `DELETE dbo.Thing WHERE OwnerId = ${owner}; DELETE dbo.Owner WHERE Id = ${owner}`,
        `INSERT dbo.Owner VALUES (${owner}, 'new')`,
        `INSERT dbo.Thing VALUES (${thing}, ${owner})`,
        `INSERT dbo.Part SELECT ${thing}, Id FROM dbo.Owner WHERE Id = ${owner}`,
        `UPDATE dbo.Thing SET OwnerId = ${owner} WHERE Id = ${thing}`,
        `UPDATE dbo.Owner SET Id = ${between(6)} WHERE Id = ${owner}`,
        'IF @@TRANCOUNT = 0 BEGIN TRAN',
        'IF @@TRANCOUNT > 0 COMMIT',
        'IF @@TRANCOUNT > 0 ROLLBACK',
      ][random.between(0, 9)] as string;
    };
    await Promise.all(
      sessions.map(async (session) => {
        for (let n = 0; n < 150; n += 1) {
          const { numbers } = await session.run(statement());
          // Refused: a duplicate key, a foreign key, a deadlock.
          expect(numbers.filter((number) => ![2627, 547, 1205].includes(number))).toEqual([]);
          if (n % 5 > 0) continue;
          await session.ok('IF @@TRANCOUNT > 0 COMMIT');
          expect((await session.ok(orphans)).value).toBe(0);
        }
        await session[Symbol.asyncDispose]();
      }),
    );
  });
});

describe('attention', () => {
  test.each([
    ['WAITFOR', "WAITFOR DELAY '00:01:00'"],
    ['an endless loop', 'DECLARE @i int = 0; WHILE 1 = 1 SET @i += 1'],
    ['a wait for a lock', "UPDATE dbo.Job SET State = 'two' WHERE Id = 1"],
  ])('ends %s; the transaction stays open', async (_, text) => {
    await one.ok("BEGIN TRAN; UPDATE dbo.Job SET State = 'one' WHERE Id = 1");
    const { answer } = await start(two, `BEGIN TRAN; INSERT dbo.Job VALUES (8, 'two'); ${text}`);
    two.cancel();
    expect((await answer).numbers).toEqual([-1]);
    expect((await two.ok('SELECT @@TRANCOUNT AS n')).value).toBe(1);
  });

  test('with XACT_ABORT the transaction goes', async () => {
    const { answer } = await start(
      two,
      "SET XACT_ABORT ON; BEGIN TRAN; INSERT dbo.Job VALUES (8, 'two'); WAITFOR DELAY '00:01:00'",
    );
    two.cancel();
    await answer;
    await eventually(async () => expect((await two.ok('SELECT @@TRANCOUNT AS n')).value).toBe(0));
    await two.ok('SET XACT_ABORT OFF');
  });
});
