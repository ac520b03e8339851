// pnpm test:packages, its second half: the first example of each README, from the packed tarballs, in an empty strict project.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PublishedPackageError } from './errors.ts';
import { exampleRuns } from './example-runs.ts';
import { packAll } from './pack.ts';
import { readExample } from './read-example.ts';
import { runCommand } from './run-command.ts';
import { publishedPackages } from './workspace.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const compilerOptions = {
  target: 'esnext',
  lib: ['esnext'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
  allowImportingTsExtensions: true,
};

/** Where the compiler's program is: the repository's own. */
function compiler(): string {
  const file = createRequire(join(root, 'package.json')).resolve('typescript/package.json');
  return join(dirname(file), 'bin/tsc');
}

const parent = await mkdtemp(join(tmpdir(), 'examples-'));
const project = join(parent, 'project');
try {
  const packages = publishedPackages(root);
  const tarballs = join(parent, 'tarballs');
  await mkdir(tarballs);
  await mkdir(project);
  const packed = await packAll(packages, tarballs, root);
  // What a reader installs: the package of the README, what its example imports besides, and Node's types.
  const dependencies = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies, overrides: dependencies }, null, 2),
  );
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }, null, 2));
  const others = [
    '@types/node@24',
    'mssql@12',
    'neo4j-driver@6',
    'zod@4',
    '@azure/identity@4',
    '@azure/keyvault-secrets@4',
  ];
  await runCommand('npm', ['install', '--no-audit', '--no-fund', ...others], { cwd: project });
  for (const { folder } of packages)
    await writeFile(join(project, `${basename(folder)}.ts`), await readExample(folder));
  // A file that the example of queue-worker imports, and its README links to.
  await copyFile(join(root, 'packages/queue-worker/test/example/printer.ts'), join(project, 'printer.ts'));
  await runCommand('node', [compiler(), '-p', project], { cwd: project });
  process.stdout.write(`The first examples of ${packages.length} READMEs have the right types.\n`);
  for (const [name, run] of exampleRuns) {
    const output = await run(join(project, `${name}.ts`), project);
    process.stdout.write(`${name} runs: ${output.split('\n').at(0)}\n`);
  }
} catch (error) {
  if (!(error instanceof PublishedPackageError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(parent, { recursive: true, force: true });
}
