import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { applySteps } from '../../src/service/apply-steps.ts';
import { stepText } from '../../src/service/service-step.ts';
import { systemdInstallSteps, systemdState, systemdUninstallSteps } from '../../src/service/systemd-service.ts';
import { workerServices } from '../../src/service/worker-services.ts';

// How the programs of a machine are asked and how their answers are read; the programs themselves are the test's.

const signal = new AbortController().signal;
const service = workerServices[0]!;

/** A folder with programs, first on the PATH; each writes down how it was called. */
async function machine(programs: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'machine-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, body] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\necho "${name} $*" >> '${folder}/calls'\n${body}\n`);
    await chmod(join(folder, name), 0o755);
  }
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  return {
    folder,
    unitFolder: join(folder, 'units'),
    calls: async () => (await readFile(join(folder, 'calls'), 'utf8')).trimEnd().split('\n'),
  };
}

const options = (folder: string) => ({
  service,
  node: process.execPath,
  root: join(folder, 'workers'),
  user: 'hartonomous',
  environment: 'Production',
  configFolder: undefined,
  memoryMebibytes: 1024,
  credentials: new Map<string, string>(),
  unitFolder: join(folder, 'units'),
  start: true,
});

async function release(folder: string): Promise<void> {
  await mkdir(join(folder, 'workers', service.name, 'current'), { recursive: true });
  await writeFile(join(folder, 'workers', service.name, 'current', 'main.js'), '');
}

test('installs and removes; what may fail is said and passed over', async () => {
  const { folder, unitFolder, calls } = await machine({
    getent: '[ "$1" = group ] || exit 2',
    useradd: '',
    systemctl: '[ "$1" = clean ] && { echo "no state" >&2; exit 1; }; exit 0',
  });
  await release(folder);
  for await (const _ of applySteps(await systemdInstallSteps(options(folder), signal), signal));
  const skipped: string[] = [];
  for await (const applied of applySteps(await systemdUninstallSteps(service, unitFolder), signal)) {
    if (applied.skipped !== undefined) skipped.push(`${stepText(applied.step)}: ${applied.skipped}`);
  }
  const unit = 'hartonomous-worker@neo4j-sync.service';
  expect(await calls()).toEqual([
    'getent group himds',
    'getent passwd hartonomous',
    `useradd --system --user-group --home-dir ${folder}/workers --no-create-home --shell /usr/sbin/nologin hartonomous`,
    'systemctl daemon-reload',
    `systemctl enable ${unit}`,
    `systemctl restart ${unit}`,
    `systemctl disable --now ${unit}`,
    `systemctl clean --what=state --what=runtime ${unit}`,
    'systemctl daemon-reload',
    `systemctl reset-failed ${unit}`,
  ]);
  expect(skipped).toEqual([
    `systemctl clean --what=state --what=runtime ${unit}: a worker that never ran has no state`,
  ]);
});

test('a program that fails ends the installation, with its own words', async () => {
  const { folder, calls } = await machine({
    getent: 'exit 2',
    useradd: 'echo "useradd: cannot lock /etc/passwd" >&2; exit 1',
    systemctl: '',
  });
  await release(folder);
  const steps = await systemdInstallSteps(options(folder), signal);
  await expect(Array.fromAsync(applySteps(steps, signal))).rejects.toMatchObject({
    code: 'SERVICE_COMMAND_FAILED',
    message: expect.stringContaining('useradd: cannot lock /etc/passwd'),
  });
  expect((await calls()).filter((call) => call.startsWith('systemctl'))).toEqual([]);
});

test('names that cannot be looked up are not taken for unknown', async () => {
  const { folder } = await machine({ getent: 'echo "no service" >&2; exit 3' });
  await release(folder);
  await expect(systemdInstallSteps(options(folder), signal)).rejects.toMatchObject({ code: 'SERVICE_COMMAND_FAILED' });
});

test.each([
  ['node', { node: '/nowhere/node' }, /Node can't be read: \/nowhere\/node \(ENOENT\)/],
  ['settings', { configFolder: '/nowhere' }, /The settings can't be read/],
  ['a credential', { credentials: new Map([['Neo4j__Password', '/nowhere']]) }, /The credential Neo4j__Password can't/],
  ['a release', {}, /The release can't be read: .*current\/main\.js/],
])('refused before anything is changed, without %s', async (_, changes, message) => {
  const { folder } = await machine({ getent: '' });
  await expect(systemdInstallSteps({ ...options(folder), ...changes }, signal)).rejects.toMatchObject({
    code: 'SERVICE_OPTION_INVALID',
    message: expect.stringMatching(message),
  });
});

test('the state of a unit is read by property', async () => {
  await machine({
    systemctl: `printf 'LoadState=loaded\\nActiveState=active\\nStatusText=ready; a=b\\nNRestarts=2\\n'`,
  });
  expect(await systemdState(service, signal)).toMatchObject({
    LoadState: 'loaded',
    ActiveState: 'active',
    StatusText: 'ready; a=b',
    NRestarts: '2',
    Result: '',
  });
});
