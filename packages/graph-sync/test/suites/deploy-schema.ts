import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GraphSchema, graphSchema } from '@hartonomous/provenance-schema';
import neo4j from 'neo4j-driver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  backupGraphSchema,
  connectNeo4j,
  type DeployEvent,
  deployGraphSchema,
  verifyGraphSchema,
} from '../../src/index.ts';
import type { Fixture } from '../fixture.ts';
import { dropSchema, schemaSnapshot } from '../schema-snapshot.ts';

/** What the sync needs: declared by the schema, and the constraints of the writer lock and of migrations. */
const supporting = graphSchema.supporting.constraints.length + graphSchema.supporting.indexes.length + 2;

/** With an index of each kind: one of vectors, which models bring and no schema of ours has. */
const schema: GraphSchema = {
  ...graphSchema,
  searchIndexes: [
    ...graphSchema.searchIndexes,
    {
      ...{ kind: 'vector', name: 'atom_embedding', label: 'Atom', properties: ['embedding'], dimensions: 384 },
      ...{ similarity: 'cosine', since: '5.15' },
    },
  ],
};

/** An object as it is, with another value for one property. */
function standIn<T extends object>(target: T, property: keyof T, value: unknown): T {
  return new Proxy(target, {
    get: (_, key) => {
      if (key === property) return value;
      const found: unknown = Reflect.get(target, key, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

/** Tests that want the whole graph to themselves, on a server that they share. */
export function deploySchemaTests(start: () => Fixture): void {
  let fixture: Fixture;
  const deploy = () => deployGraphSchema(fixture.graph, { schema, backupFile: null });

  let folder: string;
  beforeAll(async () => {
    fixture = start();
    folder = await mkdtemp(join(tmpdir(), 'graph-sync-test-'));
    await deploy();
  });
  afterAll(async () => {
    await fixture.query('DROP INDEX atom_embedding IF EXISTS');
    await rm(folder, { recursive: true, force: true });
  });

  test('an item is created by another try when the first one ended in a deadlock', async () => {
    await fixture.query('DROP INDEX atom_embedding IF EXISTS');
    let deadlocks = 2;
    const driver = standIn(fixture.graph.driver, 'executeQuery', (text: unknown, ...rest: unknown[]) => {
      if (!String(text).startsWith('CREATE') || deadlocks === 0) {
        return Reflect.apply(fixture.graph.driver.executeQuery, fixture.graph.driver, [text, ...rest]);
      }
      deadlocks -= 1;
      return Promise.reject(
        new neo4j.Neo4jError('a deadlock', 'Neo.TransientError.Transaction.DeadlockDetected', '50N05', ''),
      );
    });
    const report = await deployGraphSchema(standIn(fixture.graph, 'driver', driver), { schema, backupFile: null });
    expect(report).toMatchObject({ complete: true, created: ['atom_embedding'] });
    expect(deadlocks).toBe(0);
  });

  test('a second deployment finds everything there and changes nothing', async () => {
    const before = await schemaSnapshot(fixture);
    const events: DeployEvent[] = [];
    const report = await deployGraphSchema(fixture.graph, {
      schema,
      backupFile: join(folder, 'second.cypher'),
      onStep: (event) => events.push(event),
    });

    expect(report).toMatchObject({ complete: true, created: [], migrated: [], undeclared: [] });
    expect(report.constraints).toEqual({ found: 8, leftOut: 1, total: 9 });
    expect(report.indexes).toEqual({ found: 13, leftOut: 0, total: 13 });
    expect(report.searchIndexes).toEqual({ found: 2, leftOut: 0, total: 2 });
    expect(report.referenceNodes).toEqual({ found: 15, leftOut: 0, total: 15 });
    expect(report.supporting).toEqual({ found: supporting, leftOut: 0, total: supporting });
    expect(events.filter(({ state }) => state === 'done')).toMatchObject([
      { step: 'connection', number: 1 },
      { step: 'backup', number: 2, count: 8 + 13 + 2 + supporting },
      { step: 'constraints', count: 8, total: 9, leftOut: [expect.stringMatching(/^atom_id_exists: needs Neo4j Ent/)] },
      { step: 'indexes', count: 13, total: 13, search: { count: 2, total: 2 } },
      { step: 'referenceNodes', count: 15, total: 15 },
      { step: 'verification', number: 6 },
    ]);
    expect(await schemaSnapshot(fixture)).toEqual(before);
  });

  test('a backup makes an emptied graph what it was, and may be run twice', async () => {
    await fixture.query('CREATE INDEX `a ``name``; FOR x` FOR (n:`La bel`) ON (n.`p;1`, n.q)');
    await fixture.query('CREATE CONSTRAINT rel FOR ()-[r:SAME_AS]-() REQUIRE (r.id, r.kind) IS UNIQUE');
    await fixture.query('CREATE FULLTEXT INDEX words FOR ()-[r:SAYS|TELLS]-() ON EACH [r.text, r.more]');
    await fixture.query('CREATE POINT INDEX places FOR (n:Place) ON (n.at)');
    const before = await schemaSnapshot(fixture);
    const file = join(folder, 'backup.cypher');
    expect(await backupGraphSchema(fixture.graph, file)).toBe(before.length);

    const statements = (await readFile(file, 'utf8')).split('\n').filter((line) => /;$/.test(line));
    await dropSchema(fixture);
    expect(await schemaSnapshot(fixture)).toEqual([]);
    for (const time of ['first', 'second']) {
      for (const statement of statements) await fixture.query(statement.slice(0, -1));
      expect(await schemaSnapshot(fixture), `after the ${time} run`).toEqual(before);
    }
    await fixture.query('CALL db.awaitIndexes(120)');

    const { complete, undeclared } = await verifyGraphSchema(fixture.graph, schema);
    expect(complete).toBe(true);
    expect(undeclared).toEqual([
      { type: 'constraint', name: 'rel', shape: 'unique relationship SAME_AS(id, kind)' },
      { type: 'index', name: 'a `name`; FOR x', shape: 'range node La bel(p;1, q)' },
      { type: 'index', name: 'places', shape: 'point node Place(at)' },
      expect.objectContaining({ type: 'index', name: 'words' }),
    ]);
    await fixture.query('DROP CONSTRAINT rel');
    for (const name of ['`a ``name``; FOR x`', 'words', 'places']) await fixture.query(`DROP INDEX ${name}`);
  });

  test('what is missing or different is named, and what can be created is', async () => {
    await fixture.query('DROP INDEX atom_type');
    await fixture.query('DROP INDEX atom_created');
    await fixture.query('CREATE INDEX atom_created FOR (a:Atom) ON (a.somethingElse)');
    await fixture.query('DROP INDEX atom_embedding');
    await fixture.query(
      'CREATE VECTOR INDEX atom_embedding FOR (a:Atom) ON (a.embedding) ' +
        "OPTIONS {indexConfig: {`vector.dimensions`: 3, `vector.similarity_function`: 'cosine'}}",
    );
    await fixture.query('DROP INDEX model_name');
    await fixture.query('CREATE INDEX my_models FOR (m:Model) ON (m.name)');
    await fixture.query('DROP CONSTRAINT tenant_id_unique');
    await fixture.query('CREATE INDEX my_tenants FOR (t:Tenant) ON (t.tenantId)');
    await fixture.query("MATCH (n:DataClassification {level: 'public'}) SET n.sensitivity = 7");

    const wrong = [
      { name: 'tenant_id_unique', detail: "can't be created beside the index my_tenants on the same properties" },
      { name: 'atom_created', detail: 'is range node Atom(somethingElse), not range node Atom(createdAt)' },
      { name: 'model_name', detail: 'is there as my_models' },
      {
        name: 'atom_embedding',
        detail:
          'is vector node Atom(embedding), 3 dimensions, cosine, not vector node Atom(embedding), 384 dimensions, cosine',
      },
    ];
    const report = await verifyGraphSchema(fixture.graph, schema);
    expect(report.complete).toBe(false);
    expect(report.items.filter(({ state }) => state === 'different')).toMatchObject(wrong);
    expect(report.items.filter(({ state }) => state === 'missing')).toMatchObject([
      { type: 'index', name: 'atom_type' },
      { type: 'reference node', name: 'DataClassification public' },
    ]);
    expect(report.undeclared).toEqual([{ type: 'index', name: 'my_tenants', shape: 'range node Tenant(tenantId)' }]);

    const deployment = await deploy();
    expect(deployment).toMatchObject({ complete: false, created: ['atom_type', 'DataClassification public'] });
    expect(deployment.items.filter(({ state }) => state === 'different')).toMatchObject(wrong);

    for (const name of ['atom_created', 'my_models', 'atom_embedding', 'my_tenants']) {
      await fixture.query(`DROP INDEX ${name}`);
    }
    expect(await deploy()).toMatchObject({
      complete: true,
      created: ['tenant_id_unique', 'atom_created', 'model_name', 'atom_embedding'],
    });
  });

  test('a constraint that the graph breaks is named with what breaks it', async () => {
    await fixture.query('DROP CONSTRAINT operation_id_unique');
    await fixture.query('CREATE (:Operation {operationId: 5}), (:Operation {operationId: 5})');
    await expect(deploy()).rejects.toMatchObject({
      code: 'SCHEMA_ITEM_REFUSED',
      item: 'constraint operation_id_unique',
      message: expect.stringContaining('`operationId` = 5'),
    });
    await fixture.query('MATCH (n:Operation) DELETE n');
    expect(await deploy()).toMatchObject({ complete: true, created: ['operation_id_unique'] });
  });

  test.each(['bolt', 'neo4j', 'bolt+ssc', 'neo4j+ssc'])('deploys by %s://', async (scheme) => {
    const { server } = fixture;
    const uri = server.uri.replace(/^[^:]+/, scheme);
    await using graph = await connectNeo4j({ uri, username: server.username, password: server.password });
    const report = await deployGraphSchema(graph, { schema, backupFile: null });
    expect(report).toMatchObject({ complete: true, created: [] });
  });

  test('a certificate that nobody trusts is refused', async () => {
    const { uri, username, password } = fixture.server;
    const connection = connectNeo4j({ uri: uri.replace('bolt', 'bolt+s'), username, password });
    await expect(connection).rejects.toMatchObject({ code: 'NEO4J_UNAVAILABLE' });
  });

  test('a wrong password and a server that is not there are told apart', async () => {
    const { uri, username } = fixture.server;
    const wrong = connectNeo4j({ uri, username, password: 'not-the-password' });
    await expect(wrong).rejects.toMatchObject({ code: 'NEO4J_AUTH_FAILED', retryable: false });
    const nobody = connectNeo4j({ uri: 'bolt://127.0.0.1:1', username, password: 'x' });
    await expect(nobody).rejects.toMatchObject({ code: 'NEO4J_UNAVAILABLE', retryable: true });
    const elsewhere = connectNeo4j({ uri, username, password: fixture.server.password, database: 'other' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'NEO4J_DATABASE_NOT_FOUND', retryable: false });
  });
}
