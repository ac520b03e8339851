import { randomUUID } from 'node:crypto';
import { type BrokerClient, connectBroker, type SqlParameters, sqlParameter } from '@hartonomous/broker-client';
import { parseSqlConnectionString, toMssqlOptions } from '@hartonomous/config-loader';
import { encodeVector } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { asRoleLogin, createRoleLogins } from '@hartonomous/test-support';
import mssql from 'mssql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deployDatabase } from '../src/index.ts';

const database = 'Hartonomous';
const anyRow = z.record(z.string(), z.unknown());
let sql: TestServer;
/** With the rights of a worker. */
let worker: BrokerClient;
/** With those of an application, and a session that keeps its transaction between calls. */
let application: BrokerClient;

beforeAll(async () => {
  sql = await startTestServer();
  await deployDatabase({ connection: sql.connectionString(database) });
  await sql.run(database, createRoleLogins(), "INSERT INTO dbo.Tenant (TenantId, Name) VALUES (1, N'one');");
  const connect = (role: 'worker' | 'sender') =>
    connectBroker({
      sql: { ...toMssqlOptions(parseSqlConnectionString(asRoleLogin(sql.connectionString(database), role))) },
      singleSession: role === 'sender',
    });
  worker = await connect('worker');
  application = await connect('sender');
});
afterAll(async () => {
  await Promise.all([worker?.close(), application?.close()]);
  await sql?.[Symbol.asyncDispose]();
});

const takeWakeUps = async () => {
  const taken = await sql.rows(
    database,
    `DECLARE @Taken TABLE (body NVARCHAR(MAX), type NVARCHAR(256));
     DECLARE @n INT = 1;
     WHILE @n > 0
     BEGIN
       RECEIVE TOP (1000) CONVERT(NVARCHAR(MAX), message_body) AS body, message_type_name FROM dbo.EmbeddingQueue INTO @Taken;
       SET @n = @@ROWCOUNT;
     END;
     SELECT t.body FROM @Taken AS t WHERE t.type = N'EmbeddingRequest';`,
  );
  return taken.map(({ body }) => String(body));
};
const jobs = () =>
  sql.rows(
    database,
    `SELECT j.BackgroundJobId AS id, j.AtomId AS atom, j.Status AS status, j.Attempts AS attempts, j.Priority AS priority,
       j.ErrorCode AS code
     FROM dbo.BackgroundJob AS j ORDER BY j.BackgroundJobId;`,
  );
const setState = (state: string) => sql.run(database, `UPDATE dbo.EmbeddingModel SET State = N'${state}';`);
/** Inserts an atom and enqueues it, as an application does. */
const insertAtom = async (text: string | null, atomType = 'paragraph') => {
  const [row] = await application.query(
    `INSERT INTO dbo.Atom (TenantId, AtomType, CanonicalText) VALUES (1, @atomType, @text);
     DECLARE @Id BIGINT = SCOPE_IDENTITY();
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @Id;
     SELECT @Id AS id;`,
    { atomType, text: sqlParameter.nvarchar(text) },
    anyRow,
  );
  return String(row?.id);
};

beforeEach(async () => {
  await sql.run(
    database,
    'DELETE FROM dbo.AtomEmbedding; DELETE FROM dbo.BackgroundJob; DELETE FROM dbo.EmbeddingModelAtomType;',
    'DELETE FROM dbo.EmbeddingModel; DELETE FROM dbo.AtomProvenance; DELETE FROM dbo.Atom;',
    "INSERT INTO dbo.EmbeddingModel (ModelKey, ModelName, Dimension, State) VALUES ('small', N'small', 2, N'ENABLED');",
    `INSERT INTO dbo.EmbeddingModelAtomType (EmbeddingModelId, AtomType)
     SELECT m.EmbeddingModelId, t.AtomType FROM dbo.EmbeddingModel AS m
     CROSS JOIN (VALUES (N'paragraph'), (N'section')) AS t (AtomType);`,
  );
  await takeWakeUps();
});

const modelId = async () => Number(await sql.value(database, 'SELECT EmbeddingModelId FROM dbo.EmbeddingModel;'));

const claim = (owner: string, count = 100, leaseSeconds = 60) =>
  modelId().then((id) =>
    worker.query(
      `EXEC dbo.sp_ClaimEmbeddingJobs @EmbeddingModelId = @id, @WorkerId = @owner, @Count = @count,
         @LeaseSeconds = @leaseSeconds;`,
      { id, owner: sqlParameter.uniqueidentifier(owner), count, leaseSeconds },
      z.object({ BackgroundJobId: z.string(), LeaseToken: z.string(), Attempts: z.number(), AtomId: z.string() }),
    ),
  );
type Claimed = Awaited<ReturnType<typeof claim>>[number];

const resultColumns = [
  { name: 'BackgroundJobId', type: mssql.BigInt(), nullable: false },
  { name: 'LeaseToken', type: mssql.BigInt(), nullable: false },
  { name: 'Outcome', type: mssql.NVarChar(16), nullable: false },
  { name: 'Dimension', type: mssql.Int() },
  { name: 'Vector', type: mssql.VarBinary(mssql.MAX) },
  { name: 'TextHash', type: mssql.VarBinary(32) },
  ...['ProjectionX', 'ProjectionY', 'ProjectionZ'].map((name) => ({ name, type: mssql.Float() })),
  { name: 'HilbertValue', type: mssql.BigInt() },
  ...['BucketX', 'BucketY', 'BucketZ', 'Windows', 'Tokens'].map((name) => ({ name, type: mssql.Int() })),
];

const finish = async (owner: string, claimed: readonly Claimed[], outcome = 'EMBEDDED', first = 1) => {
  const rows = claimed.map(({ BackgroundJobId, LeaseToken }) => {
    const key = [BackgroundJobId, LeaseToken, outcome];
    if (outcome !== 'EMBEDDED') return [...key, ...Array.from({ length: 12 }, () => null)];
    const bytes = Buffer.from(encodeVector([first, 0]));
    return [...key, 2, bytes, Buffer.alloc(32, 7), 0.5, 0.25, -1, '48', 5, 2, -10, 1, 3];
  });
  const done = await worker.query(
    'EXEC dbo.sp_FinishEmbeddingJobs @EmbeddingModelId = @id, @WorkerId = @owner, @Results = @results;',
    {
      id: await modelId(),
      owner: sqlParameter.uniqueidentifier(owner),
      results: sqlParameter.table('dbo.EmbeddingResultList', resultColumns, rows),
    },
    anyRow,
  );
  return done.length;
};
const embeddings = () =>
  sql.rows(
    database,
    `SELECT e.AtomId AS atom, CONVERT(VARCHAR(50), e.Vector, 2) AS vector, e.BackgroundJobId AS job
     FROM dbo.AtomEmbedding AS e ORDER BY e.AtomId;`,
  );
const vectorOf = (first: number) =>
  Buffer.from(encodeVector([first, 0]))
    .toString('hex')
    .toUpperCase();

const byProcedure = (procedure: string, parameters: SqlParameters) =>
  worker.query(
    `EXEC dbo.${procedure} ${Object.keys(parameters)
      .map((name) => `@${name} = @${name}`)
      .join(', ')};`,
    parameters,
    anyRow,
  );
const keysOf = (claimed: readonly Claimed[]) =>
  claimed.map(({ BackgroundJobId, LeaseToken }) => ({ backgroundJobId: BackgroundJobId, leaseToken: LeaseToken }));
const release = (owner: string, claimed: readonly Claimed[], entry: Readonly<Record<string, unknown>>) =>
  byProcedure('sp_ReleaseEmbeddingJobs', {
    WorkerId: sqlParameter.uniqueidentifier(owner),
    Entries: JSON.stringify(keysOf(claimed).map((key) => ({ ...key, ...entry }))),
  });

describe('jobs are made', () => {
  test('only while a model is enabled or paused', async () => {
    await setState('DISABLED');
    await insertAtom('nobody generates');
    expect([await jobs(), await takeWakeUps()]).toEqual([[], []]);
    await setState('PAUSED');
    const atom = await insertAtom('waits');
    expect(await jobs()).toMatchObject([{ atom, status: 'PENDING', priority: 0 }]);
    expect(await claim(randomUUID())).toEqual([]);
  });

  test('for atoms with text, of the types of the model, and with a well-formed wake-up', async () => {
    const atoms = [await insertAtom('text'), await insertAtom('a section', 'section')];
    await insertAtom(null);
    await insertAtom('   ');
    await insertAtom('a word', 'word');
    expect((await jobs()).map(({ atom }) => atom)).toEqual(atoms);
    expect(await takeWakeUps()).toEqual([
      expect.stringMatching(/^\uFEFF<EmbeddingRequest><EnqueuedAt>[-0-9T:.]+Z<\/EnqueuedAt><\/EmbeddingRequest>$/),
      expect.any(String),
    ]);
  });

  test('with one wake-up for each transaction, and none after a rollback', async () => {
    await application.run('BEGIN TRANSACTION;');
    for (let atom = 0; atom < 3; atom += 1) await insertAtom(`text ${atom}`);
    await application.run('COMMIT TRANSACTION;');
    expect(await jobs()).toHaveLength(3);
    expect(await takeWakeUps()).toHaveLength(1);
    await application.run('BEGIN TRANSACTION;');
    await insertAtom('never was');
    await application.run('ROLLBACK TRANSACTION;');
    await insertAtom('after that');
    expect(await jobs()).toHaveLength(4);
    expect(await takeWakeUps()).toHaveLength(1);
  });

  test('by the set-based procedure too, one for each atom', async () => {
    await application.run(
      `DECLARE @Requests dbo.Neo4jSyncRequestList;
       INSERT INTO dbo.Atom (TenantId, AtomType, CanonicalText)
       OUTPUT N'Atom', inserted.AtomId, N'CREATE' INTO @Requests (EntityType, EntityId, SyncType)
       SELECT 1, N'paragraph', CONCAT(N'text ', v.n) FROM (VALUES (1), (2), (3)) AS v (n);
       INSERT INTO @Requests (EntityType, EntityId, SyncType) SELECT r.EntityType, r.EntityId, N'UPDATE' FROM @Requests AS r;
       INSERT INTO @Requests (EntityType, EntityId, SyncType, TenantId) VALUES (N'Tenant', 1, N'UPDATE', 1);
       EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;`,
    );
    expect(await jobs()).toHaveLength(3);
    expect(await takeWakeUps()).toHaveLength(1);
  });

  test('once while one waits; and again while one is being done', async () => {
    const atom = await insertAtom('first');
    const change = () =>
      application.run(
        `UPDATE dbo.Atom SET CanonicalText = N'second' WHERE AtomId = @atom;
         EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @atom, @SyncType = N'UPDATE';`,
        { atom },
      );
    await change();
    expect(await jobs()).toHaveLength(1);
    await claim(randomUUID());
    await change();
    expect(await jobs()).toMatchObject([{ status: 'RUNNING' }, { status: 'PENDING', atom }]);
  });

  test('a job that an open transaction asks for again is not claimed before that commits', async () => {
    const atom = await insertAtom('first');
    await application.run(
      `BEGIN TRANSACTION;
       UPDATE dbo.Atom SET CanonicalText = N'second' WHERE AtomId = @atom;
       EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @atom, @SyncType = N'UPDATE';`,
      { atom },
    );
    expect(await claim(randomUUID())).toEqual([]);
    await application.run('COMMIT TRANSACTION;');
    expect(await claim(randomUUID())).toHaveLength(1);
  });

  test('by backfill, in slices, for what has neither embedding nor job; a dry run only counts', async () => {
    await setState('DISABLED');
    for (let atom = 0; atom < 5; atom += 1) await insertAtom(`text ${atom}`);
    const backfill = async (after: unknown, isDryRun: number) =>
      (
        await sql.rows(
          database,
          `DECLARE @Last BIGINT, @Jobs INT, @Characters BIGINT;
           EXEC dbo.sp_BackfillEmbeddings @EmbeddingModelId = ${await modelId()}, @AfterAtomId = ${after}, @Count = 3,
             @IsDryRun = ${isDryRun}, @LastAtomId = @Last OUTPUT, @Jobs = @Jobs OUTPUT, @Characters = @Characters OUTPUT;
           SELECT @Last AS last, @Jobs AS jobs, @Characters AS characters;`,
        )
      )[0];
    expect(await backfill(0, 1)).toMatchObject({ jobs: 3, characters: '18' });
    await expect(backfill(0, 0)).rejects.toThrow('hartonomous embeddings enable');
    await setState('ENABLED');
    const first = await backfill(0, 0);
    const second = await backfill(first?.last, 0);
    expect([first, second, await backfill(second?.last, 0)]).toMatchObject([
      { jobs: 3 },
      { jobs: 2 },
      { jobs: 0, last: null },
    ]);
    expect(await backfill(0, 0)).toMatchObject({ jobs: 0 });
    expect(await jobs()).toMatchObject(Array.from({ length: 5 }, () => ({ status: 'PENDING', priority: 10 })));
    expect(await takeWakeUps()).toHaveLength(2);
  });
});

describe('jobs are claimed and finished', () => {
  const one = randomUUID();
  const other = randomUUID();

  test('each by one worker, changes before backfill, the oldest first', async () => {
    for (let atom = 0; atom < 4; atom += 1) await insertAtom(`text ${atom}`);
    const ids = (await jobs()).map(({ id }) => id);
    await sql.run(database, `UPDATE dbo.BackgroundJob SET Priority = 10 WHERE BackgroundJobId = ${ids[0]};`);
    const first = await claim(one, 2);
    expect(first.map(({ BackgroundJobId }) => BackgroundJobId).sort()).toEqual([ids[1], ids[2]]);
    expect((await claim(other)).map(({ BackgroundJobId }) => BackgroundJobId).sort()).toEqual([ids[0], ids[3]]);
    expect(await claim(one)).toEqual([]);
  });

  test('the embedding and the end of its job are one', async () => {
    const atom = await insertAtom('text');
    const claimed = await claim(one);
    expect(await finish(one, claimed)).toBe(1);
    expect(await embeddings()).toEqual([{ atom, vector: vectorOf(1), job: claimed[0]?.BackgroundJobId }]);
    expect(await jobs()).toMatchObject([{ status: 'COMPLETED', attempts: 1 }]);
    expect(await finish(one, claimed)).toBe(0);
  });

  test('a lease that ran out is given to another, and its first owner can neither write, nor renew, nor give back', async () => {
    await insertAtom('text');
    const late = await claim(one, 100, 0);
    const again = await claim(other);
    expect(again).toMatchObject([{ LeaseToken: '2', Attempts: 2 }]);
    expect(await finish(one, late)).toBe(0);
    const renewal = { Jobs: JSON.stringify(keysOf(late)), LeaseSeconds: 60 };
    expect(
      await byProcedure('sp_RenewEmbeddingLeases', { WorkerId: sqlParameter.uniqueidentifier(one), ...renewal }),
    ).toEqual([]);
    expect(await release(one, late, { status: 'DEAD' })).toEqual([]);
    expect(await embeddings()).toEqual([]);
    expect(await finish(other, again)).toBe(1);
  });

  test('a renewed lease is kept', async () => {
    await insertAtom('text');
    const mine = await claim(one, 100, 0);
    const renewal = { Jobs: JSON.stringify(keysOf(mine)), LeaseSeconds: 60 };
    const WorkerId = sqlParameter.uniqueidentifier(one);
    expect(await byProcedure('sp_RenewEmbeddingLeases', { WorkerId, ...renewal })).toHaveLength(1);
    expect(await claim(other)).toEqual([]);
  });

  test('given back: an outage counts no attempt, a fault does; dead ones are claimed no more', async () => {
    await insertAtom('text');
    await release(one, await claim(one), {
      status: 'PENDING',
      isAttempt: false,
      delayMs: 0,
      errorCode: 'RATE_LIMITED',
    });
    expect(await jobs()).toMatchObject([{ status: 'PENDING', attempts: 0, code: 'RATE_LIMITED' }]);
    await release(one, await claim(one), { status: 'PENDING', isAttempt: true, delayMs: 60_000 });
    expect(await jobs()).toMatchObject([{ status: 'PENDING', attempts: 1 }]);
    expect(await claim(one)).toEqual([]);
    await sql.run(database, 'UPDATE dbo.BackgroundJob SET NotBefore = CreatedAt;');
    await release(one, await claim(one), { status: 'DEAD', isAttempt: true, errorCode: 'CONTENT_FILTER' });
    expect(await jobs()).toMatchObject([{ status: 'DEAD', attempts: 2, code: 'CONTENT_FILTER' }]);
    expect(await claim(one)).toEqual([]);
  });

  test('a job that ends late does not overwrite what a later one of the same atom wrote', async () => {
    const atom = await insertAtom('first');
    const early = await claim(one);
    await application.run("EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @atom;", { atom });
    await finish(other, await claim(other), 'EMBEDDED', 2);
    expect(await finish(one, early, 'EMBEDDED', 1)).toBe(1);
    expect(await embeddings()).toMatchObject([{ vector: vectorOf(2) }]);
  });

  test('an emptied atom loses its embedding, and a deleted one too', async () => {
    const emptied = await insertAtom('text');
    const deleted = await insertAtom('text');
    await finish(one, await claim(one));
    await application.run(
      `UPDATE dbo.Atom SET CanonicalText = NULL WHERE AtomId = @emptied;
       EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @emptied, @SyncType = N'UPDATE';
       DELETE FROM dbo.Atom WHERE AtomId = @deleted;
       EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @deleted, @SyncType = N'DELETE', @TenantId = 1;`,
      { emptied, deleted },
    );
    expect((await embeddings()).map(({ atom }) => atom)).toEqual([emptied]);
    const claimed = await claim(one);
    expect(claimed.map(({ AtomId }) => AtomId)).toEqual([emptied]);
    await finish(one, claimed, 'SKIPPED');
    expect(await embeddings()).toEqual([]);
  });

  test('a refused atom loses its embedding; a later success settles what had failed before', async () => {
    const atom = await insertAtom('text');
    await finish(one, await claim(one));
    const again = () =>
      application.run("EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @atom;", { atom });
    await again();
    await finish(one, await claim(one), 'REFUSED');
    expect(await embeddings()).toEqual([]);
    expect(await jobs()).toMatchObject([{ status: 'COMPLETED' }, { status: 'REFUSED', code: 'CLASSIFIED' }]);
    await again();
    await release(one, await claim(one), { status: 'DEAD', errorCode: 'X' });
    await again();
    await finish(one, await claim(one));
    expect(await jobs()).toMatchObject([{ status: 'COMPLETED' }, { status: 'COMPLETED', code: null }]);
    expect(await embeddings()).toHaveLength(1);
  });

  test('the sensitivity of an atom is the greatest of its own and of all that it comes from, by any way, in a circle too', async () => {
    const [child, parent, top, alone] = [
      await insertAtom('child'),
      await insertAtom('parent'),
      await insertAtom('top'),
      await insertAtom('alone'),
    ];
    await sql.run(
      database,
      `INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId)
       VALUES (1, ${child}, ${parent}), (1, ${parent}, ${top}), (1, ${child}, ${top}), (1, ${top}, ${child});
       UPDATE dbo.Atom SET Classification = N'restricted' WHERE AtomId = ${top};
       UPDATE dbo.Atom SET Classification = N'public' WHERE AtomId = ${child};`,
    );
    const rows = await worker.query(
      `DECLARE @Atoms dbo.EmbeddingAtomList;
       INSERT INTO @Atoms (AtomId) SELECT CONVERT(BIGINT, i.[value]) FROM OPENJSON(@ids) AS i;
       EXEC dbo.sp_ClassifyAtoms @Atoms = @Atoms;`,
      { ids: JSON.stringify([child, alone, '987654321']) },
      anyRow,
    );
    expect(rows.map(({ AtomId, Sensitivity }) => [AtomId, Sensitivity]).sort()).toEqual([
      [child, 3],
      [alone, null],
    ]);
  });

  test('an atom that went while it was embedded leaves no row, and takes no other with it', async () => {
    const kept = await insertAtom('one');
    const gone = await insertAtom('two');
    const claimed = await claim(one);
    await application.run('DELETE FROM dbo.Atom WHERE AtomId = @gone;', { gone });
    expect(await finish(one, claimed)).toBe(2);
    expect((await embeddings()).map(({ atom }) => atom)).toEqual([kept]);
  });

  test('finished jobs go by their retention, dead ones stay', async () => {
    for (const text of ['a', 'b', 'c']) await insertAtom(text);
    await finish(one, await claim(one, 1));
    await release(one, await claim(one, 1), { status: 'DEAD' });
    const [row] = await worker.query(
      'DECLARE @n BIGINT; EXEC dbo.sp_PurgeBackgroundJobs @RetentionDays = 0, @Purged = @n OUTPUT; SELECT @n AS n;',
      {},
      anyRow,
    );
    expect(row).toEqual({ n: '1' });
    expect(await jobs()).toMatchObject([{ status: 'DEAD' }, { status: 'PENDING' }]);
  });
});

describe('rights', () => {
  test.each([
    ['an application', 'sender', 'EXEC dbo.sp_ClaimEmbeddingJobs 1, NULL, 1, 1;'],
    ['an application', 'sender', 'EXEC dbo.sp_BackfillEmbeddings 1;'],
    ['a worker', 'worker', 'EXEC dbo.sp_BackfillEmbeddings 1;'],
    ['a worker', 'worker', "UPDATE dbo.EmbeddingModel SET State = N'ENABLED';"],
    ['a worker', 'worker', 'DELETE FROM dbo.AtomEmbedding;'],
    ['a worker', 'worker', 'DELETE FROM dbo.BackgroundJob;'],
  ])('%s may not: %s %s', async (_, role, statement) => {
    const client = role === 'worker' ? worker : application;
    await expect(client.run(statement)).rejects.toMatchObject({ number: 229 });
  });
});

describe('the model legacy-384', () => {
  const copy = async () => {
    const { databaseProject } = await import('@hartonomous/provenance-schema');
    const { readFile } = await import('node:fs/promises');
    const migration = databaseProject.migrations.find(({ name }) => name === 'legacy-embeddings');
    await sql.run(database, await readFile(new URL(migration?.path ?? '', databaseProject.root), 'utf8'));
  };

  test('has the values of dbo.Atom.Embedding once, is disabled, and is not there without them', async () => {
    await sql.run(database, 'DELETE FROM dbo.EmbeddingModelAtomType; DELETE FROM dbo.EmbeddingModel;');
    await copy();
    expect(await sql.value(database, 'SELECT COUNT(*) FROM dbo.EmbeddingModel;')).toBe(0);
    const bytes = Buffer.from(encodeVector(Array.from({ length: 384 }, (_, index) => index))).toString('hex');
    await sql.run(
      database,
      `INSERT INTO dbo.Atom (TenantId, AtomType, Embedding) SELECT TOP (2500) 1, N'x', 0x${bytes}
       FROM sys.all_objects AS a CROSS JOIN sys.all_objects AS b;
       INSERT INTO dbo.Atom (TenantId, AtomType) VALUES (1, N'x');`,
    );
    await copy();
    await copy();
    const rows = await sql.rows(
      database,
      `SELECT m.ModelKey AS [key], m.State AS state, COUNT(*) AS n, MIN(e.Dimension) AS dimension
       FROM dbo.AtomEmbedding AS e
       INNER JOIN dbo.EmbeddingModel AS m ON m.EmbeddingModelId = e.EmbeddingModelId
       INNER JOIN dbo.Atom AS a ON a.AtomId = e.AtomId AND a.Embedding = e.Vector
       GROUP BY m.ModelKey, m.State;`,
    );
    expect(rows).toEqual([{ key: 'legacy_384', state: 'DISABLED', n: 2500, dimension: 384 }]);
  });
});
