import { eventually } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import { beforeAll, expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { hartonomous } from './hartonomous.ts';
import { WorkerProcess } from './worker-process.ts';

// Vectors on their way: an application's text, the generator, SQL, this worker, the graph, an answer.

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();

const texts = {
  lease: 'A lease is renewed at a third of its time, so that no other worker claims the job.',
  broker: 'Service Broker keeps a message until the transaction that received it commits.',
  recipe: 'Stir the butter into the flour and add milk until the sauce is thick.',
};
const ids: Record<string, string> = {};
let tenantId = 0;

const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
  const { exitCode, output } = await hartonomous([...args, '--json'], fixture().operatorEnv);
  return { exitCode, ...JSON.parse(output) };
};
const vectors = async () => {
  const rows = await fixture().cypher(
    `MATCH (a:Atom {tenantId: $tenantId})-[r:EMBEDDED_BY]->(m:EmbeddingModel)
     RETURN a.id AS id, m.modelKey AS model, r.jobId IS NOT NULL AS hasJob, size(a.embedding_lexical_hash_384) AS size ORDER BY id`,
    { tenantId: BigInt(tenantId) },
  );
  return rows.map(({ id, model, hasJob, size }) => `${id} ${model} ${hasJob} ${size}`);
};
const reconcile = async (...args: readonly string[]) => {
  const { entities, exitCode } = await json('reconcile', '--entity', 'Atom', ...args);
  const [, found] = entities as readonly Record<string, unknown>[];
  return { exitCode, ...found };
};
const change = (id: string | undefined, text: string | null) =>
  fixture().sender.run(
    `UPDATE dbo.Atom SET CanonicalText = @text WHERE AtomId = @id;
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @id, @SyncType = N'UPDATE';`,
    { id: id ?? '', text },
  );

beforeAll(async () => {
  tenantId = await fixture().newTenant();
  expect(await hartonomous(['embeddings', 'enable', 'lexical-hash-384'], fixture().operatorEnv)).toMatchObject({
    exitCode: 0,
    output: expect.stringContaining('✓ index atom_embedding_lexical_hash_384: created'),
  });
  for (const [name, text] of Object.entries(texts)) {
    const [row] = await fixture().sql(
      `DECLARE @Id BIGINT;
       INSERT INTO dbo.Atom (TenantId, AtomType, CanonicalText) VALUES (@tenantId, N'paragraph', @text);
       SET @Id = SCOPE_IDENTITY();
       EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @Id;
       SELECT @Id AS id;`,
      { tenantId, text },
    );
    ids[name] = String(row?.id);
  }
});

test('vectors reach the graph, are found by a question, follow their texts, and come back from SQL alone', async () => {
  const worker = new WorkerProcess(fixture().env);
  const { ConnectionStrings__HartonomousDb = '' } = fixture().env;
  const generator = new WorkerProgram('embedding-generator', {
    DOTNET_ENVIRONMENT: 'Development',
    ConnectionStrings__HartonomousDb,
    Embedding__PollMs: '500',
  });
  const line = (name: string) => `${ids[name]} lexical_hash_384 true 384`;
  await eventually(async () => expect(await vectors()).toEqual([line('lease'), line('broker'), line('recipe')]), {
    timeoutMs: 90_000,
  });
  expect(await reconcile()).toMatchObject({
    exitCode: 0,
    entity: 'AtomEmbedding',
    sqlRows: 3,
    graphRows: 3,
    missing: 0,
  });
  // The generator finds that all have one.
  await eventually(async () => {
    const [model] = await fixture().sql('SELECT m.IsRead AS isRead, m.FullAt AS fullAt FROM dbo.EmbeddingModel AS m;');
    expect(model).toMatchObject({ isRead: true });
  });

  const question = 'When is the lease of a job renewed?';
  const asked = await json('similar', question, '--tenant', String(tenantId), '--lineage', '--top', '2');
  expect(asked).toMatchObject({
    exitCode: 0,
    model: 'lexical_hash_384',
    atoms: [{ id: ids.lease, ancestors: [] }, {}],
  });
  const hybrid = await json('similar', 'sauce with butter', '--tenant', String(tenantId), '--hybrid');
  expect(hybrid).toMatchObject({ exitCode: 0 });
  expect(hybrid.atoms).toContainEqual(expect.objectContaining({ id: ids.recipe, textRank: 1, vectorRank: 1 }));
  expect(await json('similar', String(ids.lease), '--tenant', '0')).toMatchObject({
    error: { code: 'ATOM_NOT_FOUND' },
  });

  // One that is emptied, one that goes.
  await change(ids.recipe, null);
  await fixture().sender.run(
    `DELETE FROM dbo.Atom WHERE AtomId = @id;
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @id, @SyncType = N'DELETE', @TenantId = @tenantId;`,
    { id: ids.broker ?? '', tenantId },
  );
  await eventually(async () => expect(await vectors()).toEqual([line('lease')]), { timeoutMs: 60_000 });
  await change(ids.recipe, texts.recipe);
  await eventually(async () => expect(await vectors()).toHaveLength(2), { timeoutMs: 60_000 });

  // The graph lost them; nobody computes anything anew.
  await generator.stop();
  const stored = () =>
    fixture().sql('SELECT AtomId, BackgroundJobId, CreatedAt FROM dbo.AtomEmbedding ORDER BY AtomId;');
  const before = await stored();
  await fixture().cypher('MATCH (a:Atom)-[r:EMBEDDED_BY]->() DELETE r REMOVE a.embedding_lexical_hash_384');
  expect(await reconcile()).toMatchObject({ exitCode: 1, missing: 2 });
  await fixture().cypher('MATCH (a:Atom) DETACH DELETE a');
  await fixture().cypher('MATCH (m:EmbeddingModel) DELETE m');
  // The atoms are enqueued first, and their vectors may be there before these are compared.
  expect(await reconcile('--repair')).toMatchObject({ exitCode: 0 });
  await eventually(async () => expect(await vectors()).toEqual([line('lease'), line('recipe')]), { timeoutMs: 60_000 });
  await fixture().queueIsEmpty();
  expect(await stored()).toEqual(before);
  expect(await reconcile('--deep')).toMatchObject({ exitCode: 0, missing: 0, extra: 0, different: 0 });

  // The graph has missed which model searches read. A batch that was in hand may write it once more.
  await eventually(
    async () => {
      await fixture().cypher('MATCH (m:EmbeddingModel) SET m.isRead = false');
      expect(await reconcile()).toMatchObject({ exitCode: 1, different: 1 });
    },
    { timeoutMs: 60_000 },
  );
  expect(await reconcile('--repair')).toMatchObject({ exitCode: 0, enqueued: 1 });
  await eventually(async () => expect(await reconcile()).toMatchObject({ exitCode: 0, different: 0 }), {
    timeoutMs: 60_000,
  });
  await worker.stop();
});
