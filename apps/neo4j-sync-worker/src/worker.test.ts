import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { queueWorkerCommand } from '@hartonomous/queue-worker';
import { runCommand } from '@hartonomous/worker-host';
import { expect, test } from 'vitest';
import { neo4jSync } from './worker.ts';

async function command(args: readonly string[], env: Record<string, string> = {}) {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCommand(queueWorkerCommand(neo4jSync), args, {
    env,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    forceExit: (code) => expect.unreachable(`forced exit with ${code}`),
  });
  return { exitCode, stdout, stderr };
}

test('--help shows examples; a wrong command line has exit code 2', async () => {
  const help = await command(['--help']);
  expect(help).toMatchObject({ exitCode: 0, stderr: '' });
  expect(help.stdout).toContain('Examples:');
  expect(await command(['--nonsense'])).toMatchObject({ exitCode: 2, stdout: '' });
});

test('--version names the program', async () => {
  expect(await command(['--version'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^neo4j-sync-worker \d+\.\d+\.\d+/),
  });
});

test('--check shows the settings without secrets', async () => {
  const { exitCode, stdout } = await command(['--check', '--environment', 'Development'], {
    Neo4j__Password: 'very-hidden',
  });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('The configuration is valid (environment Development)');
  expect(stdout).toContain("Uri: 'bolt://localhost:7687'");
  expect(stdout).not.toContain('very-hidden');
  expect(stdout).not.toContain('Hartonomous!1');
});

test('production without its passwords: every missing one at once, exit code 1', async () => {
  const { exitCode, stderr } = await command(['--check', '--environment', 'Production'], {
    AzureAppConfiguration__Enabled: 'False',
    KeyVault__Enabled: 'False',
  });
  expect(exitCode).toBe(1);
  for (const key of ['ConnectionStrings:HartonomousDb', 'Neo4j:Username', 'Neo4j:Password']) {
    expect(stderr).toContain(key);
  }
});

test('an environment that is named and has no file is warned of', async () => {
  const { exitCode, stdout } = await command(['--check', '--environment', 'Prodution'], {
    ConnectionStrings__HartonomousDb: 'Server=localhost;Database=Hartonomous;User Id=app;Password=x',
  });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^Warning: --environment names the environment Prodution, .*\(did you mean Production\?\)\.$/m,
  );
});

test('production on one machine alone: without Azure, everything from variables', async () => {
  const { exitCode, stdout } = await command(['--check', '--environment', 'Production'], {
    AzureAppConfiguration__Enabled: 'False',
    KeyVault__Enabled: 'False',
    ConnectionStrings__HartonomousDb: 'Server=HART-DESKTOP;Database=Hartonomous;User Id=app;Password=x',
    Neo4j__Username: 'neo4j',
    Neo4j__Password: 'x',
  });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Uri: 'bolt://HART-DESKTOP:7687'");
});

test('a folder without settings, and a reader that could never be well', async () => {
  expect((await command(['--check', '--config', '/nonexistent'])).stderr).toContain('There is no appsettings.json in');
  const { exitCode, stderr } = await command([
    '--check',
    '--environment=Development',
    '--Worker:WaitMs=5000',
    '--Worker:MaxReceiveAgeMs=4000',
  ]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Worker:MaxReceiveAgeMs');
});

test.each(['--help', '--version', '--check'])(
  '%s to a reader that is gone, or a full disk, ends as it does otherwise',
  async (option) => {
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    const full = openSync('/dev/full', 'w');
    for (const stdout of ['pipe', full] as const) {
      const child = spawn(
        process.execPath,
        ['--conditions=@hartonomous/source', main, option, '--environment', 'Development'],
        { stdio: ['ignore', stdout, 'pipe'] },
      );
      child.stdout?.destroy();
      let stderr = '';
      child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
      await once(child, 'close');
      expect({ stderr, exitCode: child.exitCode }).toEqual({ stderr: '', exitCode: 0 });
    }
    closeSync(full);
  },
);
