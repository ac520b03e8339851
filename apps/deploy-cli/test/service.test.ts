import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

test('a dry run shows every file and command, whatever runs here', async () => {
  const args = ['service', 'install', 'neo4j-sync', '--manager', 'systemd', '--dry-run'];
  const { exitCode, stdout, stderr } = await hartonomous([...args, '--node', process.execPath]);
  expect(stderr).toBe('');
  expect(exitCode).toBe(10);
  for (const line of [
    '  write /etc/systemd/system/hartonomous-worker@.service',
    '      Type=notify',
    '  write /etc/systemd/system/hartonomous-worker@neo4j-sync.service.d/10-hartonomous.conf',
    '      Environment=DOTNET_ENVIRONMENT=Production',
    '  systemctl enable hartonomous-worker@neo4j-sync.service',
  ]) {
    expect(stdout.split('\n')).toContain(line);
  }
  expect(stdout).not.toContain('systemctl restart');
});

test('Windows: the same from any machine, with the T-SQL for its login', async () => {
  const args = ['service', 'install', 'ces-consumer', '--manager', 'winsw', '--winsw', 'WinSW-x64.exe', '--dry-run'];
  const { exitCode, stdout } = await hartonomous([...args, '--account', 'CORP\\svc-ces$', '--json']);
  expect(exitCode).toBe(10);
  const { steps, sql } = JSON.parse(stdout) as { steps: { command?: string; args?: string[] }[]; sql: string };
  expect(steps).toContainEqual({
    kind: 'run',
    command: 'sc.exe',
    args: ['config', 'HartonomousCesConsumer', 'obj=', 'CORP\\svc-ces$'],
  });
  expect(sql).toContain('CREATE LOGIN [CORP\\svc-ces$] FROM WINDOWS;');
});

test.each([
  [['install', 'neo4j'], /There is no worker "neo4j"/],
  [['install', 'neo4j-sync', '--dry-run', '--manager', 'winsw'], /--winsw is missing/],
  [['install', 'neo4j-sync', '--dry-run', '--memory', '12'], /--memory 12 can't be used/],
  [['install', 'neo4j-sync', '--dry-run', '--setting-file', 'password=/x'], /A value of --setting-file can't be used/],
  [['install', 'neo4j-sync', '--dry-run', '--setting-file', 'Neo4j__Password=x'], /can't be used/],
  [['status', '--manager', 'winsw'], /sc\.exe query/],
  [['logs', 'neo4j-sync', '--lines', '0'], /--lines 0 can't be used/],
])('wrong usage: %j', async (args, message) => {
  const { exitCode, stderr } = await hartonomous(['service', ...args]);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

test.runIf(!existsSync('/run/systemd/system'))(
  'without systemd nothing is tried, and it says what can be',
  async () => {
    for (const args of [['install', 'neo4j-sync'], ['status'], ['stop', 'neo4j-sync'], ['logs', 'neo4j-sync']]) {
      const { exitCode, stderr } = await hartonomous(['service', ...args, '--manager', 'systemd']);
      expect(stderr).toMatch(/^SERVICE_MANAGER_UNUSABLE: systemd does not run on this machine\.\nWith --dry-run/);
      expect(exitCode).toBe(1);
    }
  },
);
