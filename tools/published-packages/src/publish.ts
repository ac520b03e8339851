// pnpm release:publish: packs what the registry doesn't have yet and publishes it with the npm client.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandFailedError, PublishedPackageError } from './errors.ts';
import { packAll } from './pack.ts';
import { runCommand } from './run-command.ts';
import { type PublishedPackage, publishedPackages } from './workspace.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

async function isPublished({ name, version }: PublishedPackage): Promise<boolean> {
  try {
    return (await runCommand('npm', ['view', `${name}@${version}`, 'version'], { cwd: tmpdir() })).trim() === version;
  } catch (error) {
    if (error instanceof CommandFailedError && error.output.includes('E404')) return false;
    throw error;
  }
}

const out = await mkdtemp(join(tmpdir(), 'release-'));
try {
  const missing: PublishedPackage[] = [];
  for (const one of publishedPackages(root)) if (!(await isPublished(one))) missing.push(one);
  // In the order of their needs, so that no package is there before what it needs.
  for (const { name, version, tarball } of missing.length === 0 ? [] : await packAll(missing, out, root)) {
    await runCommand('npm', ['publish', tarball, '--access', 'public'], { cwd: out });
    process.stdout.write(`published ${name}@${version}\n`);
  }
  if (missing.length === 0) process.stdout.write('Everything is published already.\n');
} catch (error) {
  if (!(error instanceof PublishedPackageError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(out, { recursive: true, force: true });
}
