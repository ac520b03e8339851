// pnpm release:github: a release of GitHub for each artifact whose version has none, with its archives and SHA256SUMS.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { artifactNames } from '../artifact-list.ts';
import { checksumFile } from '../checksums.ts';
import { ArtifactError, CommandFailedError } from '../errors.ts';
import { runCommand } from '../run-command.ts';
import { manifestOf } from './manifest.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = join(root, 'artifacts');

async function exists(tag: string): Promise<boolean> {
  try {
    await runCommand('gh', ['release', 'view', tag], { cwd: root });
    return true;
  } catch (error) {
    if (error instanceof CommandFailedError && error.message.includes('release not found')) return false;
    throw error;
  }
}

try {
  for (const name of artifactNames) {
    const { version, commit } = await manifestOf(join(folder, name));
    const tag = `${name}@${version}`;
    if (await exists(tag)) {
      process.stdout.write(`${tag} is there already\n`);
      continue;
    }
    const files = [`${name}.tar.gz`, `${name}.zip`, checksumFile].map((file) => join(folder, file));
    await runCommand(
      'gh',
      ['release', 'create', tag, ...files, '--target', commit, '--title', tag, '--generate-notes'],
      { cwd: root },
    );
    process.stdout.write(`released ${tag}\n`);
  }
} catch (error) {
  if (!(error instanceof ArtifactError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
}
