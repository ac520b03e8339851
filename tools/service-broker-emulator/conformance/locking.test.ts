import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { type Case, conformanceSuite } from './conformance-suite.ts';
import type { Session } from './session.ts';

const end = (handle: string, clause = '') =>
  `DECLARE @h uniqueidentifier = '${handle}'; END CONVERSATION @h${clause === '' ? '' : ` ${clause}`};`;

/** Two dialogs with a message each in QS. */
async function twoDialogs(a: Session): Promise<void> {
  await a.send(await a.begin());
  await a.send(await a.begin());
  await a.arrives('QS', 2);
}

/** A table with a row that `a` has changed from 1 to 2 and not committed. */
async function changedRow({ a }: Case): Promise<void> {
  await a.ok('CREATE TABLE W (id int PRIMARY KEY, v int); INSERT INTO W VALUES (1, 1), (2, 1);');
  await a.ok('BEGIN TRANSACTION; UPDATE W SET v = 2 WHERE id = 1;');
}

/** READ_COMMITTED_SNAPSHOT for the database of the case; every other session is to connect after it. */
const rowVersions = 'ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;';

/** Starts a batch that must wait, and resolves once the server shows that it does; the answer comes later. */
async function waits(
  observer: Session,
  session: Session,
  text: string,
  kind = 'LCK%',
): Promise<{ readonly answer: ReturnType<Session['run']> }> {
  const answer = session.run(text);
  await eventually(async () => {
    const found = await observer.count(
      `sys.dm_exec_requests WHERE session_id = ${session.id} AND wait_type LIKE '${kind}'`,
    );
    if (found === 0) throw new Error(`session ${session.id} does not wait`);
  });
  return { answer };
}

conformanceSuite('locking', ({ conforms, unverified }) => {
  conforms('C13: a new database reads with locks: 1222', async (given) => {
    const { a, b } = given;
    expect(await a.count('sys.databases WHERE database_id = DB_ID() AND is_read_committed_snapshot_on = 0')).toBe(1);
    await changedRow(given);
    await b.ok('SET LOCK_TIMEOUT 500;');
    expect((await b.run('SELECT v FROM W WHERE id = 1;')).errors).toEqual([1222]);
    expect((await b.run('SELECT v FROM W;')).errors).toEqual([1222]);
    // Another key is not locked, a dirty read waits for nothing, and READPAST leaves the locked row out.
    expect((await b.ok('SELECT v FROM W WHERE id = 2;')).value).toBe(1);
    expect((await b.ok('SELECT v FROM W WITH (NOLOCK) WHERE id = 1;')).value).toBe(2);
    expect((await b.ok('SELECT id FROM W WITH (READPAST);')).rows).toEqual([{ id: 2 }]);
    await a.ok('ROLLBACK;');
    expect((await b.ok('SELECT v FROM W WHERE id = 1;')).value).toBe(1);
  });

  conforms('C13b: with READ_COMMITTED_SNAPSHOT the last committed row is read at once', async (given) => {
    await given.a.ok(rowVersions);
    const b = await given.connect();
    await changedRow(given);
    await b.ok('SET LOCK_TIMEOUT 500;');
    expect((await b.ok('SELECT v FROM W WHERE id = 1;')).value).toBe(1);
    expect((await b.ok('SELECT v FROM W WITH (NOLOCK) WHERE id = 1;')).value).toBe(2);
    expect((await b.run('SELECT v FROM W WITH (READCOMMITTEDLOCK) WHERE id = 1;')).errors).toEqual([1222]);
    await given.a.ok('ROLLBACK;');
  });

  unverified('C13c: with READ_COMMITTED_SNAPSHOT READPAST takes READCOMMITTEDLOCK or UPDLOCK: 650', async (given) => {
    await given.a.ok(rowVersions);
    const b = await given.connect();
    await changedRow(given);
    expect(await b.refused('SELECT id FROM W WITH (READPAST);')).toBe(650);
    expect(await b.refused('DELETE FROM W WITH (READPAST);')).toBe(650);
    for (const hints of ['READPAST, READCOMMITTEDLOCK', 'READPAST, UPDLOCK', 'READPAST, UPDLOCK, READCOMMITTEDLOCK'])
      expect((await b.ok(`SELECT id FROM W WITH (${hints});`)).rows).toEqual([{ id: 2 }]);
    await given.a.ok('ROLLBACK;');
  });

  unverified('C13d: beside UPDLOCK, READCOMMITTEDLOCK is ignored: READPAST in SERIALIZABLE is 650', async ({ a }) => {
    await a.ok('CREATE TABLE W (id int PRIMARY KEY); SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;');
    await a.ok('SELECT id FROM W WITH (READPAST, READCOMMITTEDLOCK);');
    expect(await a.refused('SELECT id FROM W WITH (READPAST, READCOMMITTEDLOCK, UPDLOCK);')).toBe(650);
  });

  conforms('C14: 1222 ends the statement, not the batch', async (given) => {
    await changedRow(given);
    const answer = await given.b.run(
      'SET LOCK_TIMEOUT 500; BEGIN TRANSACTION; SELECT v FROM W WHERE id = 1; SELECT @@TRANCOUNT AS n;',
    );
    await given.a.ok('ROLLBACK;');
    expect(answer.errors).toEqual([1222]);
    expect(answer.sets.at(-1)?.rows).toEqual([{ n: 1 }]);
  });

  conforms('C15: with XACT_ABORT 1222 ends the batch and the transaction', async (given) => {
    await changedRow(given);
    const { b } = given;
    const answer = await b.run(
      'SET XACT_ABORT ON; SET LOCK_TIMEOUT 500; BEGIN TRANSACTION; SELECT v FROM W WHERE id = 1; SELECT 1 AS n;',
    );
    await given.a.ok('ROLLBACK;');
    expect(answer.errors).toEqual([1222]);
    expect(answer.sets.filter(({ rows }) => rows.length > 0)).toHaveLength(0);
    expect((await b.ok('SELECT @@TRANCOUNT AS n;')).value).toBe(0);
  });

  conforms('C16: SET in sp_executesql ends with it', async ({ a }) => {
    const { rows } = await a.ok(
      "EXEC sp_executesql N'SET LOCK_TIMEOUT 500; SET XACT_ABORT ON;'; SELECT @@LOCK_TIMEOUT AS t, @@OPTIONS & 16384 AS x;",
    );
    expect(rows).toEqual([{ t: -1, x: 0 }]);
  });

  conforms(
    'C18: SERIALIZABLE: two sessions that look for keys in one gap and insert them deadlock',
    async ({ a, b }) => {
      await a.ok('CREATE TABLE W (id int PRIMARY KEY); INSERT INTO W VALUES (1), (100);');
      const look = (id: number) =>
        `SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN TRANSACTION; SELECT id FROM W WHERE id = ${id};`;
      await a.ok(look(10));
      await b.ok(look(20));
      const first = a.run('INSERT INTO W VALUES (10); COMMIT;');
      const second = b.run('INSERT INTO W VALUES (20); COMMIT;');
      const errors = [...(await first).errors, ...(await second).errors];
      expect(errors).toEqual([1205]);
      expect(await a.count('W WITH (NOLOCK)')).toBe(3);
    },
  );

  conforms('C18b: SERIALIZABLE keeps a range as it was read, and nothing beyond the next key', async ({ a, b }) => {
    await a.ok('CREATE TABLE W (id int PRIMARY KEY); INSERT INTO W VALUES (1), (10), (20), (30);');
    await a.ok(
      'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN TRANSACTION; SELECT id FROM W WHERE id BETWEEN 5 AND 15;',
    );
    await b.ok('SET LOCK_TIMEOUT 500;');
    expect((await b.run('INSERT INTO W VALUES (12);')).errors).toEqual([1222]);
    expect((await b.run('DELETE FROM W WHERE id = 10;')).errors).toEqual([1222]);
    await b.ok('INSERT INTO W VALUES (25); SELECT id FROM W WHERE id = 10;');
    await a.ok('COMMIT;');
    await b.ok('INSERT INTO W VALUES (12);');
  });

  conforms('SNAPSHOT is refused where the database does not allow it: 3952', async ({ a }) => {
    await a.ok('CREATE TABLE W (id int PRIMARY KEY);');
    expect(await a.refused('SET TRANSACTION ISOLATION LEVEL SNAPSHOT; SELECT id FROM W;')).toBe(3952);
  });

  conforms(
    'SNAPSHOT sees what was committed when it first read; a row that has changed since is a conflict: 3960',
    async ({ a, b }) => {
      await a.ok('ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;');
      await a.ok('CREATE TABLE W (id int PRIMARY KEY, v int); INSERT INTO W VALUES (1, 1), (2, 1);');
      await b.ok('SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION; SELECT COUNT(*) AS n FROM W;');
      await a.ok('UPDATE W SET v = 2 WHERE id = 1; DELETE FROM W WHERE id = 2; INSERT INTO W VALUES (3, 1);');
      expect((await b.ok('SELECT id, v FROM W ORDER BY id;')).rows).toEqual([
        { id: 1, v: 1 },
        { id: 2, v: 1 },
      ]);
      expect((await b.ok('SELECT v FROM W WHERE id = 1;')).value).toBe(1);
      expect(await b.refused('UPDATE W SET v = 3 WHERE id = 1;')).toBe(3960);
      expect((await b.ok('SELECT @@TRANCOUNT AS n;')).value).toBe(0);
    },
  );

  conforms('a transaction that began at another level may not read under SNAPSHOT: 3951', async ({ a }) => {
    await a.ok('ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON; CREATE TABLE W (id int PRIMARY KEY);');
    expect(
      await a.refused('BEGIN TRANSACTION; SET TRANSACTION ISOLATION LEVEL SNAPSHOT; SELECT COUNT(*) AS n FROM W;'),
    ).toBe(3951);
  });

  unverified('C19: SNAPSHOT transactions may send and receive', async ({ a }) => {
    await a.ok('ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;');
    await a.ok(`SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION; DECLARE @h uniqueidentifier;
      BEGIN DIALOG @h FROM SERVICE I TO SERVICE 'S', 'CURRENT DATABASE' ON CONTRACT C WITH ENCRYPTION = OFF;
      SEND ON CONVERSATION @h MESSAGE TYPE T (N'1'); COMMIT;`);
    await a.arrives('QS');
    await a.ok('BEGIN TRANSACTION; RECEIVE conversation_handle FROM QS; COMMIT;');
  });

  conforms('sys.dm_tran_locks shows who holds a row and who waits for it', async (given) => {
    const { a, b } = given;
    await changedRow(given);
    const observer = await given.connect();
    const waiting = await waits(observer, b, 'SELECT v FROM W WHERE id = 1;', 'LCK_M_S');
    await eventually(async () => {
      const { rows } = await observer.ok(
        `SELECT request_session_id AS s, request_mode AS m, request_status AS t FROM sys.dm_tran_locks
         WHERE resource_type = 'KEY' AND resource_database_id = DB_ID() ORDER BY request_status;`,
      );
      expect(rows).toEqual([
        { s: a.id, m: 'X', t: 'GRANT' },
        { s: b.id, m: 'S', t: 'WAIT' },
      ]);
    });
    await a.ok('COMMIT;');
    expect((await waiting.answer).value).toBe(2);
  });
});

conformanceSuite('locking of queues', ({ conforms, unverified }) => {
  unverified('C1: poison handling off, an open RECEIVE and five rollbacks: SEND waits', async ({ a, b, connect }) => {
    const observer = await connect();
    await a.ok('ALTER QUEUE QS WITH POISON_MESSAGE_HANDLING (STATUS = OFF);');
    await twoDialogs(a);
    const sender = await a.begin();
    await a.ok('BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM QS;');
    for (let n = 0; n < 5; n += 1) {
      await b.ok('BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM QS; ROLLBACK;');
    }
    await eventually(async () => {
      expect(
        await observer.count("sys.dm_exec_requests WHERE command = 'BRKR TASK' AND wait_type = 'LCK_M_SCH_M'"),
      ).toBeGreaterThan(0);
    });
    expect(
      await observer.count(
        "sys.dm_tran_locks WHERE request_mode = 'Sch-M' AND request_status = 'WAIT' AND resource_database_id = DB_ID()",
      ),
    ).toBe(1);
    await b.ok('SET LOCK_TIMEOUT 2000;');
    const { errors } = await b.run(b.sendText(sender));
    await a.ok('ROLLBACK;');
    expect(errors).toEqual([1222]);
    await b.ok(b.sendText(sender));
    expect(await a.count("sys.service_queues WHERE name = 'QS' AND is_receive_enabled = 1")).toBe(1);
  });

  conforms('C1b: rolling back to a savepoint never stops SEND, be it before or after the RECEIVE', async ({ a, b }) => {
    await a.ok('ALTER QUEUE QS WITH POISON_MESSAGE_HANDLING (STATUS = OFF);');
    await twoDialogs(a);
    const sender = await a.begin();
    await a.ok('BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM QS;');
    for (let n = 0; n < 6; n += 1) {
      await b.ok(
        'BEGIN TRANSACTION; SAVE TRANSACTION s; RECEIVE TOP (1) conversation_handle FROM QS; ROLLBACK TRANSACTION s; COMMIT;',
      );
    }
    await b.ok("WAITFOR DELAY '00:00:01'; SET LOCK_TIMEOUT 2000;");
    const { errors } = await b.run(b.sendText(sender));
    await a.ok('ROLLBACK;');
    expect(errors).toEqual([]);
  });

  conforms('C30: SELECT on a queue waits for a reader; READPAST and NOLOCK do not', async ({ a, b }) => {
    await twoDialogs(a);
    await a.ok('BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM QS;');
    await b.ok('SET LOCK_TIMEOUT 500;');
    const locked = await b.run('SELECT COUNT(*) AS n FROM QS;');
    const past = await b.run('SELECT COUNT(*) AS n FROM QS WITH (READPAST);');
    const dirty = await b.run('SELECT COUNT(*) AS n FROM QS WITH (NOLOCK);');
    await a.ok('ROLLBACK;');
    expect([past.errors, dirty.errors]).toEqual([[], []]);
    expect(past.value).toBe(1);
    expect(locked.errors).toEqual([1222]);
  });

  unverified('C30b: with READ_COMMITTED_SNAPSHOT it sees what was received as still there', async ({ a, connect }) => {
    await a.ok(rowVersions);
    const b = await connect();
    await twoDialogs(a);
    await a.ok('BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM QS;');
    await b.ok('SET LOCK_TIMEOUT 500;');
    const versions = await b.run('SELECT COUNT(*) AS n FROM QS;');
    const locked = await b.run('SELECT COUNT(*) AS n FROM QS WITH (READCOMMITTEDLOCK);');
    await a.ok('ROLLBACK;');
    expect(versions.value).toBe(2);
    expect(locked.errors).toEqual([1222]);
  });

  unverified('C30c: looking for the messages of one group meets the locks of that group only', async ({ a, b }) => {
    await twoDialogs(a);
    const { rows } = await a.ok(
      'BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle AS h, conversation_group_id AS g FROM QS;',
    );
    const look = (sign: string) =>
      `SELECT COUNT(*) AS n FROM QS AS m JOIN sys.conversation_endpoints AS e WITH (NOLOCK)
         ON e.conversation_group_id = m.conversation_group_id
       WHERE m.status IN (0, 1) AND m.conversation_group_id ${sign} '${rows[0]?.g}';`;
    await b.ok('SET LOCK_TIMEOUT 500;');
    const other = await b.ok(
      `SELECT conversation_group_id AS g FROM sys.conversation_endpoints WITH (NOLOCK) WHERE is_initiator = 0 AND conversation_group_id <> '${rows[0]?.g}';`,
    );
    const free = await b.run(
      `SELECT COUNT(*) AS n FROM QS WHERE status IN (0, 1) AND conversation_group_id = '${other.rows[0]?.g}';`,
    );
    const locked = await b.run(look('='));
    await a.ok('ROLLBACK;');
    expect([free.errors, free.value]).toEqual([[], 1]);
    expect(locked.errors).toEqual([1222]);
  });

  for (const [name, change] of [
    ['an option', 'ALTER QUEUE QS WITH RETENTION = OFF;'],
    ['STATUS', 'ALTER QUEUE QS WITH STATUS = ON;'],
    ['ACTIVATION', 'ALTER QUEUE QS WITH ACTIVATION (DROP);'],
    ['POISON_MESSAGE_HANDLING', 'ALTER QUEUE QS WITH POISON_MESSAGE_HANDLING (STATUS = OFF);'],
    ['REBUILD', 'ALTER QUEUE QS REBUILD;'],
    ['REORGANIZE', 'ALTER QUEUE QS REORGANIZE;'],
    ['MOVE TO', 'ALTER QUEUE QS MOVE TO [PRIMARY];'],
    ['DROP SERVICE', 'DROP SERVICE S;'],
  ] as const) {
    unverified(`C31: ALTER QUEUE waits for a reader: ${name}`, async ({ a, b }) => {
      await twoDialogs(a);
      await a.ok('BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM QS;');
      const { errors } = await b.run(`SET LOCK_TIMEOUT 1000; ${change}`);
      await a.ok('ROLLBACK;');
      expect(errors).toEqual([1222]);
      await b.ok(change);
    });
  }

  unverified('C31b: who sends or receives after a waiting ALTER QUEUE waits behind it', async ({ a, b, connect }) => {
    const [c, observer] = [await connect(), await connect()];
    await twoDialogs(a);
    const sender = await a.begin();
    await a.ok('BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM QS;');
    const altered = await waits(observer, b, 'ALTER QUEUE QS WITH RETENTION = OFF;', 'LCK_M_SCH_M');
    await observer.ok('SET LOCK_TIMEOUT 500;');
    expect((await observer.run('RECEIVE TOP (1) conversation_handle FROM QS;')).errors).toEqual([1222]);
    expect((await observer.run('SELECT COUNT(*) AS n FROM QS WITH (NOLOCK);')).errors).toEqual([1222]);
    const sent = await waits(observer, c, c.sendText(sender));
    await a.ok('ROLLBACK;');
    expect([(await altered.answer).errors, (await sent.answer).errors]).toEqual([[], []]);
  });

  unverified(
    'C31c: an ALTER QUEUE that gives up lets those through who waited behind it',
    async ({ a, b, connect }) => {
      const [c, observer] = [await connect(), await connect()];
      await twoDialogs(a);
      const sender = await a.begin();
      await a.ok('BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM QS;');
      const altered = await waits(
        observer,
        b,
        'SET LOCK_TIMEOUT 3000; ALTER QUEUE QS WITH RETENTION = OFF;',
        'LCK_M_SCH_M',
      );
      const sent = await c.run(c.sendText(sender));
      expect([(await altered.answer).errors, sent.errors]).toEqual([[1222], []]);
      await a.ok('ROLLBACK;');
    },
  );

  conforms('C32: GET CONVERSATION GROUP and RECEIVE skip a locked group', async ({ a, b }) => {
    await a.send(await a.begin());
    await a.arrives('QS');
    await a.ok('BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM QS;');
    expect(await b.receive('QS')).toEqual([]);
    const { value } = await b.ok('DECLARE @g uniqueidentifier; GET CONVERSATION GROUP @g FROM QS; SELECT @g AS g;');
    await a.ok('ROLLBACK;');
    expect(value).toBeNull();
  });

  unverified('C32b: RECEIVE WHERE and END wait for a locked group, no longer than LOCK_TIMEOUT', async ({ a, b }) => {
    const initiator = await a.begin();
    await a.send(initiator);
    await a.arrives('QS');
    const target = await a.farHandle(initiator);
    await a.ok('BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM QS;');
    await b.ok('SET LOCK_TIMEOUT 500;');
    const receive = await b.run(`RECEIVE conversation_handle FROM QS WHERE conversation_handle = '${target}';`);
    const ended = await b.run(end(target));
    await a.ok('ROLLBACK;');
    expect([receive.errors, ended.errors]).toEqual([[1222], [1222]]);
  });

  unverified(
    'C17: reading all endpoints waits for an uncommitted dialog; one of its own, or NOLOCK, does not',
    async ({ a, b }) => {
      const own = await b.begin();
      await a.ok(
        `BEGIN TRANSACTION; DECLARE @h uniqueidentifier;
       BEGIN DIALOG @h FROM SERVICE I TO SERVICE 'S', 'CURRENT DATABASE' ON CONTRACT C WITH ENCRYPTION = OFF;
       SEND ON CONVERSATION @h MESSAGE TYPE T (N'1');`,
      );
      await b.ok('SET LOCK_TIMEOUT 500;');
      const one = await b.run(`SELECT state FROM sys.conversation_endpoints WHERE conversation_handle = '${own}';`);
      const all = await b.run('SELECT COUNT(*) AS n FROM sys.conversation_endpoints;');
      const dirty = await b.run('SELECT COUNT(*) AS n FROM sys.conversation_endpoints WITH (NOLOCK);');
      await a.ok('ROLLBACK;');
      expect([one.errors, all.errors, dirty.errors]).toEqual([[], [1222], []]);
    },
  );
});
