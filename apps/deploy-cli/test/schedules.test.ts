import { parseSqlConnectionString } from '@hartonomous/config-loader';
import { openSqlServer, runSchedules, type ScheduleEvent } from '@hartonomous/operations';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { asRoleLogin, createRoleLogins, eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { hartonomous } from './hartonomous.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const database = 'Hartonomous';
let sql: TestServer;
let env: Record<string, string>;

beforeAll(async () => {
  sql = await startTestServer();
  env = { ConnectionStrings__HartonomousDb: sql.connectionString(database), Neo4j__Enabled: 'false' };
  expect(await hartonomous(['database', 'deploy'], env)).toMatchObject({ exitCode: 0 });
  await sql.run(database, createRoleLogins());
});
afterAll(() => sql?.[Symbol.asyncDispose]());
beforeEach(() => sql.run(database, 'DELETE FROM dbo.Schedule;', 'DELETE FROM dbo.ScheduleRun;'));

const schedule = (...args: readonly string[]) => hartonomous(['schedule', ...args], env);
const add = (name: string, kind: string, ...args: readonly string[]) =>
  schedule('add', name, '--kind', kind, '--cron', '30 2 * * *', ...args);
let dues = 0;
/** Has it be due since a minute or two, as if nobody had run it; each time at a second of its own. */
const due = (name: string) => {
  dues += 1;
  return sql.run(
    database,
    `UPDATE dbo.Schedule SET IsEnabled = 1, DueAt = DATEADD(SECOND, ${dues - 150}, SYSUTCDATETIME()) WHERE Name = N'${name}';`,
  );
};
const value = (text: string) => sql.value(database, text);
const runs = async (name: string) => {
  const { stdout } = await schedule('history', name, '--json');
  return (
    JSON.parse(stdout) as {
      runs: { outcome: string; attempts: number; changes: number; summary: string; journal: unknown }[];
    }
  ).runs;
};

test('add, list, disable, enable, change, remove: each says what it does, and a dry run changes nothing', async () => {
  const dry = await add('nightly', 'purge', '--time-zone', 'Europe/Berlin', '--dry-run');
  expect(dry.stdout).toMatch(/^Would add nightly: purge, 30 2 \* \* \*, Europe\/Berlin\.\n {6}Due next at \S+Z\./);
  expect(dry.exitCode).toBe(10);
  expect(await value('SELECT COUNT(*) AS n FROM dbo.Schedule;')).toBe(0);
  expect(await add('nightly', 'purge', '--set', 'logDays=7')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await add('NIGHTLY', 'canary')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^SCHEDULE_EXISTS: There is a schedule NIGHTLY/),
  });
  const repair = await add('repair', 'self-repair');
  expect(repair.stdout).toContain('It is disabled. To begin it: hartonomous schedule enable repair');

  const list = await schedule('list');
  expect(list.stdout.split('\n')).toEqual([
    expect.stringMatching(/^NAME +KIND +STATE +NEXT +LAST RUN$/),
    expect.stringMatching(/^nightly +purge +enabled +\d{4}-\d\d-\d\dT02:30Z +never ran$/),
    '      30 2 * * * UTC logDays=7',
    expect.stringMatching(/^repair +self-repair +disabled +- +never ran$/),
    '      30 2 * * * UTC',
    '',
  ]);
  expect(list.exitCode).toBe(0);

  expect((await schedule('disable', 'nightly', '--dry-run')).exitCode).toBe(10);
  expect((await schedule('enable', 'nightly', '--dry-run')).exitCode).toBe(0);
  expect((await schedule('disable', 'nightly')).stdout).toBe('✓ Disabled nightly.\n');
  expect((await schedule('disable', 'nightly')).stdout).toBe('nightly is disabled already.\n');
  expect((await schedule('enable', 'nightly')).stdout).toMatch(/^✓ Enabled nightly\.\n {6}Due next at \S+T02:30Z\./);

  const kept = () =>
    value("SELECT CONCAT(CronExpression, N' ', Parameters) AS t FROM dbo.Schedule WHERE Name = N'nightly';");
  expect((await schedule('change', 'nightly', '--cron', '0 4 * * *', '--dry-run')).exitCode).toBe(10);
  expect(await kept()).toBe('30 2 * * * {"logDays":7}');
  const changed = await schedule('change', 'nightly', '--cron', '0 4 * * *', '--set', 'deadLetterDays=9');
  expect(changed.stdout).toMatch(/^✓ Changed nightly: 0 4 \* \* \*, UTC\.\n {6}Due next at \S+T04:00Z\./);
  expect(await kept()).toBe('0 4 * * * {"deadLetterDays":9}');

  expect((await schedule('remove', 'nightly', '--dry-run')).exitCode).toBe(10);
  expect(await schedule('remove', 'nightly')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') });
  expect((await schedule('remove', 'nightly', '--yes')).stdout).toMatch(/^✓ Removed nightly/);
  expect(await value('SELECT COUNT(*) AS n FROM dbo.Schedule;')).toBe(1);
});

test.each([
  [
    ['add', 'x', '--kind', 'purge', '--cron', '61 * * * *'],
    /SCHEDULE_UNUSABLE: "61 \* \* \* \*" can't be used.*five fields/s,
  ],
  [['add', 'x', '--kind', 'purge', '--cron', '0 0 30 2 *'], /never comes/],
  [['add', 'x', '--kind', 'purge', '--cron', '0 0 * * *', '--time-zone', 'Mars/Base'], /no time zone "Mars\/Base"/],
  [
    ['add', 'x', '--kind', 'purge', '--cron', '0 0 * * *', '--set', 'days=1'],
    /can't be used for PURGE.*It may have: logDays/s,
  ],
  [['add', 'x', '--kind', 'purge', '--cron', '0 0 * * *', '--set', 'days'], /Give KEY=VALUE/],
  [['add', 'x y', '--kind', 'purge', '--cron', '0 0 * * *'], /1 to 64 characters without blanks/],
  [['add', 'x', '--kind', 'backup', '--cron', '0 0 * * *'], /Allowed choices are purge, reconcile/],
  [['change', 'x', '--cron', '0 0 * * *'], /SCHEDULE_UNKNOWN/],
  [['change', 'x'], /There is nothing to change/],
  [['enable', 'x'], /SCHEDULE_UNKNOWN: There is no schedule x/],
  [['remove', 'x', '--yes'], /SCHEDULE_UNKNOWN/],
  [['trigger', 'x'], /SCHEDULE_UNKNOWN/],
  [['run', '--lease', '1'], /--lease 1 can't be used/],
])('wrong usage: %j', async (args, message) => {
  const { exitCode, stderr } = await schedule(...args);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

test('trigger: due at once, in the second of its last run too; not while it is disabled, and once until somebody has run it', async () => {
  await add('nightly', 'purge');
  expect(await schedule('trigger', 'nightly', '--dry-run')).toMatchObject({
    exitCode: 10,
    stdout: expect.stringContaining('would be due now'),
  });
  expect((await schedule('list')).stdout).toMatch(/nightly +purge +enabled +\S+T02:30Z +never ran/);
  for (const times of [1, 2]) {
    expect((await schedule('trigger', 'nightly')).stdout).toContain('✓ nightly is due now.');
    expect((await schedule('trigger', 'nightly')).stdout).toContain('due already');
    // In the second of its last run, it is due in the next one.
    await eventually(async () => {
      expect(await schedule('run', '--once', '--kind', 'purge')).toMatchObject({ exitCode: 0 });
      expect(await runs('nightly')).toHaveLength(times);
    });
  }
  expect(await runs('nightly')).toMatchObject([
    { outcome: 'DONE', attempts: 1 },
    { outcome: 'DONE', attempts: 1 },
  ]);
  expect((await schedule('list')).stdout).toMatch(/nightly +purge +enabled +\S+T02:30Z +DONE/);
  await schedule('disable', 'nightly');
  expect(await schedule('trigger', 'nightly')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^SCHEDULE_DISABLED: .*enable nightly/s),
  });
});

test('however many run it, each due time has one run; and with the rights of a worker', async () => {
  await add('nightly', 'purge');
  await sql.run(
    database,
    "INSERT INTO dbo.Neo4jSyncLog (LoggedAt, Outcome) VALUES (DATEADD(DAY, -40, SYSUTCDATETIME()), N'SYNCED');",
  );
  await due('nightly');
  const settings = parseSqlConnectionString(asRoleLogin(sql.connectionString(database), 'worker'));
  const events: ScheduleEvent[] = [];
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      await using client = await openSqlServer(settings);
      const { signal } = new AbortController();
      const timing = { pollMs: 1_000, leaseSeconds: 60, once: true };
      const onEvent = (event: ScheduleEvent) => events.push(event);
      await runSchedules({
        client,
        database: settings,
        graph: undefined,
        kinds: ['PURGE'],
        ...timing,
        onEvent,
        signal,
      });
    }),
  );
  expect(events.map(({ type }) => type)).toEqual(['begun', 'ended']);
  expect(await runs('nightly')).toMatchObject([{ outcome: 'DONE', attempts: 1, changes: 1 }]);
  expect(
    await value('SELECT COUNT(*) AS n FROM dbo.Schedule WHERE DueAt > SYSUTCDATETIME() AND LeaseOwner IS NULL;'),
  ).toBe(1);
  // What was missed is made up for once.
  expect((await schedule('run', '--once', '--kind', 'purge')).stdout).toBe('Works on purge\n');
});

test('who vanishes is followed by another, can end nothing any more, and is given up in the end', async () => {
  await add('nightly', 'purge');
  await due('nightly');
  const vanish = () =>
    sql.run(
      database,
      `DECLARE @Id UNIQUEIDENTIFIER = NEWID();
       EXEC dbo.sp_ClaimSchedule @WorkerId = @Id, @RunBy = N'gone-1', @Kinds = N'["PURGE"]', @LeaseSeconds = 0;`,
    );
  await vanish();
  const taken = await schedule('run', '--once', '--kind', 'purge');
  expect(taken.stdout).toMatch(/attempt 2: the process before this one vanished\n.*✓ nightly: DONE/);
  expect(await runs('nightly')).toMatchObject([{ outcome: 'DONE', attempts: 2 }]);
  const late = await sql.value(
    database,
    `DECLARE @IsHeld BIT, @Schedule INT, @Run BIGINT;
     SELECT @Schedule = ScheduleId, @Run = ScheduleRunId FROM dbo.ScheduleRun;
     EXEC dbo.sp_FinishSchedule @ScheduleId = @Schedule, @LeaseToken = 1, @ScheduleRunId = @Run, @Outcome = N'FAILED',
       @Changes = 0, @Summary = N'late', @NextDueAt = NULL, @IsHeld = @IsHeld OUTPUT;
     SELECT CONVERT(INT, @IsHeld) AS n;`,
  );
  expect(late).toBe(0);
  expect(await runs('nightly')).toMatchObject([{ outcome: 'DONE' }]);

  // Nobody comes back to a run whose schedule was disabled, or given another time, before somebody took over.
  await due('nightly');
  await vanish();
  expect((await runs('nightly'))[0]).toMatchObject({ outcome: 'RUNNING' });
  await schedule('disable', 'nightly');
  expect((await runs('nightly'))[0]).toMatchObject({ outcome: 'ABANDONED' });
  await due('nightly');
  await schedule('run', '--once', '--kind', 'purge');
  expect(await runs('nightly')).toMatchObject([
    { outcome: 'DONE' },
    { outcome: 'ABANDONED', summary: expect.stringContaining('given another time') },
    {},
  ]);

  await sql.run(database, 'DELETE FROM dbo.ScheduleRun;');
  await due('nightly');
  for (let time = 0; time < 5; time += 1) await vanish();
  const given = await schedule('run', '--once', '--kind', 'purge');
  expect(given).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/✗ nightly: ABANDONED .*; next at/) });
});

test('an expression that was spoilt by hand disables its schedule, and says so', async () => {
  await add('nightly', 'purge');
  await due('nightly');
  await sql.run(database, "UPDATE dbo.Schedule SET CronExpression = N'x';");
  const { stdout } = await schedule('run', '--once', '--kind', 'purge');
  expect(stdout).toMatch(/nightly: DONE .*; it is disabled now\n.*It is disabled now: "x" can't be used/);
  expect(await value('SELECT COUNT(*) AS n FROM dbo.Schedule WHERE IsEnabled = 1;')).toBe(0);
});

test('what a login lacks the rights for is said and left to others; what nobody claims is overdue', async () => {
  env.ConnectionStrings__HartonomousDb = asRoleLogin(sql.connectionString(database), 'worker');
  const mixed = await schedule('run', '--once');
  const refused = await schedule('run', '--once', '--kind', 'self-repair');
  env.ConnectionStrings__HartonomousDb = sql.connectionString(database);
  expect(mixed.stdout).toMatch(/^! reconcile is left to others: this login lacks a graph: Neo4j:Enabled is False$/m);
  expect(mixed.stdout).toMatch(/^! backfill is left to others: .* EXECUTE dbo\.sp_BackfillEmbeddings$/m);
  expect(mixed.stdout).toMatch(/^! self-repair is left to others: this login lacks membership of db_owner$/m);
  expect(mixed.stdout).toMatch(/^Works on purge, canary$/m);
  expect(mixed.exitCode).toBe(0);
  expect(refused).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('✗ Nothing is worked on.') });

  await add('repair', 'self-repair', '--enabled');
  await sql.run(database, 'UPDATE dbo.Schedule SET DueAt = DATEADD(SECOND, -603, SYSUTCDATETIME());');
  const list = await schedule('list');
  expect(list.stdout).toMatch(/^repair +self-repair +OVERDUE .*\n.*\n +Due for 10 min \d+ s and claimed by nobody/m);
  expect(list.exitCode).toBe(1);
  const { stdout } = await hartonomous(['doctor'], env);
  expect(stdout).toMatch(/The schedule repair has been due for 10 minutes, and nobody works on it/);
});

test('self-repair makes a safe fix once a day, in its journal, and none while somebody is at work', async () => {
  await add('repair', 'self-repair', '--enabled');
  const off = 'ALTER QUEUE dbo.EmbeddingQueue WITH STATUS = OFF;';
  const isOn = () =>
    value("SELECT CONVERT(INT, is_receive_enabled) AS n FROM sys.service_queues WHERE name = N'EmbeddingQueue';");
  const repair = async () => {
    await due('repair');
    return await schedule('run', '--once', '--kind', 'self-repair');
  };
  await sql.run(database, off);
  await hartonomous(['queue', 'pause', 'sync', '--reason', 'looking into it', '--wait', '0'], env);
  expect((await repair()).stdout).toMatch(
    /✓ repair: SKIPPED .*\n.*is paused by .*: looking into it\. Somebody is at work/,
  );
  expect(await isOn()).toBe(0);
  await hartonomous(['queue', 'resume', 'sync'], env);

  expect((await repair()).stdout).toMatch(/repair: \w+ .*\n +done: ALTER QUEUE dbo\.EmbeddingQueue WITH STATUS = ON;/);
  expect(await isOn()).toBe(1);
  const [made] = await runs('repair');
  expect(made).toMatchObject({
    changes: 1,
    journal: {
      found: expect.arrayContaining([
        expect.objectContaining({ id: 'queue.status.dbo.EmbeddingQueue', state: 'problem' }),
      ]),
      fixes: [{ text: 'ALTER QUEUE dbo.EmbeddingQueue WITH STATUS = ON;', state: 'done' }],
    },
  });

  await sql.run(database, off);
  const again = await repair();
  expect(again.stdout).toMatch(/✗ repair: FAILED .*\n +Nothing was changed\. Problems that are left: queue\.status/);
  expect(again.exitCode).toBe(1);
  expect(await isOn()).toBe(0);
  expect((await runs('repair'))[0]).toMatchObject({
    changes: 0,
    journal: { leftOut: [{ why: expect.stringMatching(/already applied within the last day/) }] },
  });
  await sql.run(database, 'ALTER QUEUE dbo.EmbeddingQueue WITH STATUS = ON;');
});

test('a backfill without a model has nothing to do; a canary that nobody takes has failed', async () => {
  await add('fill', 'backfill');
  await add('canary', 'canary', '--set', 'seconds=1');
  await due('fill');
  await due('canary');
  const { exitCode, stdout } = await schedule('run', '--once', '--kind', 'backfill', 'canary');
  expect(stdout).toMatch(/✓ fill: SKIPPED .*\n +No model of embeddings is enabled\./);
  expect(stdout).toMatch(/✗ canary: FAILED .*\n +A message about tenant 0 was not synced within 1 s\./);
  expect(exitCode).toBe(1);
});
