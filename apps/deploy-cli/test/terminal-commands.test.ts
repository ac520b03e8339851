import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { sharedTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { ChildService, eventually, programCommand, repositoryRoot, TcpProxy } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { runCli } from '../src/run-cli.ts';
import { StopRequest } from '../src/stop-request.ts';
import { hartonomous } from './hartonomous.ts';

// queue, tenant, sql and cypher: what an operator looks up and fixes from a terminal.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const database = 'Hartonomous';
const password = 'Outsider-login!1';
let sql: TestServer;
let env: Record<string, string>;

beforeAll(async () => {
  const neo4j = await sharedTestNeo4j();
  sql = await startTestServer();
  env = {
    ConnectionStrings__HartonomousDb: sql.connectionString(database),
    Neo4j__Uri: neo4j.uri,
    Neo4j__Username: neo4j.username,
    Neo4j__Password: neo4j.password,
  };
  expect(await hartonomous(['database', 'deploy'], env)).toMatchObject({ exitCode: 0 });
  await sql.run('master', `CREATE LOGIN [outsider] WITH PASSWORD = N'${password}';`);
  await sql.run(database, 'CREATE USER [outsider] FOR LOGIN [outsider];');
});
afterAll(() => sql?.[Symbol.asyncDispose]());

/** With a login that may see nothing. */
const asOutsider = () => ({
  ...env,
  ConnectionStrings__HartonomousDb: sql.connectionString(database, password).replace('User Id=sa', 'User Id=outsider'),
});

const emptied = () => sql.run(database, 'RECEIVE * FROM dbo.Neo4jSyncQueue;');

test('tenant add: row and message, or neither; a number that is taken keeps its name', async () => {
  onTestFinished(emptied);
  await emptied();
  const dry = await hartonomous(['tenant', 'add', '77', 'Contoso \u001b[2J', '--dry-run'], env);
  expect(dry).toMatchObject({ exitCode: 10, stdout: 'Would add tenant 77: Contoso \\u001b[2J.\n' });
  expect(await sql.value(database, 'SELECT COUNT(*) AS n FROM dbo.Tenant WHERE TenantId = 77;')).toBe(0);
  expect((await hartonomous(['tenant', 'add', '77', 'Contoso'], env)).stdout).toContain('✓ Added tenant 77: Contoso;');
  await eventually(async () => {
    const peeked = await hartonomous(['queue', 'peek', 'sync'], env);
    expect(peeked.stdout).toMatch(/<EntityType>Tenant<\/EntityType>.*<EntityId>77<\/EntityId>/);
  });
  const again = await hartonomous(['tenant', 'add', '77', 'Another'], env);
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('TENANT_EXISTS: There is a tenant 77') });
  const { tenants } = JSON.parse((await hartonomous(['tenant', 'list', '--json'], env)).stdout) as {
    tenants: { id: number; name: string }[];
  };
  expect(tenants.map(({ id, name }) => [id, name])).toContainEqual([77, 'Contoso']);
});

test.each([
  [['tenant', 'add', 'x', 'Contoso'], /the id x can't be used/],
  [['tenant', 'add', '7', '  '], /The name can't be used/],
  [['tenant', 'add', '7', 'x'.repeat(201)], /1 to 200 characters/],
  [['queue', 'pause', 'sync'], /required option '--reason <text>'/],
  [['queue', 'pause', 'sync', '--reason', ' '], /must not be empty/],
  [['queue', 'pause', 'sync', '--reason', 'x', '--instance', 'a', '--except', 'b'], /exclude each other/],
  [['queue', 'pause', 'initiator', '--reason', 'x'], /Allowed choices are sync, ingestion, embedding/],
  [['queue', 'pause', 'sync', '--reason', 'x', '--minutes', '0'], /--minutes 0 can't be used/],
  [['queue', 'pause', 'sync', '--reason', 'x'.repeat(1_001)], /too long/],
  [['queue', 'pause', 'sync', '--reason', 'x', '--owner', 'x'.repeat(129)], /too long/],
  [['queue', 'resume', 'nothing'], /nothing/],
  [['queue', 'peek', 'nothing'], /nothing/],
  [['queue', 'peek', 'sync', '--limit', '0'], /--limit 0 can't be used/],
  [['sql', 'SELECT 1', '--limit', 'x'], /--limit x can't be used/],
])('wrong usage: %j', async (args, message) => {
  const { exitCode, stderr } = await hartonomous(args, env);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

test('queue pause and resume: a dry run changes nothing, owners are told apart, and one of them replaces their own', async () => {
  onTestFinished(() => sql.run(database, 'DELETE FROM dbo.QueuePause;'));
  const pause = (...args: readonly string[]) => hartonomous(['queue', 'pause', 'sync', ...args, '--wait', '0'], env);
  const pauses = () => sql.value(database, 'SELECT COUNT(*) AS n FROM dbo.QueuePause;');
  const dry = await pause('--reason', 'Neo4j is moved', '--owner', 'anna', '--dry-run');
  expect(dry).toMatchObject({
    exitCode: 10,
    stdout: expect.stringMatching(/^Would pause dbo\.Neo4jSyncQueue, by anna/),
  });
  expect(await pauses()).toBe(0);
  const first = await pause('--reason', 'Neo4j is moved', '--owner', 'anna');
  expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('No worker that this is for was seen') });
  expect((await pause('--reason', 'Neo4j is moved', '--owner', 'anna', '--dry-run')).exitCode).toBe(0);
  const resume = (...args: readonly string[]) => hartonomous(['queue', 'resume', 'sync', '--dry-run', ...args], env);
  expect(await resume()).toMatchObject({ exitCode: 10, stdout: expect.stringContaining('Would take back') });
  expect((await resume('--owner', 'nobody')).exitCode).toBe(0);
  expect(await pauses()).toBe(1);
  await pause('--reason', 'longer than that', '--owner', 'anna', '--minutes', '5');
  await pause('--reason', 'another', '--owner', 'bert \u001b[2J');
  expect(await pauses()).toBe(2);
  const other = await hartonomous(['queue', 'resume', 'sync', '--owner', 'anna'], env);
  expect(other.stdout).toMatch(
    /^✓ Taken back: the pause by anna since \S+Z: longer than that\n! Still paused by bert \\u001b\[2J/,
  );
  const { stdout } = await hartonomous(['queue', 'status', '--json'], env);
  const [state] = (JSON.parse(stdout) as { queues: { pauses: { owner: string }[]; problems: { action: string }[] }[] })
    .queues;
  expect(state?.pauses.map(({ owner }) => owner)).toEqual(['bert \u001b[2J']);
  expect(state?.problems[0]?.action).toBe('It ends with: hartonomous queue resume sync');
  expect(await hartonomous(['queue', 'resume', 'sync'], env)).toMatchObject({ exitCode: 0 });
  expect((await hartonomous(['queue', 'resume', 'sync'], env)).stdout).toBe('dbo.Neo4jSyncQueue was not paused.\n');
});

test('queue status: all is well, then a queue that is off and a dead letter', async () => {
  await emptied();
  const well = await hartonomous(['queue', 'status'], env);
  expect(well.stderr).toBe('');
  expect(well.stdout.split('\n').slice(0, 2)).toEqual([
    expect.stringMatching(/^QUEUE +STATE +WAITING +OLDEST +RETRIES +DEAD +UNDELIVERED +READER$/),
    expect.stringMatching(/^sync +on +0 +- +0 +0 +0 +neo4j-sync-worker$/),
  ]);
  expect(well.exitCode, well.stdout).toBe(0);
  await sql.run(
    database,
    'ALTER QUEUE dbo.Neo4jSyncQueue WITH STATUS = OFF;',
    `INSERT INTO dbo.Neo4jSyncDeadLetterQueue (ReasonCode, ReasonText, MessageTypeName, ConversationHandle, ReceivedAt)
     VALUES (N'BAD', N'it is bad', N'Neo4jSyncRequest', NEWID(), SYSUTCDATETIME());`,
  );
  onTestFinished(() =>
    sql.run(database, 'ALTER QUEUE dbo.Neo4jSyncQueue WITH STATUS = ON;', 'DELETE FROM dbo.Neo4jSyncDeadLetterQueue;'),
  );
  const { exitCode, stdout } = await hartonomous(['queue', 'status'], env);
  expect(stdout).toMatch(/^sync +OFF +0 +- +0 +1 +0 +neo4j-sync-worker$/m);
  expect(stdout).toMatch(/^✗ .*Neo4jSyncQueue.*\n {6}.*ALTER QUEUE/m);
  expect(exitCode).toBe(1);
});

test('queue status says what a login may not see', async () => {
  const { exitCode, stdout } = await hartonomous(['queue', 'status', '--json'], asOutsider());
  const { ok, queues } = JSON.parse(stdout) as { ok: boolean; queues: { isOn: unknown; unseen: { part: string }[] }[] };
  expect([exitCode, ok]).toEqual([1, false]);
  expect(queues[0]?.isOn).toBeNull();
  expect(queues[0]?.unseen.map(({ part }) => part)).toEqual(expect.arrayContaining(['status', 'deadLetters']));
});

test('watch: a look of each queue, with what was done and by whom; not seen is not 0', async () => {
  await emptied();
  onTestFinished(() => sql.run(database, 'DELETE FROM dbo.Neo4jSyncLog;', 'DELETE FROM dbo.WorkerInstance;'));
  await sql.run(
    database,
    `DECLARE @Id INT, @Worker UNIQUEIDENTIFIER = NEWID();
     EXEC dbo.sp_ReportWorker @WorkerId = @Worker, @Instance = N'web1-17', @Program = N'neo4j-sync-worker', @Version = N'0.1.0',
       @QueueName = N'dbo.Neo4jSyncQueue', @State = N'RECEIVING', @WorkerInstanceId = @Id OUTPUT;
     INSERT INTO dbo.Neo4jSyncLog (Outcome, MessageCount, EnqueuedAt, WorkerInstanceId)
     VALUES (N'SYNCED', 120, DATEADD(SECOND, -1, SYSUTCDATETIME()), @Id), (N'DEAD_LETTERED', 1, NULL, @Id);`,
  );
  const once = await hartonomous(['watch', '--once', '--json'], env);
  expect(once.exitCode, once.stdout).toBe(0);
  expect(once.stdout.trimEnd().split('\n')).toHaveLength(1);
  const { ok, queues, syncLag } = JSON.parse(once.stdout) as {
    ok: boolean;
    queues: { name: string; perSecond: number | null; errors: number | null; workers: object[] | null }[];
    syncLag: { changes: number; p95Ms: number };
  };
  expect(ok).toBe(true);
  expect(queues.map(({ name, perSecond, errors }) => [name, perSecond, errors])).toEqual([
    ['sync', 2, 1],
    ['ingestion', 0, 0],
    ['embedding', 0, 0],
    ['initiator', null, null],
  ]);
  expect(queues[0]?.workers).toMatchObject([{ instance: 'web1-17', perSecond: 2, errors: 1 }]);
  expect(syncLag.changes).toBe(1);
  expect(syncLag.p95Ms).toBeGreaterThan(900);

  const lines = await hartonomous(['watch', '--count', '2', '--interval', '1', '--window', '30'], env);
  expect(lines.stdout).toMatch(/^(\S+Z sync on depth=0 oldest=none rate=4\.0\/s errors=1 dead=0; ingestion .*\n){2}$/);

  const blind = await hartonomous(['watch', '--once'], asOutsider());
  expect(blind.stdout).toMatch(
    /^\S+Z sync state=- depth=- oldest=-; .*lag=-; problems: .*; not seen: sync status, sync waiting/,
  );
  expect(blind.exitCode).toBe(1);
  const usage = await hartonomous(['watch', '--once', '--count', '1'], env);
  expect(usage).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('exclude each other') });
});

test('watch on a terminal draws anew, and ends with 0 on Ctrl-C', async () => {
  const stop = new AbortController();
  let written = '';
  const write = (text: string) => {
    written += text;
    if (written.includes('\u001b[0J')) stop.abort(new StopRequest(130));
  };
  const stdout = { write, isTTY: true, columns: 80, rows: 50 };
  const exitCode = await runCli(['watch', '--interval', '1'], { env, stdout, stderr: { write }, signal: stop.signal });
  expect(exitCode).toBe(0);
  const [first = '', second = ''] = written.replaceAll('\u001b', '^').split(/\^\[\d+A\^\[0J/);
  for (const frame of [first, second]) {
    expect(frame).toMatch(/^Hartonomous on 127\.0\.0\.1 .*Ctrl-C ends\n.*\n\nQUEUE +STATE +DEPTH +OLDEST +RATE/);
    expect(frame.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});

/** What Node has compiled of the program before is used again, where this run keeps it. */
const programEnv = () => ({
  PATH: process.env.PATH,
  ...(process.env.NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
});

test('watch as a process: SQL Server goes, is silent, and comes back; Ctrl-C ends it with 0 even while nothing answers', async () => {
  await using way = await TcpProxy.start({ targetPort: sql.port });
  const lines: string[] = [];
  let errors = '';
  await using watch = ChildService.spawn({
    name: 'hartonomous watch',
    args: programCommand('deploy-cli', ['watch', '--interval', '1']),
    env: {
      ...programEnv(),
      ConnectionStrings__HartonomousDb: sql
        .connectionString(database)
        .replace(`,${sql.port};`, `,${way.port};Connect Timeout=2;`),
    },
    onLine: (line, stream) => {
      if (stream === 'stdout') lines.push(line);
      else errors += `${line}\n`;
    },
  });
  const shows = (text: RegExp) =>
    eventually(() => expect(lines.at(-1) ?? '', errors).toMatch(text), { timeoutMs: 60_000 });
  const isSeen = () => shows(/^\S+Z sync on depth=/);
  await isSeen();
  await way.enter('refuse');
  await shows(/^\S+Z BROKER_UNAVAILABLE: .* can't be reached/);
  await way.enter('pass');
  await isSeen();
  await way.enter('black-hole');
  await shows(/^\S+Z BROKER_(TIMEOUT|UNAVAILABLE): /);
  await way.enter('pass');
  await isSeen();
  await way.enter('black-hole');
  expect(await watch.end('SIGINT')).toEqual({ code: 0, signal: null });
  expect(errors).toBe('');
});

// The program that gives a command a terminal of its own is in the base system of Linux; elsewhere it takes other options.
test.runIf(process.platform === 'linux' && existsSync('/usr/bin/script'))(
  'watch on a real terminal leaves it as it was: modes, cursor and screen, after Ctrl-C',
  async () => {
    const program = [process.execPath, ...programCommand('deploy-cli', ['watch', '--interval', '1'])];
    const commands = [
      'stty rows 40 cols 80',
      'stty -g',
      // The shell goes on where the key ends the program: both get the signal.
      'trap : INT',
      program.map((word) => `'${word}'`).join(' '),
      'echo "code=$?"',
      'stty -g',
    ];
    const terminal = spawn('/usr/bin/script', ['-qec', commands.join('; '), '/dev/null'], {
      cwd: repositoryRoot,
      env: { ...programEnv(), SHELL: '/bin/sh', TERM: 'xterm', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void terminal.kill('SIGKILL'));
    let written = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
    await eventually(() => expect(written).toContain('\u001b[0J'), { timeoutMs: 60_000 });
    terminal.stdin.write('\u0003');
    await eventually(() => expect(written).toMatch(/code=\d+\r\n\S+\r\n$/), { timeoutMs: 30_000 });
    expect(written).toContain('code=0');
    const lines = written.split('\r\n');
    expect(lines.at(-2)).toBe(lines[0]);
    // Nothing hides the cursor, changes to another screen, or sets any other mode.
    expect(written.replaceAll('\u001b', '^')).not.toMatch(/\^(\[[?>]|[=>c7])/);
    expect(written).toContain('Hartonomous on 127.0.0.1');
  },
);

test('sql reads, refuses to change, and changes with --write', async () => {
  const read = await hartonomous(['sql', "SELECT 1 AS a, N'x\u001b' AS b, NULL AS c, 0x0aFF AS d; SELECT 2 AS e"], env);
  expect(read.stdout.split('\n')).toEqual(['a  b  c     d', '1  x  NULL  0x0aff', '1 row.', 'e', '2', '1 row.', '']);
  // Columns in their order, whatever their names, and also when no row came.
  const odd = 'SELECT 1 AS [2], 2 AS [1], 3 AS a, 4 AS a, 5 AS __proto__; SELECT Name FROM dbo.Tenant WHERE 1 = 0';
  expect((await hartonomous(['sql', odd], env)).stdout.split('\n')).toEqual([
    '2  1  a  a  __proto__',
    '1  2  3  4  5',
    '1 row.',
    'Name',
    '0 rows.',
    '',
  ]);
  expect((await hartonomous(['sql', odd, '--json'], env)).stdout).toContain('"__proto__": 5');
  const times =
    "SELECT CAST('2026-01-02T03:04:05.0123456' AS datetime2) AS a, CAST('2026-01-02' AS date) AS b, CAST('03:04:05.6' AS time(1)) AS c";
  expect((await hartonomous(['sql', times], env)).stdout).toContain(
    '2026-01-02T03:04:05.0123456  2026-01-02  03:04:05.6',
  );
  const digits = "SELECT CAST('9223372036854775807' AS decimal(19, 0)) AS big, CAST(7 AS decimal(19, 0)) AS small";
  const rounded = await hartonomous(['sql', digits, '--json'], env);
  expect(JSON.parse(rounded.stdout).sets[0]).toMatchObject({ rounded: ['big'], rows: [{ small: 7 }] });
  expect((await hartonomous(['sql', digits], env)).stdout).toContain('Rounded to 15 digits: big. CAST(');
  const text = 'UPDATE dbo.Tenant SET Name = Name WHERE TenantId = 0; SELECT @@ROWCOUNT AS changed';
  const refused = await hartonomous(['sql', text], env);
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^STATEMENT_REFUSED: UPDATE in line 1/) });
  const written = await hartonomous(['sql', text, '--write', '--json'], env);
  expect(JSON.parse(written.stdout)).toEqual({
    ok: true,
    sets: [{ columns: ['changed'], rows: [{ changed: 1 }], isCut: false }],
  });
  // What is shown is limited, not what the statements see.
  const counting =
    'DECLARE @n int = 0; SELECT @n += 1 FROM sys.objects; SELECT name FROM sys.objects; SELECT @@ROWCOUNT - @n AS n, COUNT(*) - @n AS m FROM sys.objects';
  const counted = JSON.parse((await hartonomous(['sql', counting, '--limit', '2', '--json'], env)).stdout);
  expect(counted.sets[0]).toMatchObject({ isCut: true });
  expect(counted.sets[0].rows).toHaveLength(2);
  expect(counted.sets[1].rows).toEqual([{ n: 0, m: 0 }]);
  const called = await hartonomous(['sql', "sp_executesql N'DELETE FROM dbo.Tenant'"], env);
  expect(called).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^STATEMENT_REFUSED: sp_executesql in line 1/),
  });
  const cut = await hartonomous(['sql', 'SELECT name FROM sys.objects', '--limit', '2'], env);
  expect(cut.stdout).toContain('2 rows shown; there are more: --limit.');
  const wrong = await hartonomous(['sql', 'SELECT * FROM dbo.Nothing'], env);
  expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Invalid object name 'dbo.Nothing'") });
});

test('cypher reads, is refused by the server when it would write, and writes with --write', async () => {
  const label = `Probe${process.pid}`;
  onTestFinished(async () => {
    await hartonomous(['cypher', `MATCH (n:${label}) DETACH DELETE n`, '--write'], env);
  });
  const create = `CREATE (n:${label} {id: 9007199254740993, at: date('2026-11-28')})-[r:KNOWS {since: 1}]->(n) RETURN n, r`;
  const refused = await hartonomous(['cypher', create], env);
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/access mode/i) });
  const written = await hartonomous(['cypher', create, '--write', '--json'], env);
  expect(JSON.parse(written.stdout)).toEqual({
    ok: true,
    columns: ['n', 'r'],
    rows: [
      [
        { labels: [label], properties: { id: '9007199254740993', at: '2026-11-28' } },
        { type: 'KNOWS', properties: { since: '1' } },
      ],
    ],
    isCut: false,
    changes: { nodesCreated: 1, relationshipsCreated: 1, propertiesSet: 3, labelsAdded: 1 },
  });
  const rows = await hartonomous(['cypher', 'UNWIND range(1, 5) AS n RETURN n', '--limit', '2'], env);
  expect(rows.stdout).toBe('n\n1\n2\n2 rows shown; there are more: --limit.\n');
  const none = await hartonomous(['cypher', 'MATCH (n:Nothing) RETURN n.id AS id'], env);
  expect(none.stdout).toBe('id\n0 rows.\n');
});
