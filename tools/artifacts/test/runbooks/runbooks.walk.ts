import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { asRoleLogin, createRoleLogins, eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { InstalledSystem } from './installed-system.ts';

// `pnpm test:runbooks`: what docs/runbooks.md and docs/runbook.md (R10) say, done from artifacts by the command line alone, in one go.

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const tenantId = 7;
let system: InstalledSystem;
const begunAt = performance.now();

beforeAll(async () => {
  system = await InstalledSystem.start();
});
afterAll(() => system?.[Symbol.asyncDispose]());

const service = (...args: readonly string[]) => system.done('service', ...args, ...system.serviceOptions());

/** A port that is free now. */
async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('A server on a port has an address.');
    server.close(() => resolve(address.port));
  });
  return await promise;
}

/** Enqueues atoms of a condition, in the transaction that has changed them. */
const enqueued = (where: string, syncType: string) =>
  `DECLARE @Requests dbo.Neo4jSyncRequestList;
   INSERT INTO @Requests (EntityType, EntityId, SyncType) SELECT N'Atom', a.AtomId, N'${syncType}' FROM dbo.Atom AS a WHERE ${where};`;

/** What an application does: new atoms of a name, each with its message. */
async function newAtoms(name: string, count: number): Promise<void> {
  const places = JSON.stringify(Array.from({ length: count }, () => 0));
  await system.sql(
    `SET XACT_ABORT ON; BEGIN TRANSACTION;
     INSERT INTO dbo.Atom (TenantId, ContentType, CanonicalText)
     SELECT ${tenantId}, N'text/plain', CONCAT(N'${name} ', j.[key]) FROM OPENJSON(N'${places}') AS j;
     ${enqueued(`a.TenantId = ${tenantId} AND a.CanonicalText LIKE N'${name} %'`, 'CREATE')}
     EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;
     COMMIT TRANSACTION;`,
  );
}

/** What an application does: other texts for ten atoms, and five deleted, each with its message. */
async function changeAtoms(name: string): Promise<void> {
  await system.sql(
    `SET XACT_ABORT ON; BEGIN TRANSACTION;
     UPDATE TOP (10) dbo.Atom SET CanonicalText = CONCAT(N'changed ', CanonicalText)
     WHERE TenantId = ${tenantId} AND CanonicalText LIKE N'${name} %';
     ${enqueued(`a.TenantId = ${tenantId} AND a.CanonicalText LIKE N'changed ${name} %'`, 'UPDATE')}
     DECLARE @Gone TABLE (AtomId BIGINT NOT NULL);
     DELETE TOP (5) FROM dbo.Atom OUTPUT deleted.AtomId INTO @Gone
     WHERE TenantId = ${tenantId} AND CanonicalText LIKE N'${name} %';
     INSERT INTO @Requests (EntityType, EntityId, SyncType, TenantId) SELECT N'Atom', g.AtomId, N'DELETE', ${tenantId} FROM @Gone AS g;
     EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;
     COMMIT TRANSACTION;`,
  );
}

/** `hartonomous reconcile` until nothing differs: what is in the queue shows as a difference. */
async function graphEqualsSql(): Promise<void> {
  await eventually(
    async () => {
      const { exitCode, stdout, stderr } = await system.run('reconcile', '--deep');
      expect(exitCode, stdout + stderr).toBe(0);
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  const [row] = await system.sql(`SELECT COUNT(*) AS n FROM dbo.Atom WHERE TenantId = ${tenantId};`);
  expect(await system.cypher(`MATCH (a:Atom {tenantId: ${tenantId}}) RETURN count(a)`)).toBe(String(row?.n));
}

/** `hartonomous doctor` without a problem, the worker's own word included. */
async function doctorFindsNothingWrong(): Promise<void> {
  await eventually(
    async () => {
      const { exitCode, stdout, stderr } = await system.run('doctor', '--canary', '60');
      expect(stdout + stderr).not.toMatch(/✗/);
      expect(exitCode, stdout + stderr).toBe(0);
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
}

/** How often a comparison names something that is missing, extra or different. */
async function differences(): Promise<number> {
  const { stdout } = await system.run('reconcile', '--json');
  const { entities } = JSON.parse(stdout) as { entities: { missing: number; extra: number; different: number }[] };
  return entities.reduce((sum, { missing, extra, different }) => sum + missing + extra + different, 0);
}

/**
 * Steps 3 and 4 after a restore of SQL Server: owner and broker. The users keep their logins, which are in the folder that was restored;
 * ALTER USER ... WITH LOGIN is nothing that the stand-in knows.
 */
async function ownerAndBroker(): Promise<void> {
  await system.sql('ALTER AUTHORIZATION ON DATABASE::[Hartonomous] TO [sa];');
  expect(await system.done('database', 'deploy')).toMatch(/broker/i);
}

/** Step 5: the statement that doctor gives, and nothing else. */
async function sequenceIsBehind(): Promise<void> {
  const { exitCode, stdout } = await system.run('doctor');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('SEQUENCE_BEHIND');
  const [statement] = /ALTER SEQUENCE \[dbo\]\.\[GraphSyncSequence\] RESTART WITH \d+;/.exec(stdout) ?? [];
  if (statement === undefined) expect.fail(`doctor gives no statement:\n${stdout}`);
  await system.sql(`${statement}`);
}

/** The last steps of every restore. */
async function repaired(): Promise<void> {
  const before = await differences();
  expect(before).toBeGreaterThan(0);
  const output = await system.done('reconcile', '--repair', '--yes');
  await graphEqualsSql();
  await doctorFindsNothingWrong();
  await system.done('verify');
  console.log(`${expect.getState().currentTestName}: ${before} differed\n${output}`);
}

test('both schemas are deployed, and a release becomes a service', async () => {
  await system.done('database', 'deploy');
  await system.done('graph', 'deploy', '--skip-backup');
  await system.done('verify');
  await system.sql(`${createRoleLogins()}`);
  await system.done('tenant', 'add', `${tenantId}`, 'Contoso');
  const { uri, username, password } = system.neo4j;
  const { azure } = system;
  await system.editService('neo4j-sync', {
    ...azure.env,
    LOG_LEVEL: 'debug',
    ConnectionStrings__HartonomousDb: asRoleLogin(system.connectionString(), 'worker').replaceAll('"', ''),
    Neo4j__Uri: uri,
    Neo4j__Username: username,
    Neo4j__Password: password,
    AzureAppConfiguration__Enabled: 'False',
    KeyVault__Enabled: 'False',
    ApplicationInsights__ConnectionString: azure.connectionString,
    Health__Port: `${await freePort()}`,
  });
  const run = ['--run-folder', system.units.runFolder];
  const placed = await system.done(
    ...['release', 'deploy', system.downloaded('neo4j-sync.tar.gz')],
    ...[...system.serviceOptions(), ...run],
  );
  expect(placed).toMatch(/✓ Hartonomous Neo4j Sync Worker: \S+ serves/);
  const account = ['--node', process.execPath, '--user', userInfo().username];
  await service('install', 'neo4j-sync', '--start', ...account);
  const verified = await system.done('release', 'verify', 'neo4j-sync', ...system.serviceOptions(), ...run);
  expect(verified).toMatch(/synced a message about tenant 0 in \d+ ms \(SYNCED\)/);
  console.log(
    `From artifacts to a service: ${((performance.now() - begunAt) / 1_000).toFixed(0)} s, servers' start included.`,
  );
});

test('R10, test 1: a change reaches the graph, and the log has the lines of R4', async () => {
  const [row] = await system.sql(
    `INSERT INTO dbo.Atom (TenantId, ContentType, ContentHash, CreatedAt)
     VALUES (0, 'application/json', 0xDEADBEEF, GETUTCDATE());
     DECLARE @AtomId BIGINT = SCOPE_IDENTITY();
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'Atom', @EntityId = @AtomId, @SyncType = 'CREATE';
     SELECT @AtomId AS TestAtomId;`,
  );
  const id = String(row?.TestAtomId);
  await eventually(async () => {
    const node = await system.cypher(`MATCH (a:Atom) WHERE a.id = ${id} RETURN a`);
    expect(node).toMatchObject({ labels: ['Atom'], properties: { id, tenantId: '0', contentHash: 'deadbeef' } });
  });
  const lineage = `MATCH path = (child:Atom {id: ${id}})-[:DERIVED_FROM*]->(ancestor) RETURN ancestor.id, length(path) AS depth`;
  expect(await system.cypher(lineage)).toBeUndefined();
  const lines = [
    'Neo4j Sync Worker starting...',
    `Connected to Neo4j at ${system.neo4j.uri}`,
    'Polling Neo4jSyncQueue for messages...',
    'Received message from Neo4jSyncQueue',
    `EntityType: Atom, EntityId: ${id}, SyncType: CREATE`,
    `Executing Cypher: MERGE (a:Atom {id: ${id}, tenantId: 0})`,
    '✓ Atom synced to Neo4j successfully',
  ];
  await eventually(async () => {
    const log = await service('logs', 'neo4j-sync', '--lines', '10000');
    expect(lines.filter((line) => !log.includes(line))).toEqual([]);
  });
});

test('R10, test 3: the service works on a message, its telemetry is in Application Insights, the atom is in Neo4j', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const [row] = await system.sql(
    `EXEC sp_set_session_context N'traceparent', N'00-${traceId}-00f067aa0ba902b7-01';
     INSERT INTO dbo.Atom (TenantId, ContentType, CanonicalText) VALUES (${tenantId}, N'text/plain', N'traced');
     DECLARE @AtomId BIGINT = SCOPE_IDENTITY();
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'Atom', @EntityId = @AtomId;
     SELECT @AtomId AS TestAtomId;`,
  );
  const id = String(row?.TestAtomId);
  await eventually(async () =>
    expect(await system.cypher(`MATCH (a:Atom {id: ${id}}) RETURN a.canonicalText`)).toBe('traced'),
  );
  const spans = await eventually(
    () => {
      const found = system.azure.telemetry.filter(({ tags }) => tags?.['ai.operation.id'] === traceId);
      expect(found.map(({ data }) => `${data.baseType} ${data.baseData.name}`)).toEqual(
        expect.arrayContaining(['RequestData process dbo.Neo4jSyncQueue', 'RemoteDependencyData MERGE graph']),
      );
      return found;
    },
    { timeoutMs: 120_000 },
  );
  expect(new Set(spans.map(({ tags }) => tags?.['ai.cloud.role']))).toEqual(new Set(['hartonomous.neo4j-sync-worker']));
  const shown = spans.map(({ data }) => `  ${data.baseType} ${data.baseData.name} ${data.baseData.duration ?? ''}`);
  console.log(`In Application Insights, trace ${traceId}:\n${shown.join('\n')}`);
});

test('restore of SQL Server', async () => {
  await newAtoms('first', 50);
  await graphEqualsSql();
  const backup = await system.backUpSqlServer();
  await newAtoms('second', 30);
  await changeAtoms('first');
  await graphEqualsSql();
  await service('stop', 'neo4j-sync');
  await newAtoms('waiting', 5);
  await system.restoreSqlServer(backup);
  await ownerAndBroker();
  await sequenceIsBehind();
  await service('start', 'neo4j-sync');
  await repaired();
  expect(
    await system.cypher(
      `MATCH (a:Atom {tenantId: ${tenantId}}) WHERE a.canonicalText STARTS WITH 'second' RETURN count(a)`,
    ),
  ).toBe('0');
});

test('restore of Neo4j, from a backup', async () => {
  const backup = await system.backUpNeo4j();
  await newAtoms('third', 30);
  await changeAtoms('first');
  await graphEqualsSql();
  await service('stop', 'neo4j-sync');
  await newAtoms('waiting', 5);
  await system.restoreNeo4j(backup);
  await system.done('graph', 'deploy', '--skip-backup');
  await service('start', 'neo4j-sync');
  await repaired();
});

test('restore of Neo4j, without a backup', async () => {
  await service('stop', 'neo4j-sync');
  await system.restoreNeo4j(undefined);
  await system.done('graph', 'deploy', '--skip-backup');
  await service('start', 'neo4j-sync');
  await repaired();
});

test('restore of both, the graph from a newer backup than the database', async () => {
  const sqlBackup = await system.backUpSqlServer();
  await newAtoms('fourth', 20);
  await changeAtoms('third');
  await graphEqualsSql();
  const graphBackup = await system.backUpNeo4j();
  await newAtoms('fifth', 20);
  await graphEqualsSql();
  await service('stop', 'neo4j-sync');
  await system.restoreSqlServer(sqlBackup);
  await ownerAndBroker();
  await system.restoreNeo4j(graphBackup);
  await system.done('graph', 'deploy', '--skip-backup');
  await sequenceIsBehind();
  await service('start', 'neo4j-sync');
  await repaired();
});

test('restore of both, the database from a newer backup than the graph', async () => {
  const graphBackup = await system.backUpNeo4j();
  await newAtoms('sixth', 20);
  await changeAtoms('first');
  await graphEqualsSql();
  const sqlBackup = await system.backUpSqlServer();
  await newAtoms('seventh', 20);
  await graphEqualsSql();
  await service('stop', 'neo4j-sync');
  await system.restoreSqlServer(sqlBackup);
  await ownerAndBroker();
  await system.restoreNeo4j(graphBackup);
  await system.done('graph', 'deploy', '--skip-backup');
  const { stdout } = await system.run('doctor');
  expect(stdout).not.toContain('SEQUENCE_BEHIND');
  await service('start', 'neo4j-sync');
  await repaired();
});

test('the service is taken away, and what was written beside it stays alone', async () => {
  await service('uninstall', 'neo4j-sync');
  expect(system.units.running()).toEqual([]);
});
