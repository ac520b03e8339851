// pnpm artifacts:verify FOLDER: are the artifacts in it as they were built?
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { artifactNames } from './artifact-list.ts';
import { checksumFile } from './checksums.ts';
import { ArtifactError, ArtifactOptionsError } from './errors.ts';
import { verifyFolder } from './verify-artifact.ts';

const usage = `Usage: pnpm artifacts:verify <folder>

Holds every artifact in a folder, and the archives beside them, against their SHA256SUMS. That shows damage and mistakes; who built them
is what an attestation says (docs/artifacts.md).

Example: pnpm artifacts:verify artifacts
Exit codes: 0 as built; 1 something differs; 2 wrong command line.
`;

try {
  const [folder, ...rest] = process.argv.slice(2);
  if (folder === '--help') process.stdout.write(usage);
  else {
    if (folder === undefined || rest.length > 0) throw new ArtifactOptionsError(usage);
    const parent = resolve(folder);
    const names = artifactNames.filter((name) => existsSync(join(parent, name, checksumFile)));
    if (names.length === 0) throw new ArtifactOptionsError(`There is no artifact in ${parent}.`);
    for (const name of names) {
      process.stdout.write(`${name}: ${await verifyFolder(join(parent, name), true)} files are as they were built\n`);
    }
    if (existsSync(join(parent, checksumFile))) {
      process.stdout.write(`archives: ${await verifyFolder(parent, false)} files are as they were built\n`);
    }
  }
} catch (error) {
  if (!(error instanceof ArtifactError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = error instanceof ArtifactOptionsError ? 2 : 1;
}
