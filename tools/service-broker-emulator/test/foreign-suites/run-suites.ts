import { spawn } from 'node:child_process';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sql from 'mssql';
import { startServiceBrokerEmulator } from '../../src/index.ts';
import { cachedFolder } from '../clients/client-cache.ts';
import { runProgram } from '../clients/client-fixture.ts';

const help = `Runs the test suites of others against the emulator, at pinned versions from their registries, and prints how many
tests pass. Never part of \`pnpm test\`: they take minutes and some of their tests ask for what the emulator does not have.

  pnpm suites                       all of them
  pnpm suites go-mssqldb            one of them
  pnpm suites sqlalchemy --failures the names of the tests that fail as well

Exit code: 0 when a suite ran, whatever failed in it; 1 when one could not run.`;

const password = 'Client!Password1';

interface Outcome {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

interface Target {
  readonly port: number;
}

/** Runs a command whose exit code says only that tests failed; gives its standard output. */
function outputOf(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('error', reject);
  child.once('close', () => resolve(output));
  return promise;
}

const goVersion = 'v1.9.3';

/** go-mssqldb: its module holds its tests. */
async function goMssqldb({ port }: Target): Promise<Outcome> {
  const folder = await cachedFolder(`go-mssqldb-suite-${goVersion}`, async (path) => {
    const answer = await runProgram('go', ['mod', 'download', '-json', `github.com/microsoft/go-mssqldb@${goVersion}`]);
    const { Dir: source } = JSON.parse(answer) as { Dir: string };
    await cp(source, path, { recursive: true, force: true });
    await runProgram('chmod', ['-R', 'u+w', path]);
  });
  const query = 'database=App&encrypt=disable';
  // It panics where COLLATIONPROPERTY is refused, and takes all tests after it along.
  console.log('go-mssqldb: TestLcidsFetching is left out.');
  const output = await outputOf('go', ['test', '-json', '-timeout', '20m', '-skip', '^TestLcidsFetching$', './...'], {
    cwd: folder,
    env: { SQLSERVER_DSN: `sqlserver://sa:${encodeURIComponent(password)}@127.0.0.1:${port}?${query}` },
  });
  const failures: string[] = [];
  let passed = 0;
  let skipped = 0;
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { Action: action, Test: name, Package: group } = JSON.parse(line) as Record<string, string | undefined>;
    if (name === undefined) continue;
    if (action === 'pass') passed += 1;
    if (action === 'skip') skipped += 1;
    if (action === 'fail') failures.push(`${group} ${name}`);
  }
  return { passed, skipped, failures };
}

const alchemyVersion = '2.0.43';

/** SQLAlchemy: its source distribution holds the suite that every dialect has to pass. */
async function sqlalchemy({ port }: Target): Promise<Outcome> {
  const folder = await cachedFolder(`sqlalchemy-suite-${alchemyVersion}`, async (path) => {
    const downloads = join(path, 'download');
    await runProgram('python3', ['-m', 'venv', join(path, 'venv')]);
    const python = join(path, 'venv/bin/python');
    const source = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', '-d', downloads];
    await runProgram(python, ['-m', 'pip', 'install', '--quiet', 'setuptools', 'wheel', 'Cython<3.1']);
    await runProgram(python, [...source, '--no-build-isolation', `SQLAlchemy==${alchemyVersion}`]);
    const [archive = ''] = await readdir(downloads);
    await runProgram('tar', ['-xzf', join(downloads, archive), '-C', path, '--strip-components=1']);
    await rm(downloads, { recursive: true });
    const packages = [`SQLAlchemy==${alchemyVersion}`, 'pymssql==2.3.7', 'pytest==8.3.5'];
    await runProgram(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
  });
  const url = `mssql+pymssql://sa:${encodeURIComponent(password)}@127.0.0.1:${port}/App`;
  const output = await outputOf(
    join(folder, 'venv/bin/python'),
    [
      '-m',
      'pytest',
      'test/dialect/test_suite.py',
      '--dburi',
      url,
      '-q',
      '-rfE',
      '--tb=no',
      '-p',
      'no:logging',
      '--maxfail=5000',
    ],
    { cwd: folder },
  );
  const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0);
  const failures = [...output.matchAll(/^(?:FAILED|ERROR) (\S+)/gm)].map(([, name]) => name ?? '');
  if (count('passed') === 0) throw new Error(`no test of SQLAlchemy ran:\n${output.slice(-2000)}`);
  return { passed: count('passed'), skipped: count('skipped'), failures };
}

const suites: Readonly<Record<string, (target: Target) => Promise<Outcome>>> = { 'go-mssqldb': goMssqldb, sqlalchemy };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', default: false }, failures: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(help);
} else {
  for (const name of positionals.length > 0 ? positionals : Object.keys(suites)) {
    const run = suites[name];
    if (run === undefined) throw new Error(`There is no suite ${name}; there are ${Object.keys(suites).join(', ')}.`);
    await using emulator = await startServiceBrokerEmulator({ port: 0, saPassword: password, databases: ['App'] });
    await prepare(emulator.port);
    const { passed, skipped, failures } = await run({ port: emulator.port });
    console.log(`${name}: ${passed} passed, ${failures.length} failed, ${skipped} skipped`);
    if (values.failures) for (const failure of failures) console.log(`  ${failure}`);
  }
}

/** SQLAlchemy's suite wants a schema of this name. */
async function prepare(port: number): Promise<void> {
  const options = { encrypt: false, trustServerCertificate: true };
  const pool = new sql.ConnectionPool({ server: '127.0.0.1', port, user: 'sa', password, database: 'App', options });
  await pool.connect();
  await pool.request().batch('CREATE SCHEMA test_schema');
  await pool.close();
}
