// pnpm check: style, types, layers, changesets and the unit tests of what has changed since the branch left main. Made to take less than a
// minute; it lists what it leaves out.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { changesetBase } from '../changesets/changeset-base.ts';
import { programScript, root } from '../node-program.ts';
import { unitTests, untestedPackages } from './unit-tests.ts';

interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

function lines(...args: readonly string[]): readonly string[] {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter((line) => line !== '');
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** @returns whether it succeeded; its output is shown only where it didn't */
function run({ name, args }: Step): boolean {
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    windowsHide: true,
  });
  if (error !== undefined) throw error;
  const mark = status === 0 ? styleText('green', '✓') : styleText('red', '✗');
  process.stdout.write(`${mark} ${name} (${seconds(start)})\n`);
  if (status !== 0) process.stdout.write(`${stdout}${stderr}\n`);
  return status === 0;
}

const start = performance.now();
const base = changesetBase(root, process.env);
const untracked = lines('ls-files', '--others', '--exclude-standard');
const changed = [...new Set([...lines('diff', '--name-only', '--diff-filter=d', base?.since ?? 'HEAD'), ...untracked])];
const all = [...lines('ls-files'), ...untracked];
const tests = unitTests(changed, all);
process.stdout.write(
  `${changed.length} changed ${changed.length === 1 ? 'file' : 'files'}: ${base?.explanation ?? 'what is not committed; this clone has no main branch.'}\n`,
);

const checks = 'tools/repository-checks/src';
const steps: readonly Step[] = [
  {
    name: 'style of what changed',
    args: [
      programScript('biome', '@biomejs/biome'),
      'check',
      '--error-on-warnings',
      '--no-errors-on-unmatched',
      ...(changed.length === 0 ? ['package.json'] : changed),
    ],
  },
  { name: 'exports, files and dependencies that nothing uses', args: [programScript('knip')] },
  { name: 'layers', args: [join(checks, 'check-layers.ts')] },
  { name: 'wordings', args: [join(checks, 'check-words.ts')] },
  { name: 'changesets', args: [join(checks, 'check-changesets.ts')] },
  {
    name: 'types',
    args: [
      programScript('tsc', 'typescript'),
      ...['-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', '.turbo/check.tsbuildinfo'],
    ],
  },
  ...(tests.length === 0
    ? []
    : [{ name: `${tests.length} unit test files`, args: [programScript('vitest'), 'run', ...tests] }]),
];
const results = steps.map(run);

if (tests.length === 0) process.stdout.write('No unit tests are beside what changed.\n');
for (const folder of untestedPackages(changed, all))
  process.stdout.write(`not run: pnpm test:only ${folder}   (tests that start servers)\n`);
const failed = results.filter((isGood) => !isGood).length;
process.stdout.write(
  `${failed === 0 ? `${results.length} checks passed` : `${failed} of ${results.length} checks failed`} in ${seconds(start)}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
