import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlParameter } from '@hartonomous/broker-client';
import { eventually } from '@hartonomous/test-support';
import type { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { Installation } from './sql-server/installation.ts';
import { openServerUnderTest, type ServerUnderTest } from './sql-server/server-under-test.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

// `pnpm test` runs a short form on the emulator; `pnpm test:sql-server` both settings, on the server of SQL_SERVER_UNDER_TEST.
const isLong = process.env.SQL_SERVER_FORM === 'long';
const settings = isLong ? (['OFF', 'ON'] as const) : (['OFF'] as const);

/** More than one pooled dialog takes: dbo.sp_EnqueueNeo4jSyncBatch begins another after 1000, sp_EnqueueIngestion after 8. */
const syncs = 1_001;
const files = 10;

const tenantId = 77;
const countRow = z.object({ n: z.coerce.number() });

let server: ServerUnderTest;
let folder: string;

beforeAll(async () => {
  server = await openServerUnderTest();
  folder = await mkdtemp(join(tmpdir(), 'hartonomous-sql-server-'));
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe.each(settings)('an installation with READ_COMMITTED_SNAPSHOT %s', (snapshot) => {
  let installation: Installation;
  let workers: readonly WorkerProgram[] = [];
  /** Each due time of a schedule has one run, so each is a second of its own. */
  let dues = 0;

  beforeAll(async () => {
    installation = await Installation.prepare(server);
  });
  afterAll(() => installation?.[Symbol.asyncDispose]());

  const count = async (sql: string) => {
    await using client = await installation.connect('administrator');
    const [row] = await client.query(sql, {}, countRow);
    return row?.n;
  };

  test('the deployer creates the database; a second deployment changes nothing', async () => {
    const first = await installation.cli('deployer', 'database', 'deploy');
    expect(first, first.stdout).toMatchObject({ exitCode: 0, stderr: '' });
    const second = await installation.cli('deployer', 'database', 'deploy');
    expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('✓ Nothing changed') });
    await installation.administrate(
      `ALTER DATABASE [${installation.database}] SET READ_COMMITTED_SNAPSHOT ${snapshot} WITH ROLLBACK IMMEDIATE;`,
    );
    const graph = await installation.cli('deployer', 'graph', 'deploy', '--skip-backup');
    expect(graph, graph.stderr).toMatchObject({ exitCode: 0 });
  });

  test('the deployer verifies database and graph', async () => {
    const { exitCode, stdout } = await installation.cli('deployer', 'verify');
    expect(stdout).not.toContain('✗');
    expect(exitCode).toBe(0);
  });

  test('all workers start with the role HartonomousWorker and no other right', async () => {
    await installation.createRoleLogins();
    {
      await using client = await installation.connect('deployer');
      await client.run(
        `INSERT INTO dbo.EmbeddingModel (ModelKey, ModelName, Dimension, State)
         VALUES ('lexical_hash_384', N'lexical-hash-384', 384, N'ENABLED');
         INSERT INTO dbo.EmbeddingModelAtomType (EmbeddingModelId, AtomType)
         SELECT m.EmbeddingModelId, N'generic' FROM dbo.EmbeddingModel AS m;`,
      );
    }
    workers = await installation.startWorkers();
  });

  test('an application enqueues more than a dialog takes; graph and vectors follow, and the full dialog is ended by its reader', async () => {
    {
      await using client = await installation.connect('sender');
      await client.run(
        `SET XACT_ABORT ON;
         BEGIN TRANSACTION;
         INSERT INTO dbo.Tenant (TenantId, Name) VALUES (@tenantId, N'seventy-seven');
         EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Tenant', @EntityId = @tenantId, @SyncType = N'CREATE';
         INSERT INTO dbo.Atom (TenantId, ContentType, CanonicalText)
         SELECT @tenantId, N'text/plain', CONCAT(N'text ', j.[value]) FROM OPENJSON(@numbers) AS j;
         DECLARE @Requests dbo.Neo4jSyncRequestList;
         INSERT INTO @Requests (EntityType, EntityId, SyncType)
         SELECT N'Atom', a.AtomId, N'CREATE' FROM dbo.Atom AS a WHERE a.TenantId = @tenantId;
         EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;
         COMMIT TRANSACTION;`,
        {
          tenantId,
          numbers: sqlParameter.nvarchar(JSON.stringify(Array.from({ length: syncs }, (_, index) => index))),
        },
      );
    }
    const synced = `SELECT COUNT(DISTINCT EntityId) AS n FROM dbo.Neo4jSyncLog WHERE EntityType = N'Atom' AND Outcome = N'SYNCED';`;
    await eventually(async () => expect(await count(synced)).toBe(syncs), { timeoutMs: 120_000, intervalMs: 200 });
    await fullDialogsAreGone('Neo4jSyncContract', 1_000);
    const embedded = 'SELECT COUNT(*) AS n FROM dbo.AtomEmbedding;';
    await eventually(async () => expect(await count(embedded)).toBe(syncs), { timeoutMs: 120_000, intervalMs: 200 });
  });

  test('files are ingested with the role HartonomousSender, over more than one dialog', async () => {
    const names = Array.from({ length: files }, (_, index) => join(folder, `file-${snapshot}-${index}.txt`));
    await Promise.all(names.map((name, index) => writeFile(name, `The broker keeps message ${index}.\n`)));
    {
      // One session: the command line's own pool would take a dialog for each connection.
      await using client = await installation.connect('sender');
      for (const name of names.slice(1)) {
        await client.run(`EXEC dbo.sp_EnqueueIngestion @FileName = @name, @FileData = @data, @TenantId = @tenantId;`, {
          name,
          data: sqlParameter.varbinary(Buffer.from(`The broker keeps a message of ${name}.\n`)),
          tenantId,
        });
      }
    }
    const [first = ''] = names;
    const sent = await installation.cli('administrator', 'ingest', first, '--tenant', `${tenantId}`, '--wait');
    expect(sent, sent.stderr).toMatchObject({ exitCode: 0 });
    const ended = `SELECT COUNT(*) AS n FROM dbo.IngestionJob WHERE Status IN (N'COMPLETED', N'UNCHANGED');`;
    await eventually(async () => expect(await count(ended)).toBe(files), { timeoutMs: 120_000, intervalMs: 200 });
    await fullDialogsAreGone('IngestionContract', 8);
  });

  test('nothing waits, nothing is dead-lettered, and the graph equals SQL', async () => {
    for (const from of ['dbo.Neo4jSyncQueue', 'dbo.IngestionQueue', 'dbo.EmbeddingQueue']) {
      await eventually(async () => expect(await count(`SELECT COUNT(*) AS n FROM ${from} WITH (NOLOCK);`)).toBe(0), {
        timeoutMs: 120_000,
        intervalMs: 200,
      });
    }
    for (const from of [
      'dbo.MessageRetry',
      'dbo.Neo4jSyncDeadLetterQueue',
      'dbo.IngestionDeadLetterQueue',
      'dbo.EmbeddingDeadLetterQueue',
    ]) {
      expect(await count(`SELECT COUNT(*) AS n FROM ${from};`), from).toBe(0);
    }
    await eventually(
      async () => {
        const { exitCode, stdout } = await installation.cli(
          'administrator',
          'reconcile',
          ...(isLong ? ['--deep'] : []),
        );
        expect(exitCode, stdout).toBe(0);
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
  });

  test('schedules: the canary is answered, a model gets its jobs, the graph is compared and repaired; with the rights of the docs', async () => {
    const kinds = { canary: ['seconds=60'], backfill: ['model=lexical_hash_384'], reconcile: ['settleSeconds=1'] };
    for (const [kind, set] of Object.entries(kinds)) {
      await added(kind, kind, set);
    }
    await added('repair', 'reconcile', ['repair=true']);
    await installation.grantWorker('EXECUTE ON [dbo].[sp_BackfillEmbeddings]');
    expect(await ran('canary')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/✓ canary: DONE .*\n.* synced .*\n/),
    });

    const lost = await count(`SELECT MIN(AtomId) AS n FROM dbo.Atom WHERE TenantId = ${tenantId};`);
    const cypher = `MATCH (a:Atom {id: ${lost}, tenantId: ${tenantId}}) DETACH DELETE a`;
    expect(await installation.cli('administrator', 'cypher', cypher, '--write')).toMatchObject({ exitCode: 0 });
    expect(await ran('reconcile')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(
        new RegExp(
          `✗ reconcile: FAILED .*\\n +Atom: 1 missing, 0 extra, 0 different; AtomEmbedding: 1 missing, .*; for example, both times, Atom ${lost}, AtomEmbedding ${lost}\\.`,
        ),
      ),
    });
    // The worker may have synced the atom, and its embedding with it, before embeddings are compared.
    expect(await ran('repair')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/✓ repair: DONE .*\n +Atom: 1 missing, .*; enqueued [12] for the worker\./),
    });

    // Atoms that nobody has enqueued: without embeddings, and not in the graph.
    const embedded = Number(await count('SELECT COUNT(*) AS n FROM dbo.AtomEmbedding;'));
    await changed(
      `INSERT INTO dbo.Atom (TenantId, ContentType, CanonicalText)
       VALUES (@tenantId, N'text/plain', N'one'), (@tenantId, N'text/plain', N'two'), (@tenantId, N'text/plain', N'three');`,
    );
    expect(await ran('backfill')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Jobs made: 3 for lexical_hash_384.'),
    });
    await eventually(
      async () => expect(await count('SELECT COUNT(*) AS n FROM dbo.AtomEmbedding;')).toBe(embedded + 3),
      { timeoutMs: 60_000 },
    );
    await eventually(
      async () => {
        const { exitCode, stdout } = await ran('reconcile');
        expect(stdout).toMatch(/✓ reconcile: DONE .*\n +The graph equals SQL: rows compared: \d+, of \d+ kinds\./);
        expect(exitCode).toBe(0);
      },
      { timeoutMs: 60_000, intervalMs: 1_000 },
    );
  });

  test.each(['administrator', 'deployer', 'worker'] as const)('doctor as the %s finds nothing wrong', async (who) => {
    const { exitCode, stdout } = await installation.cli(who, 'doctor', '--canary', '60');
    expect(stdout).not.toMatch(/^ *✗ /m);
    expect(exitCode).toBe(0);
  });

  test('the workers stop cleanly', async () => {
    for (const worker of workers) await worker.stop();
  });

  async function added(name: string, kind: string, parameters: readonly string[]): Promise<void> {
    const set = parameters.flatMap((each) => ['--set', each]);
    const cron = ['--cron', '30 2 * * *'];
    const result = await installation.cli('deployer', 'schedule', 'add', name, '--kind', kind, ...cron, ...set);
    expect(result, result.stderr).toMatchObject({ exitCode: 0 });
  }

  /** Has a schedule be due, as if nobody had run it, and a process with the worker's login work on what is due. */
  async function ran(name: string) {
    dues += 1;
    await changed(
      `UPDATE dbo.Schedule SET DueAt = DATEADD(SECOND, ${dues - 150}, SYSUTCDATETIME()) WHERE Name = N'${name}';`,
    );
    return await installation.cli(
      'worker',
      ...['schedule', 'run', '--once', '--kind', 'canary', 'backfill', 'reconcile'],
    );
  }

  async function changed(sql: string): Promise<void> {
    await using client = await installation.connect('administrator');
    await client.run(sql, { tenantId });
  }

  /** Waits until the full dialogs of a contract are gone from their sender's side: ended by their reader, and answered. */
  async function fullDialogsAreGone(contract: string, full: number): Promise<void> {
    const initiators = `FROM sys.conversation_endpoints AS e
      INNER JOIN sys.service_contracts AS c ON c.service_contract_id = e.service_contract_id
      WHERE e.is_initiator = 1 AND c.name = N'${contract}'`;
    await eventually(
      async () => {
        expect(await count(`SELECT COUNT(*) AS n ${initiators} AND e.send_sequence >= ${full};`)).toBe(0);
        expect(await count(`SELECT COUNT(*) AS n ${initiators} AND e.state NOT IN ('SO', 'CO');`)).toBe(0);
      },
      { timeoutMs: 60_000, intervalMs: 200 },
    );
    // The session's next dialog is there, so the full one was really left behind.
    expect(await count(`SELECT COUNT(*) AS n ${initiators};`)).toBeGreaterThan(0);
  }
});
