import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { applySteps } from '../../src/service/apply-steps.ts';
import type { ServiceStep } from '../../src/service/service-step.ts';
import { planSystemdInstall, planSystemdUninstall, systemdFiles } from '../../src/service/systemd-plan.ts';
import { parseSystemdProperties, readDropIn, requireInstalled } from '../../src/service/systemd-service.ts';
import { type SystemdUnitOptions, systemdDropInText, systemdUnit } from '../../src/service/systemd-unit.ts';
import { workerServices } from '../../src/service/worker-services.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;

async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'units-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

function options(changes: Partial<SystemdUnitOptions> = {}): SystemdUnitOptions {
  return {
    service: workerServices[0]!,
    node: process.execPath,
    root: '/srv/www/hartonomous/workers',
    user: 'hartonomous',
    environment: 'Production',
    configFolder: undefined,
    memoryMebibytes: 1024,
    credentials: new Map(),
    groups: [],
    ...changes,
  };
}

/** The files of a plan, in a folder of the test's; nothing is run. */
async function written(steps: readonly ServiceStep[]): Promise<void> {
  for await (const _ of applySteps(
    steps.filter(({ kind }) => kind === 'write'),
    signal,
  ));
}

const commands = (steps: readonly ServiceStep[]) =>
  steps.flatMap((step) => (step.kind === 'run' ? [[step.command, ...step.args].join(' ')] : []));

test('installing: account, files, enabled, started', async () => {
  const unitFolder = await temporaryFolder();
  const steps = planSystemdInstall(options(), { unitFolder, hasUser: false, installed: [] }, true);
  expect(commands(steps)).toEqual([
    'useradd --system --user-group --home-dir /srv/www/hartonomous/workers --no-create-home --shell /usr/sbin/nologin hartonomous',
    'systemctl daemon-reload',
    'systemctl enable hartonomous-worker@neo4j-sync.service',
    'systemctl restart hartonomous-worker@neo4j-sync.service',
  ]);
  await written(steps);
  expect((await readdir(unitFolder, { recursive: true })).sort()).toEqual([
    'hartonomous-worker@.service',
    'hartonomous-worker@neo4j-sync.service.d',
    'hartonomous-worker@neo4j-sync.service.d/10-hartonomous.conf',
  ]);
  const again = planSystemdInstall(options(), { unitFolder, hasUser: true, installed: [] }, false);
  expect(commands(again)).toEqual([
    'systemctl daemon-reload',
    'systemctl enable hartonomous-worker@neo4j-sync.service',
  ]);
});

test('removing one of two leaves the template, removing the last leaves nothing', async () => {
  const unitFolder = await temporaryFolder();
  const [first, second] = workerServices;
  for (const service of [first!, second!]) {
    await written(planSystemdInstall(options({ service }), { unitFolder, hasUser: true, installed: [] }, false));
  }
  const remove = async (service = first!, installed = [first!.name, second!.name]) => {
    const steps = planSystemdUninstall(service, { unitFolder, hasUser: true, installed });
    expect(commands(steps)[0]).toBe(`systemctl disable --now ${systemdUnit(service)}`);
    for await (const _ of applySteps(
      steps.filter(({ kind }) => kind === 'remove'),
      signal,
    ));
  };
  await remove();
  expect(await readdir(unitFolder)).toEqual([
    'hartonomous-worker@.service',
    'hartonomous-worker@ces-consumer.service.d',
  ]);
  await remove(second!, [second!.name]);
  expect(await readdir(unitFolder)).toEqual([]);
  // Once more, and nothing is in the way.
  await remove(second!, []);
});

test('what an administrator added with systemctl edit stays', async () => {
  const unitFolder = await temporaryFolder();
  const service = workerServices[0]!;
  await written(planSystemdInstall(options(), { unitFolder, hasUser: true, installed: [] }, false));
  const own = join(unitFolder, `${systemdUnit(service)}.d`, 'override.conf');
  await writeFile(own, '[Service]\nNice=5\n');
  const removed: (string | undefined)[] = [];
  const steps = planSystemdUninstall(service, { unitFolder, hasUser: true, installed: [service.name] });
  for await (const { skipped } of applySteps(
    steps.filter(({ kind }) => kind === 'remove'),
    signal,
  )) {
    removed.push(skipped);
  }
  expect(removed).toEqual([undefined, 'there are files of others in it', undefined]);
  expect(await readFile(own, 'utf8')).toContain('Nice=5');
});

test('the drop-in: environment, memory with a heap that fits, credentials, settings of its own', () => {
  const text = systemdDropInText(
    options({
      environment: 'Production West',
      configFolder: '/etc/hartonomous/100% of "it"',
      memoryMebibytes: 2048,
      credentials: new Map([['Neo4j__Password', '/etc/hartonomous/neo4j-password']]),
      groups: ['himds'],
    }),
  );
  expect(text.split('\n').slice(2)).toEqual([
    'Description=Hartonomous Neo4j Sync Worker',
    '',
    '[Service]',
    `ExecStart=${process.execPath} main.js --config "/etc/hartonomous/100%% of \\"it\\""`,
    'WorkingDirectory=/srv/www/hartonomous/workers/%i/current',
    'User=hartonomous',
    'Environment="DOTNET_ENVIRONMENT=Production West"',
    'Environment=NODE_OPTIONS=--max-old-space-size=1536',
    'MemoryHigh=1843M',
    'MemoryMax=2048M',
    'SupplementaryGroups=himds',
    'LoadCredential=Neo4j__Password:/etc/hartonomous/neo4j-password',
    '',
  ]);
});

test.each([
  ['Production', '/etc/hartonomous'],
  ['Production West', '/etc/my settings'],
  ['a$b%c', '/etc/100% $HOME "it" \\ end'],
])('what an installed worker reads is told as it was asked for: %s, %s', async (environment, configFolder) => {
  const unitFolder = await temporaryFolder();
  const plan = planSystemdInstall(
    options({ environment, configFolder }),
    { unitFolder, hasUser: true, installed: [] },
    false,
  );
  await written(plan);
  expect(await readDropIn(workerServices[0]!, unitFolder)).toMatchObject({ environment, configFolder });
  const text = await readFile(systemdFiles(workerServices[0]!, unitFolder).dropIn, 'utf8');
  // A dollar is a variable in a command, and a dollar anywhere else.
  expect(text).not.toMatch(/DOTNET_ENVIRONMENT=[^\n]*\$\$/);
});

test.each<[string, Partial<SystemdUnitOptions>]>([
  ['a line break in the environment', { environment: 'x\nExecStartPre=/bin/rm' }],
  ['a line break in the account', { user: 'x\nRoot=/' }],
  ['a blank in the root folder', { root: '/srv/my workers' }],
])('refused, as it would write another unit: %s', (_, changes) => {
  expect(() => systemdDropInText(options(changes))).toThrow(
    expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', kind: 'usage' }),
  );
});

const state = (changes: Record<string, string> = {}) => {
  const dropIn = '/u/hartonomous-worker@neo4j-sync.service.d/10-hartonomous.conf';
  const values = { LoadState: 'loaded', UnitFileState: 'enabled', DropInPaths: dropIn, NeedDaemonReload: 'no' };
  const lines = Object.entries({ ...values, ActiveState: 'active', ...changes }).map((pair) => pair.join('='));
  return parseSystemdProperties(`${lines.join('\n')}\nStatusText=a=b\n`);
};

test.each([
  [{}, undefined],
  [{ LoadState: 'not-found' }, /it is not-found/],
  [{ UnitFileState: '' }, /it is not enabled/],
  [{ DropInPaths: '/elsewhere' }, /systemd does not read \/u\//],
  [{ NeedDaemonReload: 'yes' }, /have changed/],
  [{ ActiveState: 'failed', Result: 'exit-code' }, /it is failed \(exit-code\)/],
])('after an installation systemd says %j', (changes, problem) => {
  expect(state().StatusText).toBe('a=b');
  const check = () => requireInstalled(workerServices[0]!, state(changes), '/u', true);
  if (problem === undefined) check();
  else expect(check).toThrow(problem);
});

// systemd's own tools, where they are; they need no running systemd.
const analyze = '/usr/bin/systemd-analyze';
/** Ten times the exposure that is allowed. */
const threshold = '19';

test.runIf(existsSync(analyze))('systemd finds nothing wrong with the units, and little exposed', async () => {
  const unitFolder = await temporaryFolder();
  const credentials = new Map([['Neo4j__Password', '/etc/hartonomous/neo4j-password']]);
  for (const service of workerServices) {
    const changes = { service, credentials, configFolder: '/etc/hartonomous/a b', groups: ['himds'] };
    await written(planSystemdInstall(options(changes), { unitFolder, hasUser: true, installed: [] }, false));
  }
  const schedule = 'hartonomous-schedule.service';
  const shipped = await readFile(new URL(`../../../../deploy/systemd/${schedule}`, import.meta.url), 'utf8');
  await writeFile(join(unitFolder, schedule), shipped.replace('/usr/bin/node', process.execPath));
  const env = { ...process.env, SYSTEMD_UNIT_PATH: `${unitFolder}:` };
  for (const unit of [...workerServices.map(systemdUnit), schedule]) {
    // It ends with 0 for warnings too: what it prints is the answer.
    const { stdout, stderr } = await run(analyze, ['verify', unit], { env });
    expect([stdout, stderr]).toEqual(['', '']);
    const args = ['security', '--offline=true', `--threshold=${threshold}`, unit];
    expect((await run(analyze, args, { env })).stdout).toMatch(/Overall exposure level .*: 1\.\d OK/);
  }
});
