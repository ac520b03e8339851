import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { connectPool } from '../process/connect-pool.ts';
import { EmulatorProcess } from '../process/emulator-process.ts';
import { temporaryFolder } from '../process/temporary-folder.ts';

test('--help shows examples, the variable for the password and the exit codes', async () => {
  await using cli = new EmulatorProcess(['--help']);
  const { exitCode, stdout } = await cli.ended;
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}service-broker-emulator\n/);
  for (const option of ['--port', '--host', '--data', '--sa-password', '--database', '--init', '--log-sql', '--json'])
    expect(stdout).toContain(option);
  expect(stdout).toContain('MSSQL_SA_PASSWORD');
  expect(stdout).toContain('Exit codes:');
});

test.each([
  [['--port', '70000'], 'A port is a number from 0 to 65535.'],
  [['--port', '1e3'], 'A port is a number from 0 to 65535.'],
  [['--no-such-option'], 'unknown option'],
  [['--host', ''], 'host'],
])('%j is a wrong use: exit code 2', async (args, message) => {
  await using cli = new EmulatorProcess(args);
  const { exitCode, stderr } = await cli.ended;
  expect(stderr).toContain(message);
  expect(exitCode).toBe(2);
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops it cleanly with connections open', async (signal) => {
  await using cli = new EmulatorProcess(['--port', '0', '--database', 'App', '--log-sql']);
  await using pool = await connectPool(await cli.port);
  pool.on('error', () => undefined);
  const waiting = pool.request().query("WAITFOR DELAY '00:01:00'");
  const broken = expect(waiting).rejects.toThrow();
  await eventually(() => expect(cli.stderr).toContain('WAITFOR'));
  cli.kill(signal);
  const { exitCode, stderr } = await cli.ended;
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`${signal}: stopping.`);
  await broken;
});

test('an init script that never ends does not survive a second signal: exit code 6', async () => {
  using init = temporaryFolder();
  writeFileSync(join(init.path, 'endless.sql'), "PRINT 'begun'\nGO\nWAITFOR DELAY '10:00:00'");
  await using cli = new EmulatorProcess(['--port', '0', '--init', init.path]);
  await eventually(() => expect(cli.stderr).toContain('begun'));
  cli.kill('SIGINT');
  await eventually(() => {
    cli.kill('SIGINT');
    expect(cli.stderr).toContain('Stopped by force (second signal)');
  });
  expect((await cli.ended).exitCode).toBe(6);
});

test('--json prints host, port and process in one line and logs in JSON', async () => {
  await using cli = new EmulatorProcess(['--port', '0', '--json', '--log-sql', '--database', 'App']);
  const port = await cli.port;
  await using pool = await connectPool(port);
  await pool.request().batch("CREATE LOGIN l WITH PASSWORD = 'Very!Secret1'");
  cli.kill('SIGTERM');
  const { stdout, stderr } = await cli.ended;
  expect(JSON.parse(stdout)).toEqual({
    event: 'listening',
    host: '127.0.0.1',
    port,
    data: ':memory:',
    pid: expect.any(Number),
  });
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; text: string });
  expect(lines.find((line) => line.event === 'sql' && line.text.includes('CREATE LOGIN'))).toEqual({
    event: 'sql',
    sessionId: expect.any(Number),
    text: expect.stringContaining("CREATE LOGIN l WITH PASSWORD = '***'"),
  });
  expect(stderr).not.toContain('Very!Secret1');
});

test('a port in use is explained: exit code 3', async () => {
  const other = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  other.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  try {
    await using cli = new EmulatorProcess(['--port', String(port)]);
    const { exitCode, stderr } = await cli.ended;
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is in use by another program`);
    expect(stderr).toContain('(PORT_IN_USE)');
    expect(exitCode).toBe(3);
  } finally {
    other.close();
  }
});

test('a data folder in use, and one that holds something else, are explained: exit code 4', async () => {
  using data = temporaryFolder();
  await using first = new EmulatorProcess(['--port', '0', '--data', data.path]);
  await first.port;
  await using second = new EmulatorProcess(['--port', '0', '--data', data.path]);
  expect(await second.ended).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining('(DATA_DIRECTORY_IN_USE)'),
  });

  using foreign = temporaryFolder();
  writeFileSync(
    join(foreign.path, 'emulator.sqlite'),
    'this is not a database, though it has the name of one'.repeat(99),
  );
  await using third = new EmulatorProcess(['--port', '0', '--data', foreign.path]);
  expect(await third.ended).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining('(DATA_DIRECTORY_UNUSABLE)'),
  });
});

test('listening for the network is warned of, more so with the development password', async () => {
  await using own = new EmulatorProcess(['--port', '0', '--host', '0.0.0.0']);
  await own.port;
  expect(own.stderr).toContain('Warning: listening on 0.0.0.0.');
  await using open = new EmulatorProcess(['--port', '0', '--host', '0.0.0.0'], { MSSQL_SA_PASSWORD: undefined });
  await open.port;
  expect(open.stderr).toContain('the development password of sa');
  await using local = new EmulatorProcess(['--port', '0']);
  await local.port;
  expect(local.stderr).toBe('');
});

test('a password on the command line works and is warned of', async () => {
  await using cli = new EmulatorProcess(['--port', '0', '--sa-password', 'From!Line1', '--database', 'App']);
  await using pool = await connectPool(await cli.port, { password: 'From!Line1' });
  expect((await pool.request().query('SELECT DB_NAME() AS name')).recordset).toEqual([{ name: 'App' }]);
  expect(cli.stderr).toContain('process lists');
  expect(cli.stderr).not.toContain('From!Line1');
});

test('--healthcheck distinguishes a serving emulator from a wrong password and from none', async () => {
  await using cli = new EmulatorProcess(['--port', '0', '--host', '0.0.0.0']);
  const port = String(await cli.port);
  await using healthy = new EmulatorProcess(['--healthcheck', '--port', port, '--host', '0.0.0.0']);
  expect(await healthy.ended).toMatchObject({ exitCode: 0, stdout: 'healthy\n' });
  await using refused = new EmulatorProcess(['--healthcheck', '--port', port], { MSSQL_SA_PASSWORD: 'wrong' });
  expect(await refused.ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('refused the login sa') });
  cli.kill('SIGTERM');
  await cli.ended;
  await using absent = new EmulatorProcess(['--healthcheck', '--port', port]);
  expect(await absent.ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ECONNREFUSED') });
});

test('init scripts run in order, once per data folder; new ones at the next start, changed ones never again', async () => {
  using data = temporaryFolder();
  using init = temporaryFolder();
  const script = (name: string, text: string) => writeFileSync(join(init.path, name), text);
  script('02-rows.sql', "INSERT dbo.t (a) VALUES ('x')\nGO 3\nPRINT 'rows are in'");
  script('01-table.sql', 'CREATE TABLE dbo.t (id int IDENTITY PRIMARY KEY, a nvarchar(10))\nGO\n');
  script('notes.txt', 'not SQL');
  const args = ['--port', '0', '--data', data.path, '--database', 'App', '--init', init.path];
  const count = async (cli: EmulatorProcess) => {
    await using pool = await connectPool(await cli.port);
    return (await pool.request().query('SELECT COUNT(*) AS n FROM dbo.t')).recordset[0].n;
  };
  {
    await using cli = new EmulatorProcess(args);
    expect(await count(cli)).toBe(3);
    expect(cli.stderr).toContain('02-rows.sql: rows are in');
  }
  script('02-rows.sql', 'DROP TABLE dbo.t');
  script('03-more.sql', "INSERT dbo.t (a) VALUES ('y')");
  await using again = new EmulatorProcess(args);
  expect(await count(again)).toBe(4);
  expect(again.stderr).toContain('02-rows.sql has changed since it ran');
});

test('an init script that fails keeps the emulator from starting, names its line, and runs again: exit code 5', async () => {
  using data = temporaryFolder();
  using init = temporaryFolder();
  const file = join(init.path, 'a.sql');
  writeFileSync(file, 'SELECT 1\nGO\n\nSELECT 1\nSELECT * FROM dbo.absent\n');
  const args = ['--port', '0', '--data', data.path, '--init', init.path, '--json'];
  await using failing = new EmulatorProcess(args);
  const { exitCode, stderr } = await failing.ended;
  expect(exitCode).toBe(5);
  expect(JSON.parse(stderr.trim())).toMatchObject({
    event: 'error',
    code: 'INIT_SCRIPT_FAILED',
    text: expect.stringContaining("a.sql failed at line 5 with error 208: Invalid object name 'dbo.absent'."),
  });
  writeFileSync(file, 'SELECT 1');
  await using corrected = new EmulatorProcess(args);
  expect(await corrected.port).toBeGreaterThan(0);
});
