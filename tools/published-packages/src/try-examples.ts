// pnpm test:packages, its second half: the first example of each README, from the packed tarballs, in an empty strict project.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InstalledSizeError, PublishedPackageError } from './errors.ts';
import { exampleRuns } from './example-runs.ts';
import { type ExampleServers, startExampleServers } from './example-servers.ts';
import { type NodeProgram, nodePrograms, takes } from './node-programs.ts';
import { type PackedPackage, packAll } from './pack.ts';
import { packedContents } from './packed-contents.ts';
import { readExample } from './read-example.ts';
import { runCommand } from './run-command.ts';
import { runExample } from './run-example.ts';
import { publishedPackages } from './workspace.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What config-loader and all that it needs may have on disk, without Azure: zod is nearly all of it. Measured: 6.8 MB. */
const maxConfigLoaderBytes = 8_200_000;
/** Folder of the examples as the compiler makes them for an older Node. */
const compiled = 'compiled';

interface InstalledPackage extends PackedPackage {
  /** `engines.node` of what is published. */
  readonly engines: string;
}

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

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What the examples find on SQL Server: the objects that READMEs say to make, and messages to work on. */
async function sqlScripts(): Promise<Readonly<Record<string, string>>> {
  const shop = await readFile(join(root, 'packages/queue-worker/test/example/objects.sql'), 'utf8');
  const invoices = [1, 2, 3].map((one) => `SEND ON CONVERSATION @h MESSAGE TYPE [Invoice] (N'Invoice ${one}');`);
  return {
    Hartonomous: 'SELECT 1;',
    Billing: await readExample(join(root, 'packages/broker-client'), 'sql'),
    Shop: `${shop}\nGO\nDECLARE @h UNIQUEIDENTIFIER;
BEGIN DIALOG @h FROM SERVICE [ShopService] TO SERVICE N'InvoiceService' ON CONTRACT [InvoiceContract] WITH ENCRYPTION = OFF;
${invoices.join('\n')}`,
  };
}

/** Every package is imported on every Node that its engines take, and every example that needs no external service is run. */
async function tryOn(node: NodeProgram, packed: readonly InstalledPackage[], servers: ExampleServers): Promise<void> {
  const fitting = packed.filter(({ engines }) => takes(engines, node));
  const imports = fitting.map(({ name }) => `await import(${JSON.stringify(name)});`);
  await writeFile(join(project, 'all.js'), `${imports.join('\n')}\n`);
  await runCommand(node.file, ['all.js'], { cwd: project });
  say(`Node ${node.version}: ${fitting.length} of ${packed.length} packages are imported.`);
  const runs = await exampleRuns(project, servers);
  for (const { folder } of fitting) {
    const name = basename(folder);
    const run = runs.get(name);
    if (run === undefined) continue;
    // Node 24 runs an example as it stands; an older one has no `using`, and gets what the compiler makes of it.
    const file = node.major >= 24 ? `${name}.ts` : `${compiled}/${name}.js`;
    const line = await runExample(run, join(project, file), project, node);
    say(`Node ${node.version}: ${name} runs: ${line}`);
  }
}

/** Without what only Azure needs, config-loader installs none of it. */
async function tryWithoutAzure(packed: readonly PackedPackage[]): Promise<void> {
  const folder = join(parent, 'without-azure');
  await mkdir(folder);
  const tarball = (name: string) => packed.find((one) => one.name === `@hartonomous/${name}`)?.tarball ?? '';
  const dependencies = { '@hartonomous/config-loader': `file:${tarball('config-loader')}` };
  const overrides = { '@hartonomous/redaction': `file:${tarball('redaction')}` };
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies, overrides }),
  );
  await runCommand('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
  const installed = await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true });
  const azure = installed.filter(({ name, parentPath }) => `${parentPath}/${name}`.includes('node_modules/@azure'));
  if (azure.length > 0) throw new InstalledSizeError('config-loader installs packages of Azure.');
  const sizes = installed
    .filter((one) => one.isFile())
    .map(async (one) => (await stat(join(one.parentPath, one.name))).size);
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  if (bytes > maxConfigLoaderBytes) throw new InstalledSizeError(`config-loader installs ${bytes} bytes.`);
  say(`config-loader without Azure: ${(bytes / 1e6).toFixed(1)} MB installed.`);
}

try {
  const packages = publishedPackages(root);
  const tarballs = join(parent, 'tarballs');
  await mkdir(tarballs);
  await mkdir(project);
  const packed = await packAll(packages, tarballs, root);
  await tryWithoutAzure(packed);
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
    await writeFile(join(project, `${basename(folder)}.ts`), await readExample(folder, 'ts'));
  // A file that the example of queue-worker imports, and its README links to.
  await copyFile(join(root, 'packages/queue-worker/test/example/printer.ts'), join(project, 'printer.ts'));
  await runCommand('node', [compiler(), '-p', project], { cwd: project });
  const emit = ['--noEmit', 'false', '--target', 'es2022', '--outDir', compiled, '--rewriteRelativeImportExtensions'];
  await runCommand('node', [compiler(), '-p', project, ...emit], { cwd: project });
  say(`The first examples of ${packages.length} READMEs have the right types.`);

  const installed = await Promise.all(
    packed.map(async (one) => ({ ...one, engines: (await packedContents(one)).manifest.engines.node })),
  );
  await using servers = await startExampleServers(project, await sqlScripts());
  for (const node of await nodePrograms(join(parent, 'node'))) await tryOn(node, installed, servers);
} catch (error) {
  if (!(error instanceof PublishedPackageError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(parent, { recursive: true, force: true });
}
