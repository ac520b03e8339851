// pnpm check: style, types, layers, changesets and the unit tests of what has changed since the branch left main. Made to take less than a
// minute; it lists what it leaves out.
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { changesetBase } from '../changesets/changeset-base.ts';
import { programScript, root } from '../node-program.ts';
import { unitTests, untestedPackages } from './unit-tests.ts';

interface Step {
  readonly name: string;
  readonly args: readonly string[];
  /** What to do where it fails, if that isn't in its output. */
  readonly remedy?: string;
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
async function run({ name, args, remedy }: Step): Promise<boolean> {
  const start = performance.now();
  const { failure, output } = await new Promise<{ failure: Error | null; output: string }>((resolve) => {
    const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26, windowsHide: true } as const;
    execFile(process.execPath, args, options, (failure, stdout, stderr) =>
      resolve({ failure, output: `${stdout}${stderr}` }),
    );
  });
  // A program that can't be started has a code in letters; one that ends with another exit code than 0 has found something.
  if (failure !== null && 'code' in failure && typeof failure.code === 'string') throw failure;
  const mark = failure === null ? styleText('green', '✓') : styleText('red', '✗');
  process.stdout.write(`${mark} ${name} (${seconds(start)})\n`);
  if (failure !== null) process.stdout.write(`${output}\n${remedy === undefined ? '' : `${remedy}\n`}`);
  return failure === null;
}

/** Steps at a time. Most of them use one core, the types as many as there are: a third would only get in the others' way. */
const stepsAtOnce = 2;

/** @returns whether each succeeded */
async function runAll(steps: readonly Step[]): Promise<readonly boolean[]> {
  const waiting = steps.values();
  const results: boolean[] = [];
  const work = async () => {
    for (const step of waiting) results.push(await run(step));
  };
  await Promise.all(Array.from({ length: stepsAtOnce }, work));
  return results;
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
// The longest first.
const steps: readonly Step[] = [
  {
    name: 'types',
    args: [
      programScript('tsc', 'typescript'),
      ...['-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', '.turbo/check.tsbuildinfo'],
    ],
  },
  { name: 'exports, files and dependencies that nothing uses', args: [programScript('knip')] },
  ...(changed.length === 0
    ? []
    : [
        {
          name: 'style of what changed',
          args: [
            programScript('biome', '@biomejs/biome'),
            ...['check', '--error-on-warnings', '--no-errors-on-unmatched', ...changed],
          ],
          remedy: 'Format and order of imports: pnpm lint:fix',
        },
      ]),
  { name: 'layers', args: [join(checks, 'check-layers.ts')] },
  { name: 'wordings', args: [join(checks, 'check-words.ts')] },
  { name: 'changesets', args: [join(checks, 'check-changesets.ts')] },
  ...(tests.length === 0
    ? []
    : [{ name: `${tests.length} unit test files`, args: [programScript('vitest'), 'run', ...tests] }]),
];
const results = await runAll(steps);

if (tests.length === 0) process.stdout.write('No unit tests are beside what changed.\n');
for (const folder of untestedPackages(changed, all))
  process.stdout.write(`not run: pnpm test:only ${folder}   (tests that start servers)\n`);
const failed = results.filter((isGood) => !isGood).length;
process.stdout.write(
  `${failed === 0 ? `${results.length} checks passed` : `${failed} of ${results.length} checks failed`} in ${seconds(start)}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
