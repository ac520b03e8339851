import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type GraphMigration, graphSchema, type MigrationStatement } from '@hartonomous/provenance-schema';
import { eventually } from '@hartonomous/test-support';
import { afterEach, beforeAll, expect, test } from 'vitest';
import {
  applyMigrations,
  connectNeo4j,
  deployGraphSchema,
  type MigrationProgress,
  migrationChecksum,
  verifyGraphSchema,
} from '../../src/index.ts';
import { withMigrationLock } from '../../src/schema/migration-lock.ts';
import type { Fixture } from '../fixture.ts';
import { dropSchema } from '../schema-snapshot.ts';

function migration(version: string, ...statements: readonly (string | MigrationStatement)[]): GraphMigration {
  return {
    version,
    description: `what ${version} does`,
    statements: statements.map((one) => (typeof one === 'string' ? { kind: 'data', cypher: one } : one)),
  };
}

/** Not repeatable, unlike a real one, so that the tests see how often it ran. */
const count = migration('0001-count', 'CREATE (:Counted)');

/** Migrations of the tests' own; the product's list is only as long as it needs to be. */
export function migrationTests(start: () => Fixture): void {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = start();
    await fixture.query('MATCH (n:SchemaMigration) DELETE n');
    // A graph that was written to: in a new one migrations are recorded only.
    await fixture.query("MERGE (lock:SyncLock {name: 'graph-sync'}) SET lock.greatestSequence = 1");
  });
  afterEach(async () => {
    await fixture.query('MATCH (n:SchemaMigration|Counted|Old|New) DETACH DELETE n');
    await fixture.query('DROP INDEX new_value IF EXISTS');
  });
  const records = () =>
    fixture.query('MATCH (m:SchemaMigration) RETURN m.version AS version, properties(m) AS record ORDER BY version');
  const counted = async () => (await fixture.query('MATCH (n:Counted) RETURN count(n) AS n'))[0]?.n;
  const apply = (migrations: readonly GraphMigration[], onProgress?: (progress: MigrationProgress) => void) =>
    applyMigrations(fixture.graph, { migrations, appliedBy: 'test 1.0', onProgress });

  test('a deployment applies them in their order, records them, and the next one applies none', async () => {
    await fixture.query('UNWIND range(1, 5001) AS id CREATE (:Old {id: id})');
    const rename = migration(
      '0002-rename',
      { kind: 'schema', cypher: 'CREATE INDEX new_value IF NOT EXISTS FOR (n:New) ON (n.id)' },
      {
        kind: 'batches',
        cypher: 'MATCH (n:Old) WITH n LIMIT $batchSize SET n:New REMOVE n:Old RETURN count(n) AS changed',
      },
    );
    const schema = { ...graphSchema, migrations: [count, rename] };
    expect((await verifyGraphSchema(fixture.graph, schema)).migrations.pending).toEqual([count, rename]);

    const progress: MigrationProgress[] = [];
    const deployment = await deployGraphSchema(fixture.graph, {
      ...{ schema, backupFile: null, appliedBy: 'test 1.0' },
      onStep: (event) => event.step === 'migrations' && progress.push(event.progress),
    });
    expect(deployment).toMatchObject({ complete: true, migrated: ['0001-count', '0002-rename'] });
    expect(progress).toEqual([
      { state: 'started', version: '0001-count', description: 'what 0001-count does' },
      { state: 'applied', version: '0001-count', durationMs: expect.any(Number) },
      { state: 'started', version: '0002-rename', description: 'what 0002-rename does' },
      { state: 'batch', version: '0002-rename', changed: 5000 },
      { state: 'batch', version: '0002-rename', changed: 5001 },
      { state: 'applied', version: '0002-rename', durationMs: expect.any(Number) },
    ]);
    expect((await fixture.query('MATCH (n:New) RETURN count(n) AS n'))[0]).toEqual({ n: 5001n });
    expect(await records()).toMatchObject([
      {
        version: '0001-count',
        record: {
          checksum: migrationChecksum(count),
          description: 'what 0001-count does',
          appliedBy: 'test 1.0',
          appliedAt: expect.anything(),
          durationMs: expect.any(BigInt),
        },
      },
      { version: '0002-rename' },
    ]);

    const again = await deployGraphSchema(fixture.graph, { schema, backupFile: null });
    expect(again).toMatchObject({ complete: true, created: [], migrated: [] });
    expect(again.migrations).toMatchObject({ pending: [], changed: [], unknown: [] });
    expect(again.migrations.applied).toHaveLength(2);
    expect(await counted()).toBe(1n);
  });

  test('what one reads first are parameters of what it does then', async () => {
    await fixture.query('UNWIND range(1, 3) AS id CREATE (:Old {id: id})');
    const read = { kind: 'read', cypher: 'MATCH (n:Old) RETURN max(n.id) AS greatest, count(*) AS size' } as const;
    const rename =
      'MATCH (n:Old) WITH n LIMIT $batchSize SET n:New, n.greatest = $greatest REMOVE n:Old RETURN count(n) AS changed';
    await apply([
      migration(
        '0001-read',
        read,
        { kind: 'batches', cypher: rename },
        'CREATE (:Counted {size: $size, greatest: $greatest})',
      ),
    ]);
    expect(await fixture.query('MATCH (n:New) RETURN DISTINCT n.greatest AS greatest')).toEqual([{ greatest: 3n }]);
    expect(await fixture.query('MATCH (n:Counted) RETURN properties(n) AS n')).toEqual([
      { n: { size: 3n, greatest: 3n } },
    ]);
    const many = { kind: 'read', cypher: 'UNWIND [1, 2] AS n RETURN n' } as const;
    await expect(apply([migration('0002-many', many)])).rejects.toMatchObject({
      ...{ code: 'MIGRATION_FAILED', version: '0002-many', statement: 1 },
      message: expect.stringContaining('one record'),
    });
  });

  test('one that was changed after it was applied stops a deployment before it changes anything', async () => {
    await apply([count]);
    const changed = migration('0001-count', 'CREATE (:Counted {really: true})');
    const schema = { ...graphSchema, migrations: [changed, migration('0002-more', 'CREATE (:Counted)')] };
    await fixture.query('DROP INDEX atom_type');
    await expect(deployGraphSchema(fixture.graph, { schema, backupFile: null })).rejects.toMatchObject({
      code: 'MIGRATION_CHANGED',
      versions: ['0001-count'],
    });
    expect(await counted()).toBe(1n);
    const report = await verifyGraphSchema(fixture.graph, schema);
    expect(report).toMatchObject({ complete: false, migrations: { changed: [{ version: '0001-count' }] } });
    expect(report.items.filter(({ state }) => state === 'missing')).toMatchObject([{ name: 'atom_type' }]);
    await deployGraphSchema(fixture.graph, { schema: { ...graphSchema, migrations: [count] }, backupFile: null });
  });

  test('one that only the graph knows is reported and keeps nothing from going on', async () => {
    await apply([count]);
    const schema = { ...graphSchema, migrations: [migration('0002-other', 'CREATE (:Counted)')] };
    const deployment = await deployGraphSchema(fixture.graph, { schema, backupFile: null });
    expect(deployment).toMatchObject({ complete: true, migrated: ['0002-other'] });
    expect(deployment.migrations.unknown).toMatchObject([{ version: '0001-count', appliedBy: 'test 1.0' }]);
  });

  test('one that fails says where; those before it stay applied, and the next run begins with it', async () => {
    const broken = migration('0002-broken', 'CREATE (:Counted)', 'MATCH (n:Counted) RETURN n.x +');
    await expect(apply([count, broken])).rejects.toMatchObject({
      ...{ code: 'MIGRATION_FAILED', version: '0002-broken', statement: 2, retryable: false },
      message: expect.stringContaining('Neo.ClientError.Statement.SyntaxError'),
    });
    expect(await records()).toMatchObject([{ version: '0001-count' }]);
    const fixed = migration('0002-broken', 'MATCH (n:Counted) SET n.fixed = true');
    expect((await apply([count, fixed])).pending).toEqual([fixed]);
    expect(await records()).toHaveLength(2);
  });

  test('a statement in batches that does not count is refused rather than repeated forever', async () => {
    const endless = migration('0001-endless', { kind: 'batches', cypher: 'MATCH (n:SyncLock) RETURN n.name AS name' });
    await expect(apply([endless])).rejects.toMatchObject({ code: 'MIGRATION_FAILED', statement: 1 });
  });

  test('of several deployments at a time one applies, the others wait and find it applied', async () => {
    const progress: MigrationProgress[][] = [[], [], []];
    const runs = await withMigrationLock(fixture.graph, {}, async () => {
      const started = progress.map((list) => apply([count], (event) => list.push(event)));
      await eventually(() => expect(progress).toEqual(progress.map(() => [{ state: 'waiting' }])), {
        timeoutMs: 60_000,
      });
      return { started };
    });
    const reports = await Promise.all(runs.started);
    expect(reports.map(({ pending }) => pending.length).sort()).toEqual([0, 0, 1]);
    expect(await counted()).toBe(1n);
  });

  test('of several whole deployments on an empty graph each completes', async () => {
    await dropSchema(fixture);
    const { uri, username, password } = fixture.server;
    const schema = { ...graphSchema, migrations: [count] };
    const deployments = await Promise.all(
      [1, 2, 3].map(async () => {
        await using graph = await connectNeo4j({ uri, username, password });
        return await deployGraphSchema(graph, { schema, backupFile: null });
      }),
    );
    expect(deployments.map(({ complete }) => complete)).toEqual([true, true, true]);
    expect(deployments.flatMap(({ migrated }) => migrated)).toEqual(['0001-count']);
    expect(await counted()).toBe(1n);
  });

  test('who waits can be stopped', async () => {
    const stop = new AbortController();
    await withMigrationLock(fixture.graph, {}, async () => {
      const waiting = applyMigrations(fixture.graph, {
        ...{ migrations: [count], appliedBy: 'test', signal: stop.signal },
        onProgress: () => stop.abort(new Error('enough')),
      });
      await expect(waiting).rejects.toThrow('enough');
    });
    expect(await counted()).toBe(0n);
  });

  test('a deployment that is killed lets the lock go', async () => {
    const { uri, username, password } = fixture.server;
    const script = fileURLToPath(new URL('../hold-migration-lock.ts', import.meta.url));
    const child = spawn(process.execPath, ['--conditions=@hartonomous/source', script], {
      env: { ...process.env, NEO4J_URI: uri, NEO4J_USERNAME: username, NEO4J_PASSWORD: password },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), ended]);
    expect(child.exitCode).toBeNull();
    const waiting = Promise.withResolvers<void>();
    const applied = apply([count], ({ state }) => state === 'waiting' && waiting.resolve());
    await waiting.promise;
    child.kill('SIGKILL');
    await ended;
    expect((await applied).pending).toEqual([count]);
    expect(await counted()).toBe(1n);
  });
}
