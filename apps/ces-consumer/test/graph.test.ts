import { connectNeo4j } from '@hartonomous/graph-sync';
import { sharedTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { deployGraph } from '@hartonomous/operations';
import { eventually } from '@hartonomous/test-support';
import { expect, test, vi } from 'vitest';
import { Fixture } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

vi.setConfig({ testTimeout: 240_000 });

test('a file goes the whole way: its document, its pieces and their edges are in the graph', async () => {
  await using fixture = await Fixture.start();
  const connection = await sharedTestNeo4j();
  await deployGraph({ connection });
  await using graph = await connectNeo4j(connection);
  // Other test files have operations in the same graph, where their ids alone tell them apart.
  const tenantId = await fixture.newTenant();
  // And numbers of their own databases: this one's must not be behind them.
  await fixture.client.run('ALTER SEQUENCE dbo.GraphSyncSequence RESTART WITH 1000001;');
  await fixture.client.run(
    `SET IDENTITY_INSERT dbo.Operation ON;
     INSERT INTO dbo.Operation (OperationId, TenantId, OperationType) VALUES (@tenantId, @tenantId, N'none');
     SET IDENTITY_INSERT dbo.Operation OFF;
     DELETE FROM dbo.Operation WHERE OperationId = @tenantId;`,
    { tenantId },
  );
  const { uri, username, password } = connection;
  new WorkerProcess(
    { ...fixture.env, Neo4j__Uri: uri, Neo4j__Username: username, Neo4j__Password: password },
    'neo4j-sync-worker',
    'built',
  );
  new WorkerProcess(fixture.env, 'ces-consumer', 'built');

  const text = '# Title\n\nA paragraph. It has two sentences.\n\n## Part\n\nA paragraph. It has two sentences.\n';
  const job = await fixture.enqueue({ name: 'a.md', tenantId, data: text });
  expect(await fixture.ended(job)).toMatchObject({ Status: 'COMPLETED', Atomizer: 'markdown' });

  const inSql = async () => {
    const [row] = await fixture.sql(
      `SELECT (SELECT COUNT(*) FROM dbo.Atom WHERE TenantId = @tenantId) AS atoms,
         (SELECT COUNT(*) FROM dbo.AtomProvenance WHERE TenantId = @tenantId) AS edges;`,
      { tenantId },
    );
    return { atoms: BigInt(Number(row?.atoms)), edges: BigInt(Number(row?.edges)) };
  };
  const cypher = async (query: string) => {
    const { records } = await graph.driver.executeQuery(query, { tenantId: BigInt(tenantId) });
    return records.map((record) => record.toObject());
  };
  await eventually(
    async () =>
      expect(
        await cypher(
          `MATCH (a:Atom {tenantId: $tenantId}) WHERE a.placeholder IS NULL
           WITH count(a) AS atoms
           OPTIONAL MATCH (:Atom {tenantId: $tenantId})-[r:DERIVED_FROM]->(:Atom {tenantId: $tenantId})
           RETURN atoms, count(r) AS edges`,
        ),
      ).toEqual([await inSql()]),
    { timeoutMs: 120_000, intervalMs: 200 },
  );
  // Every piece leads to the document, and the operation to the document too.
  expect(
    await cypher(
      `MATCH (d:Atom {tenantId: $tenantId, atomType: 'document'})
       OPTIONAL MATCH (a:Atom)-[:DERIVED_FROM*]->(d)
       RETURN count(DISTINCT a) AS below`,
    ),
  ).toEqual([{ below: (await inSql()).atoms - 1n }]);
  const operations = `MATCH (o:Operation {tenantId: $tenantId})-[:OUTPUT_ATOM]->(d:Atom {atomType: 'document'}) RETURN count(o) AS n`;
  await eventually(async () => expect(await cypher(operations)).toEqual([{ n: 1n }]), { timeoutMs: 60_000 });
});
