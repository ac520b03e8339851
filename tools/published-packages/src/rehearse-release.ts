// pnpm test:release: a release from beginning to end, in a copy of the repository and on a registry of this machine.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PublishedPackageError } from './errors.ts';
import { startLoopbackRegistry } from './loopback-registry.ts';
import { pnpm, runCommand } from './run-command.ts';
import { publishedPackages } from './workspace.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const parent = await mkdtemp(join(tmpdir(), 'rehearsal-'));
const clone = join(parent, 'repository');

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  await runCommand('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { cwd: parent });
  await pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { cwd: clone });
  const before = publishedPackages(clone);
  await pnpm(['release:version'], { cwd: clone });
  const packages = publishedPackages(clone);
  for (const { name, version, folder } of packages) {
    const old = before.find((one) => one.name === name)?.version;
    const changelog = version === old ? '' : await readFile(join(folder, 'CHANGELOG.md'), 'utf8');
    if (version !== old && !changelog.includes(`## ${version}`))
      throw new Error(`The changelog of ${name} has no ${version}.`);
    say(`${name} ${old} -> ${version}`);
  }
  await pnpm(['build'], { cwd: clone });

  const upstream = (await runCommand('npm', ['config', 'get', 'registry'], { cwd: parent })).trim();
  await using registry = await startLoopbackRegistry(join(parent, 'registry'), upstream);
  const env = { ...process.env, NPM_CONFIG_USERCONFIG: registry.npmrc, npm_config_registry: registry.url };
  say(await runCommand('node', ['tools/published-packages/src/publish.ts'], { cwd: clone, env }));
  const again = await runCommand('node', ['tools/published-packages/src/publish.ts'], { cwd: clone, env });
  if (!again.includes('Everything is published already')) throw new Error(`A second publish was not idle:\n${again}`);

  const project = join(parent, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const names = packages.map(({ name, version }) => `${name}@${version}`);
  await runCommand('npm', ['install', '--no-audit', '--no-fund', ...names], { cwd: project, env });
  const imports = packages.map(({ name }) => `await import(${JSON.stringify(name)});`).join('\n');
  await writeFile(join(project, 'all.js'), `${imports}\nconsole.log('imported');\n`);
  say(
    `${names.length} packages installed by name from ${registry.url}: ${(await runCommand('node', ['all.js'], { cwd: project })).trim()}`,
  );
} catch (error) {
  if (!(error instanceof PublishedPackageError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(parent, { recursive: true, force: true });
}
