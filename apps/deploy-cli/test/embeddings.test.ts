import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

const database = 'Hartonomous';
let sql: TestServer;
let env: Record<string, string>;

beforeAll(async () => {
  sql = await startTestServer();
  env = { ConnectionStrings__HartonomousDb: sql.connectionString(database) };
  expect(await hartonomous(['database', 'deploy'], env)).toMatchObject({ exitCode: 0 });
});
afterAll(() => sql?.[Symbol.asyncDispose]());

beforeEach(() =>
  sql.run(
    database,
    `DELETE FROM dbo.AtomEmbedding; DELETE FROM dbo.BackgroundJob; DELETE FROM dbo.EmbeddingModelAtomType;
     DELETE FROM dbo.EmbeddingModel; DELETE FROM dbo.Atom;
     INSERT INTO dbo.Atom (TenantId, AtomType, CanonicalText)
     VALUES (0, N'paragraph', N'four'), (0, N'section', N'sixsix'), (0, N'word', N'word'), (0, N'paragraph', NULL);`,
  ),
);

/** Without the graph, which this file has none of. */
const embeddings = (...args: readonly string[]) =>
  hartonomous(['embeddings', ...args, ...(args[0] === 'enable' ? ['--no-index'] : [])], env);
const jobs = () =>
  sql.value(
    database,
    `SELECT STRING_AGG(CONCAT(j.Status, N' ', j.Priority), N'|') WITHIN GROUP (ORDER BY j.BackgroundJobId) AS s
     FROM dbo.BackgroundJob AS j;`,
  );
const state = () => sql.value(database, "SELECT CONCAT(m.ModelKey, N' ', m.State) AS s FROM dbo.EmbeddingModel AS m;");

test('enable: the model with its types, and jobs for what is there; again it changes nothing', async () => {
  const dry = await embeddings('enable', 'lexical-hash-384', '--dry-run');
  expect(dry).toMatchObject({ exitCode: 10, stderr: '' });
  expect(dry.stdout).toContain('Would enable lexical_hash_384: lexical-hash-384, 384 numbers, for paragraph, section.');
  expect(await state()).toBeUndefined();
  const { exitCode, stdout } = await embeddings('enable', 'lexical-hash-384');
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    '✓ Enabled lexical_hash_384: lexical-hash-384, 384 numbers, for paragraph, section.\n' +
      '✓ 2 jobs made, about 3 to 7 tokens.\n',
  );
  expect(await jobs()).toBe('PENDING 10|PENDING 10');
  expect((await embeddings('enable', 'lexical-hash-384')).stdout).toContain('✓ 0 jobs made');
});

test('enable: other types, another key, no backfill; then backfill', async () => {
  const args = ['text-embedding-3-large', '--dimension', '256', '--key', 'large', '--atom-type', 'word'];
  const { stdout } = await embeddings('enable', ...args, '--no-backfill', '--json');
  expect(JSON.parse(stdout)).toEqual({
    ok: true,
    dryRun: false,
    model: {
      ...{ key: 'large', name: 'text-embedding-3-large', version: '1', dimension: 256 },
      ...{ state: 'ENABLED', atomTypes: ['word'] },
    },
    backfill: null,
    syncedAtoms: 0,
    indexes: null,
  });
  expect(await jobs()).toBe(null);
  const dry = await embeddings('backfill', 'large', '--dry-run', '--json');
  expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, backfill: { jobs: 1, characters: 4 } });
  const priced = { ...env, Embedding__PricePerMillionTokens: '1000000' };
  expect((await hartonomous(['embeddings', 'backfill', 'large', '--dry-run'], priced)).stdout).toBe(
    '1 job would be made, about 1 to 3 tokens, at a cost of 1.00 to 3.00.\n',
  );
  expect(await jobs()).toBe(null);
  expect(await embeddings('backfill', 'large')).toMatchObject({ exitCode: 0 });
  expect(await jobs()).toBe('PENDING 10');
});

test('pause, resume, disable', async () => {
  await embeddings('enable', 'lexical-hash-384');
  expect((await embeddings('pause', 'lexical_hash_384', '--dry-run')).stdout).toBe('Would pause lexical_hash_384.\n');
  expect(await state()).toBe('lexical_hash_384 ENABLED');
  expect((await embeddings('pause', 'lexical_hash_384')).stdout).toBe('✓ Paused lexical_hash_384.\n');
  expect(await state()).toBe('lexical_hash_384 PAUSED');
  expect((await embeddings('resume', 'lexical_hash_384')).stdout).toBe('✓ Resumed lexical_hash_384.\n');
  expect(await state()).toBe('lexical_hash_384 ENABLED');
  const disabled = await embeddings('disable', 'lexical_hash_384');
  expect(disabled.stdout).toBe('✓ Disabled lexical_hash_384; deleted 2 waiting jobs.\n');
  expect([await state(), await jobs()]).toEqual(['lexical_hash_384 DISABLED', null]);
  expect(await embeddings('resume', 'lexical_hash_384')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('EMBEDDING_MODEL_UNUSABLE: The model lexical_hash_384 is disabled.'),
  });
});

test('status: coverage, jobs, tokens, last error; and retry of dead jobs', async () => {
  expect((await embeddings('status')).stdout).toBe('No model. Enable one: hartonomous embeddings enable MODEL.\n');
  await embeddings('enable', 'lexical-hash-384');
  await sql.run(
    database,
    `UPDATE dbo.BackgroundJob SET Status = N'DEAD', Attempts = 3, ErrorCode = N'INPUT_REFUSED', ErrorText = N'no'
     WHERE BackgroundJobId = (SELECT MIN(j.BackgroundJobId) FROM dbo.BackgroundJob AS j);
     INSERT INTO dbo.AtomEmbedding (AtomId, EmbeddingModelId, TenantId, Dimension, Vector, Tokens)
     SELECT a.AtomId, m.EmbeddingModelId, 0, 1, 0x00000000, 7
     FROM dbo.Atom AS a CROSS JOIN dbo.EmbeddingModel AS m WHERE a.AtomType = N'section';
     INSERT INTO dbo.EmbeddingUsage (EmbeddingModelId, Day, Requests, Inputs, Tokens, Cost, CapReachedAt)
     SELECT m.EmbeddingModelId, DATEADD(DAY, -d.[value], CONVERT(DATE, SYSUTCDATETIME())), 3 - d.[value], 4, 70 - 50 * d.[value],
       0.5 + 0.5 * d.[value], SYSUTCDATETIME()
     FROM dbo.EmbeddingModel AS m CROSS JOIN (VALUES (0), (1)) AS d ([value]);`,
  );
  const { stdout } = await embeddings('status');
  expect(stdout).toMatch(
    /^lexical_hash_384: lexical-hash-384, version 1, 384 numbers, ENABLED, read by searches\n {2}100 % of atoms that can have a vector: 1 of 1; 50 % of eligible ones: 1 of 2\n {2}jobs: 1 pending, 0 running, 1 dead, 0 refused, the oldest for \d+ s; tokens: 7\n {2}asked of the provider today \(UTC\): 3 requests, 70 tokens, cost 0\.50; ever: 5 requests, 90 tokens, cost 1\.50\n {2}! the day's cap is reached: jobs wait until 00:00 UTC\n {2}last error: INPUT_REFUSED: no\n$/,
  );
  const json = JSON.parse((await embeddings('status', 'lexical_hash_384', '--json')).stdout);
  expect(json).toMatchObject({ models: [{ key: 'lexical_hash_384', eligible: 2, embedded: 1, dead: 1, tokens: 7 }] });
  const retry = (...args: readonly string[]) => embeddings('retry', 'lexical_hash_384', ...args);
  expect((await retry('--dry-run')).stdout).toBe('1 dead jobs would be tried again.\n');
  expect((await retry('--reason', 'OTHER')).stdout).toBe('✓ 0 dead jobs are tried again.\n');
  expect((await retry()).stdout).toBe('✓ 1 dead jobs are tried again.\n');
  expect(await jobs()).toBe('PENDING 10|PENDING 10');
});

test.each([
  [['enable', 'gpt-9'], 'EMBEDDING_MODEL_UNUSABLE: There is no model gpt-9.'],
  [
    ['enable', 'text-embedding-ada-002', '--dimension', '8'],
    "EMBEDDING_MODEL_UNUSABLE: Vectors of text-embedding-ada-002 can't",
  ],
  [['enable', 'bge-m3', '--key', 'Bge-M3'], "EMBEDDING_MODEL_UNUSABLE: Bge-M3 can't be a key."],
  [['status', 'nobody'], 'EMBEDDING_MODEL_UNKNOWN: The database has no embedding model nobody.'],
  [['backfill', 'nobody'], 'EMBEDDING_MODEL_UNKNOWN'],
])('%j is refused', async (args, message) => {
  expect(await embeddings(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
});

test('a key of another model is refused', async () => {
  await embeddings('enable', 'bge-m3', '--no-backfill');
  expect(await embeddings('enable', 'bge-m3', '--model-version', '2')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('The key bge_m3 is that of bge-m3, version 1, with 1024 numbers.'),
  });
});

test('enable: where the graph is away the model is enabled all the same, and what to do is said', async () => {
  const away = { ...env, Neo4j__Uri: 'bolt://127.0.0.1:1', Neo4j__Username: 'neo4j', Neo4j__Password: 'neo4jneo4j' };
  const { exitCode, stderr } = await hartonomous(['embeddings', 'enable', 'lexical-hash-384'], away);
  expect([exitCode, await state()]).toEqual([0, 'lexical_hash_384 ENABLED']);
  expect(stderr).toContain('Create it when the graph is there: hartonomous embeddings index.');
});

test('the first model is read at once, a further one is not', async () => {
  const read = () => sql.value(database, 'SELECT m.ModelKey AS s FROM dbo.EmbeddingModel AS m WHERE m.IsRead = 1;');
  await embeddings('enable', 'lexical-hash-384');
  await embeddings('enable', 'bge-m3');
  expect(await read()).toBe('lexical_hash_384');
});

test('read: at full coverage, or by force; the graph hears of it by an atom, and of all where the model was out of use', async () => {
  const read = () => sql.value(database, 'SELECT m.ModelKey AS s FROM dbo.EmbeddingModel AS m WHERE m.IsRead = 1;');
  const queued = async () => Number(await sql.value(database, 'SELECT COUNT(*) AS n FROM dbo.Neo4jSyncQueue;'));
  const embed = (key: string, where: string) =>
    sql.run(
      database,
      `INSERT INTO dbo.AtomEmbedding (AtomId, EmbeddingModelId, TenantId, Dimension, Vector)
       SELECT a.AtomId, m.EmbeddingModelId, 0, 1, 0x00000000
       FROM dbo.Atom AS a CROSS JOIN dbo.EmbeddingModel AS m WHERE m.ModelKey = '${key}' AND a.CanonicalText <> N'' AND ${where};`,
    );
  const away = { ...env, Neo4j__Enabled: 'false' };
  const run = (...args: readonly string[]) => hartonomous(['embeddings', ...args], away);
  await embeddings('enable', 'lexical-hash-384');
  await embeddings('enable', 'bge-m3');
  await embed('bge_m3', "a.AtomType = N'section'");
  expect(await run('read', 'bge_m3')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^EMBEDDING_MODEL_NOT_FULL: Of 2 eligible atoms, 1 have a vector of bge_m3 and 0 can't have one/,
    ),
  });
  expect((await run('read', 'bge_m3', '--force', '--dry-run')).stdout).toContain('Would have searches read bge_m3');
  expect(await read()).toBe('lexical_hash_384');
  await embed('bge_m3', "a.AtomType = N'paragraph'");
  const before = await queued();
  expect((await run('read', 'bge_m3')).stdout).toContain(
    '✓ Searches read bge_m3 (2 of 2 atoms that can have a vector, of 2 eligible',
  );
  expect([await read(), (await queued()) - before]).toEqual(['bge_m3', 1]);
  // And back, to one that was disabled meanwhile: its vectors have left the graph.
  await embed('lexical_hash_384', '1 = 1');
  await run('disable', 'lexical_hash_384');
  expect((await run('read', 'lexical_hash_384', '--force')).stdout).toContain('3 atoms were enqueued');
  expect([await read(), (await queued()) - before]).toEqual(['lexical_hash_384', 4]);
  expect((await run('read', 'lexical_hash_384')).stdout).toContain('already');
});

test('read: the copied vectors of the version before at once, because they are all that there will be', async () => {
  await sql.run(
    database,
    "INSERT INTO dbo.EmbeddingModel (ModelKey, ModelName, Dimension) VALUES ('legacy_384', N'legacy-384', 384);",
  );
  expect(await embeddings('read', 'legacy_384')).toMatchObject({ exitCode: 1 });
  await sql.run(
    database,
    `INSERT INTO dbo.AtomEmbedding (AtomId, EmbeddingModelId, TenantId, Dimension, Vector)
     SELECT a.AtomId, m.EmbeddingModelId, 0, 384, CONVERT(VARBINARY(MAX), REPLICATE(CONVERT(VARCHAR(MAX), 'abcd'), 384))
     FROM dbo.Atom AS a CROSS JOIN dbo.EmbeddingModel AS m;`,
  );
  const { exitCode, stdout } = await embeddings('read', 'legacy_384');
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('4 atoms were enqueued') });
  // A model that is enabled then waits for full coverage before searches read it.
  await embeddings('enable', 'lexical-hash-384');
  expect(await sql.value(database, 'SELECT m.ModelKey FROM dbo.EmbeddingModel AS m WHERE m.IsRead = 1;')).toBe(
    'legacy_384',
  );
});

test('full coverage: searches switch once, and who switches back is not overruled', async () => {
  const switched = async () =>
    (await sql.value(
      database,
      "DECLARE @Id INT; SELECT @Id = m.EmbeddingModelId FROM dbo.EmbeddingModel AS m WHERE m.ModelKey = 'bge_m3'; EXEC dbo.sp_SwitchEmbeddingReads @EmbeddingModelId = @Id;",
    )) as unknown;
  await embeddings('enable', 'lexical-hash-384');
  await embeddings('enable', 'bge-m3');
  expect(await switched()).toBe(false);
  await sql.run(
    database,
    `INSERT INTO dbo.AtomEmbedding (AtomId, EmbeddingModelId, TenantId, Dimension, Vector)
     SELECT a.AtomId, m.EmbeddingModelId, 0, 1, 0x00000000
     FROM dbo.Atom AS a CROSS JOIN dbo.EmbeddingModel AS m WHERE m.ModelKey = 'bge_m3' AND a.AtomType = N'section';
     UPDATE dbo.BackgroundJob SET Status = N'REFUSED';`,
  );
  expect(await switched()).toBe(true);
  await embeddings('read', 'lexical_hash_384', '--force');
  expect(await switched()).toBe(false);
});
