import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { connectNeo4j, createGraphWriter, type EntityChanges, type GraphConnection } from '@hartonomous/graph-sync';
import { type BorrowedTestNeo4j, borrowTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { deployGraph, reconcile } from '@hartonomous/operations';
import {
  atom,
  atomProvenance,
  entities,
  loadQuery,
  loadQueryIds,
  loadQueryParameter,
  tenant,
  toGraphRecord,
} from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { insertSample, type SampleRow, sampleOf } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

const database = 'Hartonomous';
const createdAt = new Date('2026-01-02T03:04:05.678Z');
let neo4j: BorrowedTestNeo4j;
let sql: TestServer;
let graph: GraphConnection;
let env: Record<string, string>;

beforeAll(async () => {
  neo4j = await borrowTestNeo4j({ schema: 'any' });
  sql = await startTestServer();
  const { uri, username, password } = neo4j;
  env = {
    ConnectionStrings__HartonomousDb: sql.connectionString(database),
    Neo4j__Uri: uri,
    Neo4j__Username: username,
    Neo4j__Password: password,
  };
  expect(await hartonomous(['database', 'deploy'], env)).toMatchObject({ exitCode: 0 });
  await deployGraph({ connection: { uri, username, password } });
  await neo4j.keepSchema();
  graph = await connectNeo4j({ uri, username, password });
  await sql.run(
    database,
    // Past the numbers that these tests write to the graph with.
    'ALTER SEQUENCE dbo.GraphSyncSequence RESTART WITH 1001;',
    "INSERT INTO dbo.Tenant (TenantId, Name, CreatedAt) VALUES (5, N'five', '2026-01-02T03:04:05.678');",
    `DECLARE @n INT = 1;
     WHILE @n <= 20
     BEGIN
       INSERT INTO dbo.Atom (TenantId, AtomType, ContentHash, CanonicalText, CreatedAt)
       VALUES (5, N'text', 0xDEAD, CONCAT(N'text ', @n), '2026-01-02T03:04:05.678');
       SET @n = @n + 1;
     END;`,
    `INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId, RelationType, CreatedAt)
     VALUES (5, 2, 1, N'DERIVED_FROM', '2026-01-02T03:04:05.678');`,
  );
});
afterAll(async () => {
  await graph?.close();
  await sql?.[Symbol.asyncDispose]();
  await neo4j?.[Symbol.asyncDispose]();
});

const cypher = (text: string) => graph.driver.executeQuery(text, {}, { database: graph.database });

/** What the worker would do of everything. */
async function syncAll(): Promise<void> {
  const atoms = Array.from({ length: 20 }, (_, n) =>
    toGraphRecord(atom, {
      AtomId: `${n + 1}`,
      TenantId: 5,
      AtomType: 'text',
      ContentType: null,
      ContentHash: new Uint8Array([0xde, 0xad]),
      CanonicalText: `text ${n + 1}`,
      Metadata: null,
      CreatedAt: createdAt,
      Classification: null,
      Embedding: null,
    }),
  );
  const edge = toGraphRecord(atomProvenance, {
    AtomProvenanceId: '1',
    TenantId: 5,
    ChildAtomId: '2',
    ParentAtomId: '1',
    RelationType: 'DERIVED_FROM',
    DerivationType: null,
    SequenceNumber: null,
    CreatedAt: createdAt,
    StartOffset: null,
    EndOffset: null,
  });
  await createGraphWriter(graph).apply(
    [
      { entity: atom, upserts: atoms, deletes: [] },
      { entity: atomProvenance, upserts: [edge], deletes: [] },
      {
        entity: tenant,
        upserts: [toGraphRecord(tenant, { TenantId: 5, Name: 'five', CreatedAt: createdAt })],
        deletes: [],
      },
    ],
    10n,
  );
}

/** Brings every row of every table to the graph, as the worker would. */
async function syncTables(): Promise<void> {
  const changes: EntityChanges[] = [];
  for (const entity of entities) {
    const { schema, name } = entity.table;
    const keys = await sql.rows(database, `SELECT e.[${entity.key}] AS [id] FROM [${schema}].[${name}] AS e;`);
    const ids = keys.map(({ id }) => BigInt(String(id)));
    const rows = await sql.rows(database, loadQuery(entity), { [loadQueryParameter]: loadQueryIds(ids) });
    changes.push({ entity, upserts: rows.map((row) => toGraphRecord(entity, row)), deletes: [] });
  }
  await createGraphWriter(graph).apply(changes, 20n);
}

const scope = async (entity: string, ...more: string[]) => hartonomous(['reconcile', '--entity', entity, ...more], env);

test('an empty graph lacks every row; what is equal needs no row to be read', async () => {
  const before = await scope('Atom', '--json');
  expect(before).toMatchObject({ exitCode: 1, stderr: '' });
  expect(JSON.parse(before.stdout)).toMatchObject({
    ok: false,
    entities: [
      { sqlRows: 20, graphRows: 0, missing: 20 },
      { entity: 'AtomEmbedding', sqlRows: 0, graphRows: 0 },
    ],
  });

  await syncAll();
  for (const entity of ['Atom', 'AtomProvenance'])
    expect(await scope(entity)).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await scope('Atom', '--deep')).exitCode).toBe(0);
});

test('names what is missing, extra and different, and enqueues it with --repair', async () => {
  await cypher('MATCH (a:Atom {id: 3}) DETACH DELETE a');
  await cypher('CREATE (:Atom {id: 999, tenantId: 5, syncSequence: 1})');
  await cypher("MATCH (a:Atom {id: 4}) SET a.canonicalText = 'another text'");
  await cypher('MATCH (:Atom {id: 7})-[r:BELONGS_TO_TENANT]->() DELETE r');
  await cypher("MATCH ()-[r:DERIVED_FROM {id: 1}]->() SET r.derivationType = 'x'");

  const found = await scope('Atom');
  expect(found).toMatchObject({ exitCode: 1, stderr: '' });
  expect(found.stdout.split('\n')).toEqual([
    'Atom 3 (tenant 5): not in the graph',
    'Atom 4 (tenant 5): differs in canonicalText',
    'Atom 7 (tenant 5): differs in BELONGS_TO_TENANT',
    'Atom 999 (tenant 5): in the graph, but not in SQL',
    '✗ Atom: 20 in SQL, 20 in the graph; 1 missing, 1 extra, 2 different',
    '✓ AtomEmbedding: 0 in SQL, 0 in the graph; 0 missing, 0 extra, 0 different',
    'Run it again with --repair to have the worker sync them anew; what is extra is deleted from the graph then.',
    '',
  ]);
  expect((await scope('AtomProvenance')).stdout).toContain('AtomProvenance 1 (tenant 5): differs in derivationType');

  const queued = async () => Number(await sql.value(database, 'SELECT COUNT(*) AS n FROM dbo.Neo4jSyncQueue;'));
  const before = await queued();
  const repaired = await scope('Atom', '--repair');
  expect(repaired).toMatchObject({ exitCode: 0, stderr: '' });
  expect(repaired.stdout).toContain('1 missing, 1 extra, 2 different; 4 enqueued');
  expect((await queued()) - before).toBe(4);
});

test('a text of the same length is what checksums miss and --deep finds', async () => {
  await cypher('MATCH (a:Atom {id: 999}) DELETE a');
  await syncAll();
  await cypher("MATCH (a:Atom {id: 4}) SET a.canonicalText = 'TEXT 4'");
  expect(await scope('Atom')).toMatchObject({ exitCode: 0, stderr: '' });
  const deep = await scope('Atom', '--deep');
  expect(deep.exitCode).toBe(1);
  expect(deep.stdout).toContain('Atom 4 (tenant 5): differs in canonicalText');
});

test('an entity that there is not is a wrong command line', async () => {
  expect(await scope('Atoms')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Atoms') });
});

test('knows every entity: optional edges, floating-point numbers, vectors, keys without a tenant', async () => {
  const ids = new Map<string, bigint>();
  const context = {
    tenantId: 7001,
    idOf: (label: string, row: SampleRow) => ids.get(`${label} ${row}`) ?? -1n,
  };
  for (const entity of entities) {
    for (const [row, state] of [
      [1, 'first'],
      [2, 'sparse'],
    ] as const) {
      const id = await sql.value(database, insertSample(entity, sampleOf(entity, row, state, context)));
      ids.set(`${entity.name} ${row}`, BigInt(String(id)));
    }
  }
  await syncTables();
  for (const entity of entities) {
    const compared = await scope(entity.name, '--json');
    const vectors = entity === atom ? [{ entity: 'AtomEmbedding', different: 0 }] : [];
    expect({ of: entity, ...JSON.parse(compared.stdout) }).toMatchObject({
      ok: true,
      entities: [{ entity: entity.name, different: 0 }, ...vectors],
    });
    expect(await scope(entity.name, '--deep')).toMatchObject({ exitCode: 0, stderr: '' });
  }

  await cypher('MATCH (:Inference {inferenceId: 1})-[r:PERFORMED_BY]->() DELETE r');
  await cypher('MATCH (d:Decision {decisionId: 1}) SET d.confidence = d.confidence + 0.01');
  await cypher('CREATE (:Model {modelId: 99, tenantId: 7001, syncSequence: 1})');
  expect((await scope('Inference')).stdout).toContain('Inference 1 (tenant 7001): differs in PERFORMED_BY');
  expect((await scope('Decision')).stdout).toContain('Decision 1 (tenant 7001): differs in confidence');
  // One of the few models: much of them, so that it asks, and nobody can be asked here.
  const asked = await scope('Model', '--repair');
  expect(asked).toMatchObject({ exitCode: 2, stdout: '' });
  expect(asked.stderr).toMatch(/^USAGE: This deletes from the graph 1 of \d+ of Model\. Go on: that needs an answer/);
  const repaired = await scope('Model', '--repair', '--yes');
  expect(repaired.stdout).toContain('Model 99 (tenant 7001): in the graph, but not in SQL');
  expect(repaired).toMatchObject({ exitCode: 0, stderr: '' });
}, 300_000);

test('without --entity it compares all of them, as in the whole system that it is for', async () => {
  await cypher('MATCH (m:Model {modelId: 99}) DELETE m');
  await syncTables();
  const whole = async (...more: string[]) => hartonomous(['reconcile', ...more], env);
  const equal = await whole('--json');
  expect(equal).toMatchObject({ exitCode: 0, stderr: '' });
  const { entities: compared } = JSON.parse(equal.stdout);
  const names = entities.flatMap(({ name }) => (name === 'Atom' ? [name, 'AtomEmbedding'] : [name]));
  expect(compared.map(({ entity }: { entity: string }) => entity)).toEqual(names);
  for (const { entity, sqlRows, graphRows } of compared) {
    if (entity !== 'AtomEmbedding') expect(sqlRows).toBeGreaterThan(0);
    expect(graphRows).toBe(sqlRows);
  }
  expect(await whole('--deep')).toMatchObject({ exitCode: 0, stderr: '' });

  await cypher("MATCH (t:Tenant {tenantId: 5}) SET t.name = 'another'");
  await cypher('MATCH (o:Operation {operationId: 1}) DETACH DELETE o');
  const found = await whole();
  expect(found).toMatchObject({ exitCode: 1, stderr: '' });
  expect(found.stdout).toContain('Tenant 5 (tenant 5): differs in name');
  expect(found.stdout).toContain('Operation 1 (tenant 7001): not in the graph');
  expect(await whole('--repair')).toMatchObject({ exitCode: 0, stderr: '' });
}, 300_000);

test('what a sync would leave as it is, is neither enqueued nor counted as repaired', async () => {
  await syncTables();
  const queued = async () => Number(await sql.value(database, 'SELECT COUNT(*) AS n FROM dbo.Neo4jSyncQueue;'));
  const before = await queued();
  await cypher("MATCH (a:Atom {id: 4}) SET a.canonicalText = 'another text', a.syncSequence = 5000");
  await cypher("MATCH (a:Atom {id: 5}) SET a.canonicalText = 'another text'");
  const repaired = await scope('Atom', '--repair');
  expect(repaired).toMatchObject({ exitCode: 1, stderr: '' });
  expect(repaired.stdout).toMatch(/✗ Atom: .* 2 different; 1 enqueued; 1 that a sync would leave as it is\n/);
  expect(repaired.stdout).toContain('ALTER SEQUENCE [dbo].[GraphSyncSequence] RESTART WITH 5001;');
  expect(await queued()).toBe(before + 1);

  await sql.run(database, 'ALTER SEQUENCE [dbo].[GraphSyncSequence] RESTART WITH 5001;');
  expect((await scope('Atom', '--repair')).stdout).toContain('2 different; 2 enqueued\n');
});

test('while the sequence is behind the graph nothing is repaired, and the message has the statement', async () => {
  await createGraphWriter(graph).apply(
    [{ entity: atom, upserts: [], deletes: [{ entityId: 4711n, tenantId: 5 }] }],
    7000n,
  );
  const queued = async () => Number(await sql.value(database, 'SELECT COUNT(*) AS n FROM dbo.Neo4jSyncQueue;'));
  const before = await queued();
  const statement = 'ALTER SEQUENCE [dbo].[GraphSyncSequence] RESTART WITH 7001;';
  const refused = await scope('Atom', '--repair');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/^SEQUENCE_BEHIND: /);
  expect(refused.stderr).toContain(statement);
  expect(await queued()).toBe(before);

  const compared = await scope('Atom');
  expect(compared).toMatchObject({ exitCode: 1, stderr: '' });
  expect(compared.stdout).toContain('✗ SEQUENCE_BEHIND: ');
  expect(compared.stdout).toContain(statement);
  const document = await scope('Atom', '--json');
  expect(JSON.parse(document.stdout)).toMatchObject({
    ok: false,
    sequence: { state: 'behind', greatest: '7000', current: '5000', statement },
  });
  await sql.run(database, statement);
  expect(await scope('Atom', '--repair')).toMatchObject({ exitCode: 0, stderr: '' });
});

test('characters beyond U+FFFF, halves of them, blanks and odd signs are equal on both sides, by checksums alone', async () => {
  const texts = [
    "N'ok 😀'",
    "N'x' + NCHAR(0xD83D) + N'y'",
    "N'👩‍👩‍👧  '",
    'NCHAR(0xDE00)',
    "NCHAR(0) + N'a' + NCHAR(0xFFFF)",
    "N''",
  ];
  for (const text of texts) {
    await sql.run(
      database,
      `INSERT INTO dbo.Atom (TenantId, AtomType, CanonicalText, Metadata) VALUES (5, N'odd', ${text}, CONCAT(N'{"a":"', REPLICATE(CAST(N'😀' AS NVARCHAR(MAX)), 5000), N'"}'));`,
    );
  }
  // Newer than any sync, by a test before.
  await cypher('MATCH (a:Atom {id: 4}) SET a.syncSequence = 1');
  await syncTables();
  const compared = new Set<string>();
  const different: string[] = [];
  const { entities: found } = await reconcile({
    database: parseSqlConnectionString(sql.connectionString(database)),
    graph: { uri: neo4j.uri, username: neo4j.username, password: neo4j.password },
    entities: [atom],
    ...{ repair: false, deep: false },
    onRange: (_, report) => {
      if (report.compared !== undefined) compared.add(report.compared);
    },
    onDrift: (_, { entityId, details }) => different.push(`${entityId}: ${details.join()}`),
    signal: AbortSignal.timeout(60_000),
  });
  expect(different).toEqual([]);
  expect(found[0]).toMatchObject({ entity: 'Atom', missing: 0, extra: 0, different: 0 });
  expect([...compared]).toEqual(['checksums']);
  expect(await scope('Atom', '--deep')).toMatchObject({ exitCode: 0, stderr: '' });
});
