import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { connectNeo4j, createGraphWriter, type GraphConnection } from '@hartonomous/graph-sync';
import { type BorrowedTestNeo4j, borrowTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { deployGraph, examineDatabase, type Finding, nameAndVersion } from '@hartonomous/operations';
import { tenant } from '@hartonomous/provenance-schema';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { eventually } from '@hartonomous/test-support';
import { type HealthSubject, startHealthServer } from '@hartonomous/worker-host';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { brokerUserFault, objectFaults, stateFaults, versionFaults } from './doctor/database-faults.ts';
import type { Fault } from './doctor/fault.ts';
import { graphFaults } from './doctor/graph-faults.ts';
import { hartonomous } from './hartonomous.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const database = 'Hartonomous';
const password = 'Doctor-login!1';
const version = nameAndVersion().split(' ').slice(1).join(' ');
const resources = new AsyncDisposableStack();
let sql: TestServer;
let neo4j: BorrowedTestNeo4j;
let graph: GraphConnection;
let env: Record<string, string>;
let seeded = 0;

beforeAll(async () => {
  neo4j = resources.use(await borrowTestNeo4j());
  sql = resources.use(await startTestServer());
  const { uri, username, password: neo4jPassword } = neo4j;
  graph = resources.use(await connectNeo4j({ uri, username, password: neo4jPassword }));
  const worker = resources.use(await startHealthServer(readyWorker, {}, { version }));
  env = {
    ConnectionStrings__HartonomousDb: sql.connectionString(database),
    Neo4j__Uri: uri,
    Neo4j__Username: username,
    Neo4j__Password: neo4jPassword,
    Health__Port: String(worker.port),
  };
  expect(await hartonomous(['database', 'deploy'], env)).toMatchObject({ exitCode: 0 });
  await deployGraph({ connection: { uri, username, password: neo4jPassword } });
  await createGraphWriter(graph).apply(
    [{ entity: tenant, upserts: [], deletes: [{ entityId: 990_001n, tenantId: 990_001 }] }],
    50n,
  );
  await sql.run(database, 'ALTER SEQUENCE dbo.GraphSyncSequence RESTART WITH 1000001;');
  await sql.run(
    'master',
    ...['seed', 'member'].map((name) => `CREATE LOGIN [${name}] WITH PASSWORD = N'${password}';`),
  );
  await sql.run(
    database,
    'CREATE USER [seed] FOR LOGIN [seed];',
    ...['Neo4jSyncQueue', 'IngestionQueue', 'EmbeddingQueue'].map(
      (queue) => `GRANT RECEIVE ON dbo.${queue} TO [seed];`,
    ),
    'CREATE USER [member] FOR LOGIN [member];',
    'ALTER ROLE HartonomousWorker ADD MEMBER [member];',
  );
});
afterAll(() => resources.disposeAsync());

const since = new Date();
const readyWorker: HealthSubject = {
  name: 'neo4j-sync-worker',
  lifecycle: { state: 'running', since },
  readiness: [{ name: 'sql-server', status: () => ({ state: 'up', since }) }],
};

const documentSchema = z.object({
  ok: z.boolean(),
  exitCode: z.number(),
  fixes: z.array(z.object({ text: z.string(), failure: z.unknown() })).optional(),
  subjects: z.array(
    z.object({
      findings: z.array(
        z.object({
          id: z.string(),
          state: z.string(),
          message: z.string(),
          why: z.string().nullable(),
          action: z.string().nullable(),
        }),
      ),
    }),
  ),
});

async function doctor(changes: Readonly<Record<string, string>> = {}, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await hartonomous(['doctor', '--json', ...args], { ...env, ...changes });
  expect(stderr).toBe('');
  const { subjects, fixes, ...rest } = documentSchema.parse(JSON.parse(stdout));
  expect(rest).toEqual({ ok: exitCode === 0, exitCode });
  const findings = subjects.flatMap((subject) => subject.findings);
  const noted = findings.filter(({ state }) => state === 'problem' || state === 'warning');
  return { exitCode, findings, noted, fixes };
}

/** Each fault was found and named, with why it matters; and nothing else was. */
function expectFound(
  { noted }: { readonly noted: readonly Pick<Finding, 'id' | 'message' | 'action' | 'why'>[] },
  faults: readonly Pick<Fault, 'name' | 'finds'>[],
): void {
  const expected = faults.flatMap(({ finds }) => Object.keys(finds));
  expect(noted.map(({ id }) => id).sort(), noted.map(({ id, message }) => `${id}: ${message}`).join('\n')).toEqual(
    [...new Set(expected)].sort(),
  );
  for (const { name, finds } of faults) {
    seeded += 1;
    for (const [id, words] of Object.entries(finds)) {
      const found = noted.find((finding) => finding.id === id);
      expect(`${found?.message} ${found?.action ?? ''}`, name).toMatch(words);
      expect(found?.why, `why of ${id}`).not.toBeNull();
    }
  }
}

/** Seeds faults together, since none hides another, and takes them back. */
async function expectAllFound(faults: readonly Fault[], fix: boolean): Promise<void> {
  let isUndone = false;
  const undone = async () => {
    isUndone = true;
    for (const { undo } of faults.toReversed()) await undo();
  };
  // Otherwise one failure would be found in all tests behind it.
  onTestFinished(async () => {
    if (isUndone) return;
    await doctor({}, '--fix', '--yes');
    await undone();
  });
  for (const { seed } of faults) await seed();
  expectFound(await doctor(), faults);
  if (fix) {
    const after = await doctor({}, '--fix', '--yes');
    expect(after.fixes?.filter(({ failure }) => failure !== null)).toEqual([]);
    const left = faults.filter(({ isFixed }) => isFixed !== true).flatMap(({ finds }) => Object.keys(finds));
    expect(after.noted.map(({ id }) => id).sort()).toEqual(left.sort());
  }
  await undone();
  expect((await doctor()).noted).toEqual([]);
}

test('a healthy system: nothing is wrong, nothing is to know, and what is not seen is said', async () => {
  const { exitCode, findings, noted } = await doctor();
  expect(noted).toEqual([]);
  expect(exitCode).toBe(0);
  expect(findings.filter(({ state }) => state === 'ok').length).toBeGreaterThan(40);
  for (const { message } of findings.filter(({ state }) => state === 'unseen')) expect(message).toMatch(/^Not seen: /);
});

test("a healthy system by a worker's login: what only an administrator sees is called neither well nor wrong", async () => {
  const { noted, findings } = await doctor(as('member'));
  expect(noted).toEqual([]);
  const unseen = findings.filter(({ state }) => state === 'unseen').map(({ id }) => id);
  expect(unseen).toEqual(expect.arrayContaining(['broker.leaks', 'lock.schema', 'object', 'database.full']));
  expect(findings.find(({ id }) => id === 'permission.role')?.message).toMatch(/^member may do all \d\d things/);
});

test('while the user of the broker lacks db_owner, what it looks at is not seen, never ok', async () => {
  await sql.run(database, 'ALTER ROLE db_owner DROP MEMBER HartonomousBroker;');
  onTestFinished(() => sql.run(database, 'ALTER ROLE db_owner ADD MEMBER HartonomousBroker;'));
  const { findings } = await doctor(as('member'));
  const isOfBroker = ({ id }: { id: string }) =>
    /^broker\.(transmission|endpoints|leaks|owner)$|^queue\.leaked\./.test(id);
  expect(findings.filter(isOfBroker).map(({ id, state }) => [id, state])).toEqual(
    [
      ...['broker.owner', 'broker.transmission', 'broker.endpoints'],
      ...['Neo4jSync', 'Ingestion', 'Embedding'].map((queue) => `queue.leaked.dbo.${queue}Queue`),
      'broker.leaks',
    ].map((id) => [id, 'unseen']),
  );
  expect(findings.find(({ id }) => id === 'broker.transmission')?.message).toMatch(/^Not seen: .*HartonomousBroker/);
  const verified = await hartonomous(['verify', '--json'], { ...env, ...as('member') });
  expect(verified.stdout).not.toContain('No message is stuck');
  const status = await hartonomous(['queue', 'status'], { ...env, ...as('member') });
  expect(status.stdout).toMatch(/^sync +on +\d.* - +neo4j-sync-worker$/m);
  expect(status.stdout).toMatch(/^! dbo\.Neo4jSyncQueue, stuck: not seen: .*HartonomousBroker/m);
  expect(status.exitCode).toBe(1);
});

describe('faults that are found together, and what --fix claims to fix', () => {
  test('queues, objects and permissions', () => expectAllFound(objectFaults(sql, database), true));
  test('state and settings of the database', () => expectAllFound(stateFaults(sql, database), true));
  test('the user of the broker', () => expectAllFound([brokerUserFault(sql, database)], true));
  test('versions: nothing is fixed', () => expectAllFound(versionFaults(sql, database), false));
  test('the graph', () => expectAllFound(graphFaults(graph, sql, database), true));
});

const as = (name: string) => ({
  ConnectionStrings__HartonomousDb: sql.connectionString(database, password).replace('User Id=sa', `User Id=${name}`),
});

describe('logins', () => {
  test('RECEIVE alone, as the old runbook granted it', async () => {
    const found = await doctor(as('seed'));
    expectFound(found, [
      {
        name: 'RECEIVE alone',
        finds: {
          'permission.role': /lacks \d\d of its \d\d .*EXECUTE on dbo\.sp_LogNeo4jSync.*ADD MEMBER \[seed\];/s,
          'graph.sequence': /may not see it/,
          'queue.status.dbo.HartonomousInitiatorQueue': /or this login may not see it/,
        },
      },
    ]);
    const unseen = found.findings.filter(({ state }) => state === 'unseen').map(({ id }) => id);
    expect(unseen).toEqual(expect.arrayContaining(['broker.transmission', 'queue.waiting.dbo.Neo4jSyncQueue']));
  });

  test('a member of the role lacks single permissions', async () => {
    await sql.run(
      database,
      'REVOKE EXECUTE ON dbo.sp_PutMessageRetries FROM HartonomousWorker;',
      'DENY UPDATE ON dbo.GraphSyncSequence TO [member];',
      'REVOKE EXECUTE ON TYPE::dbo.IngestedAtomList FROM HartonomousWorker;',
    );
    const found = await doctor(as('member'));
    await sql.run(
      database,
      'GRANT EXECUTE ON dbo.sp_PutMessageRetries TO HartonomousWorker;',
      'REVOKE UPDATE ON dbo.GraphSyncSequence FROM [member];',
      'GRANT EXECUTE ON TYPE::dbo.IngestedAtomList TO HartonomousWorker;',
    );
    const words = (permission: string, name: string) => ({
      [`permission.${permission}.dbo.${name}`]: /member may not/,
    });
    const sequence = found.noted.some(({ id }) => id === 'graph.sequence')
      ? { 'graph.sequence': /may not see it/ }
      : {};
    expectFound(found, [
      { name: 'a procedure', finds: words('EXECUTE', 'sp_PutMessageRetries') },
      { name: 'a sequence', finds: { ...words('UPDATE', 'GraphSyncSequence'), ...sequence } },
      { name: 'a type', finds: words('EXECUTE', 'IngestedAtomList') },
    ]);
  });
});

describe('servers that are away, refuse, or are others', () => {
  const connection = (change: (text: string) => string) => ({
    ConnectionStrings__HartonomousDb: change(sql.connectionString(database)),
  });
  const sqlFaults: readonly [string, () => Record<string, string>, RegExp][] = [
    ['wrong password', () => connection((text) => text.replace('Test-server!1', 'wrong')), /BROKER_LOGIN_FAILED/],
    ['no such database', () => connection((text) => text.replace('Database=Hartonomous', 'Database=Other')), /Other/],
    ['away', () => connection((text) => text.replace(/127\.0\.0\.1,\d+/, '127.0.0.1,1')), /BROKER_UNAVAILABLE/],
    [
      'no certificate of ours',
      () => connection((text) => text.replace('TrustServerCertificate=True', 'TrustServerCertificate=False')),
      /TLS/,
    ],
  ];
  const graphFaultsByName: readonly [string, () => Record<string, string>, RegExp][] = [
    ['wrong password', () => ({ Neo4j__Password: 'wrong-password' }), /NEO4J_AUTH_FAILED/],
    ['no such database', () => ({ Neo4j__Database: 'other' }), /NEO4J_DATABASE_NOT_FOUND/],
    ['away', () => ({ Neo4j__Uri: 'bolt://127.0.0.1:1' }), /NEO4J_UNAVAILABLE/],
    [
      'the password has to be changed first',
      () => ({ Neo4j__Username: 'young', Neo4j__Password: password }),
      /NEO4J_|graph/,
    ],
  ];
  test.each(sqlFaults.map((fault, place) => [fault, graphFaultsByName[place]!] as const))(
    'SQL Server: %o; Neo4j: %o',
    async ([sqlName, sqlChange, sqlWords], [graphName, graphChange, graphWords]) => {
      if (graphName.includes('changed')) {
        await graph.driver.executeQuery(
          `CREATE USER young IF NOT EXISTS SET PASSWORD '${password}' CHANGE REQUIRED`,
          {},
          { database: 'system' },
        );
        onTestFinished(async () => {
          await graph.driver.executeQuery('DROP USER young IF EXISTS', {}, { database: 'system' });
        });
      }
      const found = await doctor({ ...sqlChange(), ...graphChange() });
      expect(found.exitCode).toBe(3);
      expectFound(found, [
        { name: `SQL Server: ${sqlName}`, finds: { 'database.reachable': sqlWords } },
        { name: `Neo4j: ${graphName}`, finds: { 'graph.reachable': graphWords } },
      ]);
    },
  );

  test('wrong settings prevent only the checks that need them', async () => {
    const found = await doctor({ Neo4j__Password: '' });
    expect(found.exitCode).toBe(2);
    expectFound(found, [{ name: 'no password of Neo4j', finds: { 'settings.valid': /Neo4j:Password/ } }]);
    expect(found.findings.find(({ id }) => id === 'broker.enabled')?.state).toBe('ok');
  });

  test('a broker that is off', async () => {
    const broker = (state: string) =>
      sql.run('master', `ALTER DATABASE ${database} SET ${state} WITH ROLLBACK IMMEDIATE;`);
    await broker('DISABLE_BROKER');
    const found = await doctor();
    await broker('ENABLE_BROKER');
    expectFound(found, [{ name: 'broker off', finds: { 'broker.enabled': /SET ENABLE_BROKER/ } }]);
  });

  test('a copy of a database, and one that was restored elsewhere', async () => {
    await sql.createDatabase('Copy');
    sql.simulateCopy('Copy', database);
    sql.simulateRestore(database);
    const found = await doctor();
    await sql.run('master', `ALTER AUTHORIZATION ON DATABASE::${database} TO [sa];`);
    await sql.run('master', 'DROP DATABASE Copy;');
    await sql.run('master', `ALTER DATABASE ${database} SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;`);
    expectFound(found, [
      { name: 'a copy', finds: { 'broker.identifier': /Copy has the same Service Broker identifier/ } },
      { name: 'no owner', finds: { 'database.owner': /ALTER AUTHORIZATION/, 'broker.enabled': /off/ } },
    ]);
  });

  test('a session that waits for the schema lock of a queue', async () => {
    await sql.run(
      database,
      `DECLARE @h UNIQUEIDENTIFIER;
       BEGIN DIALOG CONVERSATION @h FROM SERVICE [HartonomousInitiatorService] TO SERVICE N'EmbeddingService'
         ON CONTRACT [EmbeddingContract] WITH ENCRYPTION = OFF;
       SEND ON CONVERSATION @h MESSAGE TYPE [EmbeddingRequest] (N'<a/>');`,
    );
    // Until a row says so; readers of committed versions see it from within their transactions.
    const untilReleased = "WHILE NOT EXISTS (SELECT 1 FROM dbo.Release) WAITFOR DELAY '00:00:00.1';";
    await sql.run(database, 'CREATE TABLE dbo.Release (Id INT NOT NULL);');
    const reader = sql.run(
      database,
      `BEGIN TRANSACTION; RECEIVE TOP (1) conversation_handle FROM dbo.EmbeddingQueue; ${untilReleased} COMMIT;`,
    );
    const waiter = eventually(async () => {
      expect(
        await sql.value(
          database,
          'SELECT COUNT(*) AS n FROM sys.dm_exec_sessions AS s WHERE s.open_transaction_count > 0 AND s.session_id <> @@SPID;',
        ),
      ).toBe(1);
    }).then(() => sql.run(database, 'ALTER QUEUE dbo.EmbeddingQueue WITH RETENTION = OFF;'));
    const look = async () => {
      const settings = parseSqlConnectionString(sql.connectionString(database));
      for await (const finding of examineDatabase(settings, new AbortController().signal)) {
        // Looks into the queue come later, and would wait for the lock.
        if (finding.id.startsWith('lock.schema')) return finding;
      }
      return undefined;
    };
    const found = await eventually(async () => {
      const finding = await look();
      expect(finding?.state).toBe('problem');
      return finding;
    }).finally(() => sql.run(database, 'INSERT INTO dbo.Release (Id) VALUES (1);'));
    await Promise.all([reader, waiter]);
    await sql.run(database, 'DROP TABLE dbo.Release;');
    const finds = {
      'lock.schema.EmbeddingQueue': /waits for the schema lock of EmbeddingQueue, held up by session \d+.*KILL \d+;/s,
    };
    expectFound({ noted: found === undefined ? [] : [found] }, [{ name: 'schema lock', finds }]);
  });
});

describe('this machine and the worker', () => {
  const health = async (subject: Partial<HealthSubject>, told: string | undefined = version) => {
    const server = await startHealthServer({ ...readyWorker, ...subject }, {}, { version: told });
    onTestFinished(() => server[Symbol.asyncDispose]());
    return { Health__Port: String(server.port), Neo4j__Enabled: 'false' };
  };

  test('clocks apart, and a disk that is nearly full', async () => {
    // Of this process; Neo4j is one of its own, and the stand-in for SQL Server counts its time from its start.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 90_000 });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const found = await doctor({}, '--min-free-gb', '1000000000');
    vi.useRealTimers();
    expectFound(found, [
      { name: 'clock of Neo4j', finds: { 'clock.graph': /Neo4j is \d\d s behind.*timedatectl/s } },
      { name: 'clock of SQL Server', finds: { 'clock.sql': /SQL Server is \d\d s behind.*timedatectl/s } },
      { name: 'disk', finds: { 'disk.temporary': /GB are free in/ } },
    ]);
  });

  test('no worker answers', async () => {
    const closed = await startHealthServer(readyWorker);
    await closed[Symbol.asyncDispose]();
    expectFound(await doctor({ Health__Port: String(closed.port), Neo4j__Enabled: 'false' }), [
      { name: 'no worker', finds: { 'worker.health': /ECONNREFUSED.*hartonomous service start/s } },
    ]);
  });

  test('another program has its port', async () => {
    await using other = createServer((_, response) => response.end('<html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    expectFound(await doctor({ Health__Port: String(port), Neo4j__Enabled: 'false' }), [
      { name: 'another program', finds: { 'worker.other-program': /is not a worker \(HTTP 200, its .*\).*ss -ltnp/s } },
    ]);
  });

  test('it is not ready, warns, and is of another version', async () => {
    const down = { state: 'down', since, reason: 'NEO4J_UNAVAILABLE' } as const;
    const changes = await health(
      {
        readiness: [{ name: 'neo4j', status: () => down }],
        warnings: [{ name: 'queue-disabled', status: { since, text: 'dbo.Neo4jSyncQueue is switched off.' } } as never],
      },
      '0.0.1',
    );
    expectFound(await doctor(changes), [
      { name: 'a dependency', finds: { 'worker.dependency.neo4j': /reports neo4j: down \(NEO4J_UNAVAILABLE\)/ } },
      { name: 'a warning', finds: { 'worker.warning.queue-disabled': /is switched off/ } },
      { name: 'its version', finds: { 'version.worker': /is of version 0\.0\.1/ } },
    ]);
  });

  test('it drains', async () => {
    expectFound(await doctor(await health({ lifecycle: { state: 'draining', since } })), [
      { name: 'draining', finds: { 'worker.health': /is not ready: it is draining/ } },
    ]);
  });
});

describe('the provider of embeddings', () => {
  const provider = (changes: Record<string, string>) => ({ Neo4j__Enabled: 'false', ...changes });

  test('in this process: it answers', async () => {
    const { findings: found } = await doctor(provider({ Embedding__Provider__Kind: 'lexical-hash' }));
    expect(found.filter(({ id }) => id.startsWith('embeddings.')).map(({ id, state }) => [id, state])).toEqual([
      ['embeddings.provider', 'ok'],
      ['embeddings.dimension', 'ok'],
      ['embeddings.latency', 'ok'],
      ['embeddings.limits', 'ok'],
    ]);
  });

  test('a server that nobody answers from', async () => {
    const closed = await startHealthServer(readyWorker);
    await closed[Symbol.asyncDispose]();
    const changes = {
      Embedding__Provider__Kind: 'ollama',
      Embedding__Provider__Endpoint: `http://127.0.0.1:${closed.port}`,
      Embedding__Model: 'nomic-embed-text-v1.5',
    };
    expectFound(await doctor(provider(changes)), [
      {
        name: 'no provider',
        finds: { 'embeddings.provider': /PROVIDER_UNAVAILABLE.*Embedding:Provider:Endpoint up/s },
      },
    ]);
  });
});

test('at least 40 faults were seeded', () => {
  expect(seeded).toBeGreaterThanOrEqual(40);
});
