import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
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

// Ids: 1 a tenant that is there, 2 one that is gone, 3 one that names no entity, 4 one without tenant that is gone.
beforeEach(async () => {
  const letter = (id: number, fields: string, body = 'N') =>
    `INSERT INTO dbo.Neo4jSyncDeadLetterQueue (DeadLetterId, ReasonCode, ReasonText, MessageTypeName, ConversationHandle, ReceivedAt,
       EntityType, EntityId, TenantId, SyncType, MessageBody)
     VALUES (${id}, N'BAD', N'it is bad', N'Neo4jSyncRequest', NEWID(), SYSUTCDATETIME(), ${fields},
       CONVERT(VARBINARY(MAX), ${body}'<Neo4jSync/>'));`;
  await sql.run(
    database,
    'DELETE FROM dbo.Neo4jSyncDeadLetterQueue;',
    'SET IDENTITY_INSERT dbo.Neo4jSyncDeadLetterQueue ON;',
    letter(1, "N'Tenant', 0, 0, N'UPDATE'"),
    letter(2, "N'Tenant', 77, 77, N'DELETE'"),
    letter(3, 'NULL, NULL, NULL, NULL', ''),
    letter(4, "N'Atom', 77, NULL, N'UPDATE'"),
  );
});

const deadletter = (...args: readonly string[]) => hartonomous(['deadletter', ...args], env);
const queued = () => sql.value(database, 'SELECT COUNT(*) AS n FROM dbo.Neo4jSyncQueue WITH (NOLOCK);').then(Number);
const stateOf = (id: number) =>
  sql.value(
    database,
    `SELECT CONCAT(d.ReplayState, N' ', d.ReplayCount) AS s FROM dbo.Neo4jSyncDeadLetterQueue AS d WHERE d.DeadLetterId = ${id};`,
  );

test('list shows them, filtered and page by page; show has all of one', async () => {
  const { exitCode, stdout } = await deadletter('list', '--limit', '2', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, deadLetters: [{ id: '1', entityType: 'Tenant' }, { id: '2' }] });
  expect((await deadletter('list', '--after', '3')).stdout).toMatch(
    /^id {2}dead-lettered +state +subject\n4 +\S+Z {2}PENDING {2}Atom 77\n {4}BAD: it is bad\n1 dead letter\.\n$/,
  );
  expect((await deadletter('list', '--state', 'REPLAYED')).stdout).toBe('0 dead letters.\n');
  expect((await deadletter('show', '1')).stdout).toContain('bodyText: <Neo4jSync/>');
  expect(await deadletter('show', '99')).toMatchObject({
    exitCode: 1,
    stderr:
      'DEAD_LETTER_NOT_FOUND: There is no dead letter 99 of the queue sync.\n' +
      'Each queue counts its own: --queue ingestion or --queue embedding, or hartonomous deadletter list.\n',
  });
});

test('groups count them by reason, the most frequent first, with what the newest says', async () => {
  await sql.run(database, "UPDATE dbo.Neo4jSyncDeadLetterQueue SET ReasonCode = N'RARE' WHERE DeadLetterId = 2;");
  const { exitCode, stdout } = await deadletter('groups');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^letters {2}reason +oldest +newest\n3 +BAD .*\n {6}4: it is bad\n1 +RARE .*\n {6}2: it is bad\n4 dead letters, 2 reasons\.\n$/,
  );
  expect(JSON.parse((await deadletter('groups', '--state', 'REPLAYED', '--json')).stdout)).toEqual({
    ok: true,
    groups: [],
  });
});

test('an answer at the terminal decides', async () => {
  const { runCli } = await import('../src/run-cli.ts');
  const answered = async (answer: string) => {
    let stdout = '';
    const exitCode = await runCli(['deadletter', 'purge', '--older-than', '0', '--state', 'PENDING'], {
      env,
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: () => undefined },
      signal: new AbortController().signal,
      ask: async (question) => {
        expect(question).toBe('Delete 4 dead letters for good? [y/N] ');
        return answer;
      },
    });
    return { exitCode, stdout };
  };
  expect(await answered('')).toEqual({ exitCode: 0, stdout: 'Nothing was changed.\n' });
  expect(await answered('y')).toEqual({ exitCode: 0, stdout: '4 dead letters were deleted.\n' });
});

test('replay --dry-run says what each would change and changes nothing', async () => {
  const before = await queued();
  const { exitCode, stdout } = await deadletter('replay', '--all', '--dry-run');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('✓ 1: enqueues Tenant 0; its row is there');
  expect(stdout).toMatch(/^ {6}\(:Tenant \{tenantId: 0\}\)\n {6}name = System\n/m);
  expect(stdout).toMatch(/✓ 2: enqueues Tenant 77; its row is gone.*\n {6}the graph loses its node or edge\n/);
  expect((await deadletter('replay', '1', '--dry-run')).exitCode).toBe(10);
  expect(stdout).toContain('✗ 3: it names no known entity');
  expect(await queued()).toBe(before);
  expect(await stateOf(1)).toBe('PENDING 0');
});

test('replay enqueues what can be enqueued and keeps its history; what fails stays as it was', async () => {
  const before = await queued();
  const { exitCode, stdout } = await deadletter('replay', '--all', '--json');
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    deadLetters: expect.arrayContaining([
      { id: '1', outcome: 'replayed', plan: expect.objectContaining({ rowExists: true }) },
      expect.objectContaining({
        id: '4',
        outcome: 'failed',
        error: expect.objectContaining({ code: 'SQL_STATEMENT_FAILED' }),
      }),
    ]),
  });
  expect(await queued()).toBe(before + 2);
  expect([await stateOf(1), await stateOf(2), await stateOf(3), await stateOf(4)]).toEqual([
    'REPLAYED 1',
    'REPLAYED 1',
    'PENDING 0',
    'PENDING 0',
  ]);
  const again = await deadletter('replay', '1');
  expect(again).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('it is REPLAYED already') });
  expect(await queued()).toBe(before + 2);
});

test('a body can be sent again as it is', async () => {
  expect(await deadletter('replay', '3', '--send-body')).toMatchObject({ exitCode: 0 });
  expect(await stateOf(3)).toBe('REPLAYED 1');
  const sent = `FROM dbo.Neo4jSyncQueue AS m WITH (NOLOCK)
    INNER JOIN sys.conversation_endpoints AS e WITH (NOLOCK) ON e.conversation_handle = m.conversation_handle
    WHERE m.message_body = CONVERT(VARBINARY(MAX), '<Neo4jSync/>')`;
  // The reader ends it with the last message of its dialog, as it does for messages of applications.
  expect(await sql.rows(database, `SELECT e.state ${sent};`)).toEqual([{ state: 'CO' }]);
});

test('purge deletes replayed ones only, unless told, and counts first', async () => {
  await deadletter('replay', '1');
  expect((await deadletter('purge', '--older-than', '0', '--dry-run')).stdout).toBe(
    '1 dead letter would be deleted.\n',
  );
  expect((await deadletter('purge', '--older-than', '1')).stdout).toBe('0 dead letters were deleted.\n');
  // Age is by the clock of SQL Server, whatever this machine believes.
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 30 * 86_400_000);
  expect((await deadletter('purge', '--older-than', '1', '--dry-run')).stdout).toBe(
    '0 dead letters would be deleted.\n',
  );
  vi.restoreAllMocks();
  expect(await deadletter('purge', '--older-than', '0')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^USAGE: Delete 1 dead letter for good: that needs an answer/),
  });
  expect((await deadletter('purge', '--older-than', '0', '--yes')).stdout).toBe('1 dead letter was deleted.\n');
  expect((await deadletter('purge', '--older-than', '0', '--state', 'PENDING', '--yes')).stdout).toBe(
    '3 dead letters were deleted.\n',
  );
});

test.each([
  [['replay']],
  [['replay', '1', '--all']],
  [['replay', 'one']],
  [['purge']],
  [['list', '--limit', '0']],
  [['list', '--state', 'OTHER']],
])('%s is a wrong command line', async (args) => {
  expect(await deadletter(...args)).toMatchObject({ exitCode: 2 });
});

test('a body with a signature in it is shown without, and not as bytes', async () => {
  await sql.run(
    database,
    `UPDATE dbo.Neo4jSyncDeadLetterQueue SET MessageBody = CONVERT(VARBINARY(MAX), N'<a>https://acct/f?sv=1&amp;sig=S3CR3T%3D</a>')
     WHERE DeadLetterId = 1;`,
  );
  const shown = await deadletter('show', '1', '--json');
  expect(JSON.parse(shown.stdout)).toMatchObject({
    deadLetter: { bodyText: '<a>https://acct/f?sv=1&amp;sig=***</a>', bodyHex: null },
  });
});
