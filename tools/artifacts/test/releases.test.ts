import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type BorrowedTestNeo4j, borrowTestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { deployGraph } from '@hartonomous/operations';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { asRoleLogin, createRoleLogins, eventually, repositoryRoot, UnitManager } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildArtifacts } from '../src/build-artifacts.ts';
import { checksumFile, checksumText, filesOf } from '../src/checksums.ts';
import { runCommand } from '../src/run-command.ts';
import { SyncLoad } from './sync-load.ts';

// Releases by the command line alone, from artifacts, with the services under a stand-in for systemd. `pnpm test:releases` is the long form.

vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

const isLong = process.env.RELEASES_FORM === 'long';
/** Beside other tests a start may take a minute; the long form is run alone, with the limits that operators have. */
const slow = ['--ready-timeout', '180', '--probe-timeout', '120'];
const database = 'Hartonomous';
const commits = { first: '1'.repeat(40), second: '2'.repeat(40) };
const seconds = 1_767_225_600;

let folder: string;
let sql: TestServer;
let neo4j: BorrowedTestNeo4j;
let units: UnitManager;
let root: string;
let config: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'releases-'));
  [sql, neo4j, units] = await Promise.all([startTestServer(), borrowTestNeo4j({ schema: 'any' }), UnitManager.start()]);
  root = join(folder, 'workers');
  config = join(folder, 'config');
  for (const [name, id] of Object.entries(commits)) {
    await buildArtifacts({
      ...{ root: repositoryRoot, out: join(folder, name), commit: { id, seconds }, archives: name === 'second' },
      names: ['neo4j-sync', ...(name === 'first' ? ['deploy-cli'] : [])],
    });
  }
  await hartonomous('database', 'deploy');
  await sql.run(database, createRoleLogins());
  const { uri, username, password } = neo4j;
  await deployGraph({ connection: { uri, username, password } });
  await neo4j.keepSchema();
  await mkdir(config);
  await writeSettings(password);
});
afterAll(async () => {
  await units?.[Symbol.asyncDispose]();
  await neo4j?.[Symbol.asyncDispose]();
  await sql?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Settings of the service. */
async function writeSettings(password: string): Promise<void> {
  const settings = {
    ConnectionStrings: { HartonomousDb: asRoleLogin(sql.connectionString(database), 'worker') },
    Neo4j: { Uri: neo4j.uri, Username: neo4j.username, Password: password },
    Health: { Port: 0 },
  };
  await writeFile(join(config, 'appsettings.json'), JSON.stringify(settings));
}

/** Where the command line of an artifact runs, with the rights of an operator. */
const place = () => ({
  cwd: join(folder, 'first', 'deploy-cli'),
  env: {
    PATH: units.path,
    HOME: folder,
    ConnectionStrings__HartonomousDb: sql.connectionString(database),
    AzureAppConfiguration__Enabled: 'False',
    KeyVault__Enabled: 'False',
  },
});

function hartonomous(...args: readonly string[]): Promise<string> {
  return runCommand(process.execPath, ['main.js', ...args], place());
}

const service = (...args: readonly string[]) =>
  hartonomous('service', ...args, '--manager', 'systemd', '--root', root, '--unit-folder', units.unitFolder);

const releaseArguments = (...args: readonly string[]) => [
  ...['release', ...args, '--manager', 'systemd', '--root', root, '--unit-folder', units.unitFolder],
  ...(args[0] === 'list' ? [] : ['--run-folder', units.runFolder]),
  ...(args[0] === 'list' || isLong ? [] : [...slow]),
];

const release = (...args: readonly string[]) => hartonomous(...releaseArguments(...args));

/** A command that fails; gives what it printed. */
async function fails(command: Promise<string>): Promise<string> {
  return await command.then(
    (output) => expect.fail(`It succeeded: ${output}`),
    (error: unknown) => String(error),
  );
}

/** A release that is another commit and differs in what `change` does. */
async function broken(digit: string, change: (copy: string) => Promise<void>): Promise<string> {
  const copy = join(folder, `broken-${digit}`);
  await cp(join(folder, 'second', 'neo4j-sync'), copy, { recursive: true });
  const manifest = join(copy, 'package.json');
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(commits.second, digit.repeat(40)));
  await change(copy);
  await rm(join(copy, checksumFile));
  await writeFile(join(copy, checksumFile), await checksumText(copy, await filesOf(copy)));
  return copy;
}

/** Puts something before the program's start. */
async function before(copy: string, code: string): Promise<void> {
  await rename(join(copy, 'main.js'), join(copy, 'program.js'));
  await writeFile(join(copy, 'main.js'), `${code}\nawait import('./program.js');\n`);
}

const hangs = (copy: string) =>
  before(copy, 'if (!process.argv.includes("--check")) { setInterval(() => {}, 1000); await new Promise(() => {}); }');

const unit = 'hartonomous-worker@neo4j-sync.service';

test('an artifact becomes a service', async () => {
  const placed = await release('deploy', join(folder, 'first', 'neo4j-sync'));
  expect(placed).toMatch(/! hartonomous-worker@neo4j-sync\.service is not installed/);
  expect(placed).toMatch(/✓ Hartonomous Neo4j Sync Worker: \d\S+-111111111111 serves/);
  const user = ['--user', userInfo().username];
  await service('install', 'neo4j-sync', '--start', '--config', config, '--node', process.execPath, ...user);
  expect(units.running()).toEqual([unit]);
  expect(await release('verify', 'neo4j-sync')).toMatch(/synced a message about tenant 0 in \d+ ms \(SYNCED\)/);
});

test('an update under load loses nothing, and the graph hardly stands still', async () => {
  await using load = await SyncLoad.start(sql, database, 201);
  const output = await release('deploy', join(folder, 'second', 'neo4j-sync.tar.gz'));
  expect(output).toMatch(/serves, after \d+ s/);
  const { changes, perSecond, longestGapMs, versions } = await load.finish();
  console.log(
    `update under load: ${changes} changes, ${perSecond.toFixed(0)} a second, longest gap ${longestGapMs} ms`,
  );
  console.log(output);
  expect(await load.graphEqualsSql(neo4j)).toBe(changes);
  expect(versions.map((version) => /\((.)/.exec(version)?.[1])).toEqual(['1', '2']);
  if (isLong) expect(longestGapMs).toBeLessThan(10_000);
  expect(units.running()).toEqual([unit]);
  expect(await release('list', 'neo4j-sync')).toMatch(/^\* \S+-222222222222 {2}deployed/m);
});

const faults: readonly [
  name: string,
  digit: string,
  isShort: boolean,
  change: (copy: string) => Promise<void>,
  reason: RegExp,
][] = [
  [
    'crashes at its start',
    'a',
    false,
    (copy) => before(copy, 'throw new Error("broken at its start");'),
    /has ended \(exit-code\)[\s\S]*broken at its start/,
  ],
  [
    'crashes as a service, and not as a candidate',
    'b',
    false,
    (copy) =>
      before(
        copy,
        'if (!process.argv.some((word) => /--check|--Health:Port=0/.test(word))) throw new Error("port taken");',
      ),
    /(has ended|was not ready)[\s\S]*port taken/,
  ],
  ['hangs', 'c', false, hangs, /was not ready within \d+ s|has ended \(timeout\)/],
  [
    'needs another schema in the database',
    'd',
    true,
    async (copy) => {
      const manifest = join(copy, 'package.json');
      await writeFile(
        manifest,
        (await readFile(manifest, 'utf8')).replace(/"databaseSchema": \d+/, '"databaseSchema": 999'),
      );
    },
    /RELEASE_SCHEMA_OLDER[\s\S]*hartonomous database deploy/,
  ],
  [
    'calls a procedure that the database does not have',
    'e',
    false,
    async (copy) => {
      for (const file of (await filesOf(copy)).filter((name) => name.endsWith('.js'))) {
        const path = join(copy, file);
        await writeFile(
          path,
          (await readFile(path, 'utf8')).replaceAll('dbo.sp_ReportWorker', 'dbo.sp_ReportWorkerOfTomorrow'),
        );
      }
    },
    /was not ready within \d+ s[\s\S]*sp_ReportWorkerOfTomorrow/,
  ],
];

test.each(faults.filter(([, , isShort]) => isShort || isLong))(
  'a release that %s is rolled back by itself, and nothing is lost',
  async (_, digit, _isShort, change, reason) => {
    const copy = await broken(digit, change);
    await using load = await SyncLoad.start(sql, database, 300 + digit.charCodeAt(0));
    const begunAt = performance.now();
    const output = await fails(release('deploy', copy));
    const ms = performance.now() - begunAt;
    expect(output).toMatch(reason);
    if (isLong) expect(ms).toBeLessThan(60_000);
    const { changes, perSecond, longestGapMs } = await load.finish();
    console.log(
      `${digit}: back after ${(ms / 1_000).toFixed(1)} s; ${changes} changes, ${perSecond.toFixed(0)} a second, longest gap ${longestGapMs} ms`,
    );
    expect(await load.graphEqualsSql(neo4j)).toBe(changes);
    expect(units.running()).toEqual([unit]);
    expect(await release('verify', 'neo4j-sync')).toMatch(/-222222222222 serves/);
  },
);

if (isLong) {
  test('a wrong secret in the settings: the service that has the right one goes on', async () => {
    const copy = await broken('f', async () => undefined);
    await writeSettings('not the password');
    await using load = await SyncLoad.start(sql, database, 500);
    const begunAt = performance.now();
    const output = await fails(release('deploy', copy));
    const ms = performance.now() - begunAt;
    await writeSettings(neo4j.password);
    expect(output).toMatch(/refused the log-in/);
    expect(ms).toBeLessThan(60_000);
    const { changes, perSecond, longestGapMs } = await load.finish();
    console.log(
      `f: back after ${(ms / 1_000).toFixed(1)} s; ${changes} changes, ${perSecond.toFixed(0)} a second, longest gap ${longestGapMs} ms`,
    );
    expect(await load.graphEqualsSql(neo4j)).toBe(changes);
    expect(await release('verify', 'neo4j-sync')).toMatch(/-222222222222 serves/);
  });
}

test('a deployment whose terminal is closed goes back before it ends, and leaves nothing', async () => {
  const copy = await broken('9', hangs);
  const child = spawn(process.execPath, ['main.js', ...releaseArguments('deploy', copy)], {
    ...place(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const closed = once(child, 'close');
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  await eventually(() => expect(units.running()).toContain('hartonomous-worker@neo4j-sync-candidate.service'), {
    timeoutMs: 60_000,
  });
  child.stdout.destroy();
  child.kill('SIGHUP');
  await closed;
  expect({ output, exitCode: child.exitCode }).toMatchObject({ exitCode: 1 });
  expect(units.running()).toEqual([unit]);
  expect((await filesOf(join(root, 'neo4j-sync'))).filter((path) => path.startsWith('release.'))).toEqual([]);
  expect(await filesOf(units.unitFolder)).not.toContainEqual(expect.stringContaining('candidate'));
  expect(await release('list', 'neo4j-sync')).toMatch(/asked to stop before \S+-999999999999 was proved/);
  expect(await release('verify', 'neo4j-sync')).toMatch(/-222222222222 serves/);
});

test('rollback goes to the release before; what was cut off in the middle is undone; uninstalling leaves nothing', async () => {
  expect(await release('rollback', 'neo4j-sync')).toMatch(/-111111111111 serves/);
  // As a command that was killed between the switch and its proof.
  const worker = join(root, 'neo4j-sync');
  const names = (await release('list', 'neo4j-sync')).match(/\d\S+-(?:1{12}|2{12})/g) ?? [];
  const [from, to] = [names.find((name) => name.endsWith('1')), names.find((name) => name.endsWith('2'))];
  await writeFile(join(worker, 'release.pending'), JSON.stringify({ from, to }));
  expect(await fails(release('verify', 'neo4j-sync'))).toMatch(/was cut off before that was proved/);
  expect(await release('rollback', 'neo4j-sync')).toMatch(/A switch to \S+ was cut off/);
  expect(await release('verify', 'neo4j-sync')).toMatch(/-111111111111 serves/);
  await service('uninstall', 'neo4j-sync');
  expect(units.running()).toEqual([]);
  expect(await filesOf(units.unitFolder)).toEqual([]);
  expect(await filesOf(units.runFolder)).toEqual([]);
  await eventually(
    async () =>
      expect(
        await sql.value(
          database,
          "SELECT COUNT(*) AS n FROM dbo.WorkerInstance WHERE [State] <> N'STOPPED' AND LastSeenAt > DATEADD(SECOND, -5, SYSUTCDATETIME());",
        ),
      ).toBe(0),
    { timeoutMs: 30_000 },
  );
  expect(await sql.value(database, 'SELECT COUNT(*) AS n FROM dbo.QueuePause;')).toBe(0);
});
