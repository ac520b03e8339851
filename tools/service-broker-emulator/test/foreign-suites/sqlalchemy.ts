import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from '../clients/client-cache.ts';
import { runProgram } from '../clients/client-fixture.ts';
import { outputOf } from './output-of.ts';
import type { Outcome, Suite, Target } from './suite.ts';

const version = '2.0.43';

async function install(path: string): Promise<void> {
  const downloads = join(path, 'download');
  await runProgram('python3', ['-m', 'venv', join(path, 'venv')]);
  const python = join(path, 'venv/bin/python');
  const source = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', '-d', downloads];
  await runProgram(python, ['-m', 'pip', 'install', '--quiet', 'setuptools', 'wheel', 'Cython<3.1']);
  await runProgram(python, [...source, '--no-build-isolation', `SQLAlchemy==${version}`]);
  const [archive = ''] = await readdir(downloads);
  await runProgram('tar', ['-xzf', join(downloads, archive), '-C', path, '--strip-components=1']);
  await rm(downloads, { recursive: true });
  const packages = [`SQLAlchemy==${version}`, 'pymssql==2.3.7', 'pytest==8.3.5'];
  await runProgram(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
}

function outcomeOf(output: string): Outcome {
  const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0);
  const failures = [...output.matchAll(/^(?:FAILED|ERROR) (\S+)/gm)].map(([, name]) => name ?? '');
  if (count('passed') === 0) throw new Error(`no test of SQLAlchemy ran:\n${output.slice(-2000)}`);
  return { passed: count('passed'), skipped: count('skipped'), failures };
}

/** SQLAlchemy: its source distribution holds the suite that every dialect has to pass. */
export const sqlalchemy: Suite = {
  name: 'sqlalchemy',
  // What its README.unittests asks of the database.
  preparation: [
    'CREATE SCHEMA test_schema',
    'CREATE SCHEMA test_schema_2',
    'ALTER DATABASE App SET ALLOW_SNAPSHOT_ISOLATION ON',
    'ALTER DATABASE App SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE',
  ],
  async run({ port, password }: Target) {
    const folder = await cachedFolder(`sqlalchemy-suite-${version}`, install);
    const url = `mssql+pymssql://sa:${encodeURIComponent(password)}@127.0.0.1:${port}/App`;
    const pytest = ['-m', 'pytest', 'test/dialect/test_suite.py', '--dburi', url];
    const report = ['-q', '-rfE', '--tb=no', '-p', 'no:logging', '--maxfail=5000'];
    return outcomeOf(await outputOf(join(folder, 'venv/bin/python'), [...pytest, ...report], { cwd: folder }));
  },
};
