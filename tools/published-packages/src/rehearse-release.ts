// pnpm test:release: a release from beginning to end, in a copy of the repository and on a registry of this machine.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PublishedPackageError, RehearsalError } from './errors.ts';
import { type LoopbackRegistry, startLoopbackRegistry } from './loopback-registry.ts';
import { pnpm, runCommand } from './run-command.ts';
import { type PublishedPackage, programVersions, publishedPackages } from './workspace.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const parent = await mkdtemp(join(tmpdir(), 'rehearsal-'));
/** Tags are pushed to it. */
const origin = join(parent, 'origin.git');
const clone = join(parent, 'repository');

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function git(...args: readonly string[]): Promise<string> {
  return await runCommand('git', args, { cwd: clone });
}

/** Versions and changelogs by the changesets, committed. */
async function version(): Promise<readonly PublishedPackage[]> {
  const before = publishedPackages(clone);
  const programsBefore = programVersions(clone);
  await pnpm(['release:version'], { cwd: clone });
  const packages = publishedPackages(clone);
  for (const { name, version: now, folder } of packages) {
    const old = before.find((one) => one.name === name)?.version;
    const changelog = now === old ? '' : await readFile(join(folder, 'CHANGELOG.md'), 'utf8');
    if (now !== old && !changelog.includes(`## ${now}`))
      throw new RehearsalError(`the changelog of ${name} has no ${now}`);
    say(`${name} ${old} -> ${now}`);
  }
  for (const [name, now] of programVersions(clone)) say(`program ${name} ${programsBefore.get(name)} -> ${now}`);
  await git('config', 'user.name', 'rehearsal');
  await git('config', 'user.email', 'rehearsal@localhost');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'Release');
  return packages;
}

/** Published once; a second time there is nothing to publish. */
async function publish(registry: LoopbackRegistry, env: NodeJS.ProcessEnv): Promise<void> {
  say(await runCommand('node', ['tools/published-packages/src/publish.ts'], { cwd: clone, env }));
  const again = await runCommand('node', ['tools/published-packages/src/publish.ts'], { cwd: clone, env });
  if (!again.includes('Everything is published already'))
    throw new RehearsalError(`a second publish to ${registry.url} was not idle:\n${again}`);
}

/** A tag on origin for each package and each program. */
async function tag(packages: readonly PublishedPackage[]): Promise<void> {
  await pnpm(['release:tags'], { cwd: clone });
  const commit = (await git('rev-parse', 'HEAD')).trim();
  const onOrigin = await git('ls-remote', '--tags', 'origin');
  const versions = [...packages.map(({ name, version: now }) => [name, now] as const), ...programVersions(clone)];
  for (const [name, now] of versions) {
    const ref = `refs/tags/${name}@${now}`;
    // `^{}`: the commit that an annotated tag stands for.
    const [tagged] = onOrigin
      .split('\n')
      .filter((line) => line.endsWith(`${ref}^{}`) || line.endsWith(ref))
      .reverse();
    if (!tagged?.startsWith(commit)) throw new RehearsalError(`origin has no tag ${ref} at ${commit}`);
  }
  // Again, as a workflow that is started anew: nothing to do, and no failure.
  await pnpm(['release:tags'], { cwd: clone });
  say(`${versions.length} tags on origin.`);
}

/** All packages from the registry, by their names, in an empty project. */
async function install(packages: readonly PublishedPackage[], env: NodeJS.ProcessEnv): Promise<void> {
  const project = join(parent, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const names = packages.map(({ name, version: now }) => `${name}@${now}`);
  await runCommand('npm', ['install', '--no-audit', '--no-fund', ...names], { cwd: project, env });
  const imports = packages.map(({ name }) => `await import(${JSON.stringify(name)});`).join('\n');
  await writeFile(join(project, 'all.js'), `${imports}\nconsole.log('imported');\n`);
  const imported = (await runCommand('node', ['all.js'], { cwd: project })).trim();
  say(`${names.length} packages installed by name: ${imported}`);
}

try {
  await runCommand('git', ['clone', '--quiet', '--bare', '--no-hardlinks', root, origin], { cwd: parent });
  await runCommand('git', ['clone', '--quiet', origin, clone], { cwd: parent });
  // What is rehearsed is the commit that is checked out here, whatever branch it is on.
  const commit = (await runCommand('git', ['rev-parse', 'HEAD'], { cwd: root })).trim();
  await git('checkout', '--quiet', '--detach', commit);
  await pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { cwd: clone });
  const packages = await version();
  await pnpm(['build'], { cwd: clone });
  const upstream = (await runCommand('npm', ['config', 'get', 'registry'], { cwd: parent })).trim();
  await using registry = await startLoopbackRegistry(join(parent, 'registry'), upstream);
  const env = { ...process.env, NPM_CONFIG_USERCONFIG: registry.npmrc, npm_config_registry: registry.url };
  await publish(registry, env);
  await tag(packages);
  await install(packages, env);
} catch (error) {
  if (!(error instanceof PublishedPackageError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(parent, { recursive: true, force: true });
}
