// pnpm artifacts:verify FOLDER: are the artifacts in it as they were built?
import { resolve } from 'node:path';
import { ArtifactError, ArtifactOptionsError } from './errors.ts';
import { verifyArtifacts } from './verify-artifact.ts';

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
    let found = 0;
    for await (const { name, files } of verifyArtifacts(parent)) {
      found += 1;
      process.stdout.write(`${name}: ${files} files are as they were built\n`);
    }
    if (found === 0) throw new ArtifactOptionsError(`There is no artifact in ${parent}.`);
  }
} catch (error) {
  if (!(error instanceof ArtifactError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = error instanceof ArtifactOptionsError ? 2 : 1;
}
