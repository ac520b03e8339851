import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@hartonomous/test-support';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commandGroups } from '../src/commands/command-groups.ts';
import { hartonomous } from './hartonomous.ts';

/** An address at which nothing listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  server.close();
  await once(server, 'close');
  return address.port;
}

const sqlAt = (port: number) =>
  `Server=127.0.0.1,${port};Database=Hartonomous;User Id=sa;Password=Sup3rSecret;TrustServerCertificate=True`;

describe('the command line', () => {
  test.each([
    [['database', 'deploy']],
    [['doctor']],
    [['graph', 'deploy']],
    [['graph', 'verify']],
    [['search']],
    [['similar']],
    [['verify']],
  ])('%j has help with examples', async (args) => {
    const { exitCode, stdout } = await hartonomous([...args, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Examples:');
  });

  test('what isn’t there is no artifact of a worker; what the system refuses is told as that', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hartonomous-cli-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const loop = join(folder, 'loop');
    await symlink(loop, loop);
    const missing = await hartonomous(['release', 'deploy', join(folder, 'none')]);
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^USAGE: .*none is not an artifact/) });
    const refused = await hartonomous(['release', 'deploy', loop]);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^SYSTEM_REFUSED: .*ELOOP/) });
  });

  test('the list of commands has all of them, and --version the version', async () => {
    const { exitCode, stdout } = await hartonomous(['--help']);
    expect(exitCode).toBe(0);
    for (const { commands } of commandGroups) {
      for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    }
    expect(await hartonomous(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  test.each([[['help', 'graph']], [['graph', 'help']]])('%j shows the commands of a group', async (args) => {
    const { exitCode, stdout } = await hartonomous(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('deploy [options]');
  });

  test('help warns of passwords in process lists', async () => {
    const { stdout } = await hartonomous(['graph', 'deploy', '--help']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('process list: prefer the environment variable Neo4j__Password');
  });

  test.each([[['databse']], [['verify', '--jsno']], [['graph']], [[]]])(
    '%j is wrong usage: exit code 2',
    async (args) => {
      const { exitCode, stderr } = await hartonomous(args);
      expect(exitCode).toBe(2);
      expect(stderr).not.toBe('');
    },
  );

  test('verify with nothing to verify is wrong usage', async () => {
    expect(await hartonomous(['verify', '--skip-database', '--skip-graph'])).toMatchObject({ exitCode: 2 });
  });
});

describe('configuration', () => {
  test('a folder without appsettings.json is named', async () => {
    const { exitCode, stderr } = await hartonomous(['verify', '--config', '/nowhere']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('There is no appsettings.json in /nowhere.');
  });

  test('the built-in development settings ask for Windows login, and where that is impossible the way out is named', async () => {
    const { exitCode, stderr } = await hartonomous(['database', 'deploy']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^INTEGRATED_SECURITY_UNAVAILABLE: /);
    expect(stderr).toContain('ConnectionStrings__HartonomousDb');
  });

  test('a missing password is named with the variable that sets it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deploy-cli-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(
      join(folder, 'appsettings.json'),
      '{ "Neo4j": { "Uri": "bolt://localhost:7687", "Username": "neo4j" } }',
    );
    const { exitCode, stderr } = await hartonomous(['graph', 'deploy', '--config', folder]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Neo4j:Password is missing');
    expect(stderr).toContain('Neo4j__Password');
  });

  test('a connection string without a database is refused', async () => {
    const { exitCode, stderr } = await hartonomous([
      ...['database', 'deploy', '--connection-string', 'Server=localhost;User Id=sa;Password=Sup3rSecret'],
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^DATABASE_NAME_MISSING: /);
    expect(stderr).not.toContain('Sup3rSecret');
  });

  test('an option wins over the environment', async () => {
    const { stderr } = await hartonomous(['graph', 'deploy', '--neo4j-uri', 'nonsense'], {
      Neo4j__Uri: 'bolt://localhost',
    });
    expect(stderr).toContain('got "nonsense"');
  });
});

describe('servers that are not there', () => {
  test('SQL Server: exit code 3, what to look at, no password', async () => {
    const port = await deadPort();
    const { exitCode, stderr } = await hartonomous(['database', 'deploy'], {
      ConnectionStrings__HartonomousDb: sqlAt(port),
    });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^BROKER_UNAVAILABLE: /);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(stderr).not.toContain('Sup3rSecret');
  });

  test('Neo4j: the first of the six steps fails', async () => {
    const port = await deadPort();
    const { exitCode, stdout, stderr } = await hartonomous([
      'graph',
      'deploy',
      '--neo4j-uri',
      `bolt://127.0.0.1:${port}`,
    ]);
    expect(exitCode).toBe(3);
    expect(stdout).toBe('[1/6] Testing Neo4j Connection... ✗\n');
    expect(stderr).toMatch(/^NEO4J_UNAVAILABLE: /);
  });

  test('verify looks at the second server although the first is away, and says so as JSON too', async () => {
    const port = await deadPort();
    const { exitCode, stdout } = await hartonomous(['verify', '--json'], {
      ConnectionStrings__HartonomousDb: sqlAt(port),
      Neo4j__Uri: `bolt://127.0.0.1:${port}`,
      Neo4j__Password: 'Sup3rSecret',
    });
    expect(exitCode).toBe(3);
    expect(stdout).not.toContain('Sup3rSecret');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      subjects: [
        { subject: 'database', failure: { code: 'BROKER_UNAVAILABLE' } },
        { subject: 'graph', failure: { code: 'NEO4J_UNAVAILABLE' } },
      ],
    });
  });
});

test('SIGTERM ends a command that waits for a silent server with 143', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const connected = once(silent, 'connection');
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=@hartonomous/source', main, 'graph', 'deploy', '--neo4j-uri', `bolt://127.0.0.1:${address.port}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  await connected;
  child.kill('SIGTERM');
  await eventually(() => expect(child.exitCode).toBe(143));
  expect(stderr).toMatch(/^STOPPED: /);
});

test('a reader that has seen enough ends the command silently', async () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@hartonomous/source', main, '--help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  await once(child, 'close');
  expect({ stderr, exitCode: child.exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The command as a process, with an address of SQL Server at which nobody ever answers. */
async function hangingCommand(): Promise<{ child: ChildProcess; stderr: () => string }> {
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const connected = once(silent, 'connection');
  const child = spawn(
    process.execPath,
    ['--conditions=@hartonomous/source', main, 'graph', 'deploy', '--neo4j-uri', `bolt://127.0.0.1:${address.port}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  await connected;
  return { child, stderr: () => stderr };
}

test('a terminal that is closed ends a command as a signal does, with 129', async () => {
  const { child, stderr } = await hangingCommand();
  child.kill('SIGHUP');
  await eventually(() => expect(child.exitCode).toBe(129));
  expect(stderr()).toMatch(/^STOPPED: /);
});

test('output that can not be written is told in a line, with exit code 1', async () => {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const child = spawn(process.execPath, ['--conditions=@hartonomous/source', main, 'graph', 'verify', '--json'], {
    stdio: ['ignore', full, 'pipe'],
    env: { ...process.env, Neo4j__Uri: `bolt://127.0.0.1:${await deadPort()}`, Neo4j__Password: 'x' },
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  await once(child, 'close');
  expect(stderr).toMatch(/^OUTPUT_FAILED: The output can't be written: .*ENOSPC.*\n$/);
  expect(child.exitCode).toBe(1);
});

describe('a command line that can not be understood', () => {
  test.each([
    [['verify', '--jsno']],
    [['databse']],
    [['search']],
    [['tenant', 'add', '1', 'a', 'b']],
    [['service', 'logs', 'neo4j-sync', '--manager', 'upstart']],
    [['graph']],
  ])('%j with --json is one document', async (args) => {
    const { exitCode, stdout, stderr } = await hartonomous([...args, '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    const { ok, error } = JSON.parse(stdout);
    expect({ ok, code: error.code }).toEqual({ ok: false, code: 'USAGE' });
    expect(error.message).not.toMatch(/^error:|outputHelp/);
  });

  test.each([
    [['doctor', '--neo4j-pasword=hunter22']],
    [['doctor', '--connection-string', 'Server=db', 'User', 'Id=sa', 'Password=hunter22']],
    [['verify', 'bolt://neo4j:hunter22@db']],
    [['--neo4j-password=hunter22']],
    [['Server=db;Password=hunter22']],
  ])('%j shows no secret of it', async (args) => {
    for (const json of [[], ['--json']]) {
      const { exitCode, stdout, stderr } = await hartonomous([...args, ...json]);
      expect(exitCode).toBe(2);
      expect(`${stdout}${stderr}`).not.toBe('');
      expect(`${stdout}${stderr}`).not.toContain('hunter22');
    }
  });

  test('what stands behind -- is text, and asks for no JSON', async () => {
    const { stdout, stderr } = await hartonomous(['verify', '--', '--json']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: too many arguments/);
  });
});
