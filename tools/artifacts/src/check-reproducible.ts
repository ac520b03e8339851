// pnpm test:artifacts, its first half: builds the commit that is checked out twice, in two clones, and compares every file.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checksumFile } from './checksums.ts';
import { buildClone, compareBuilds } from './compare-builds.ts';
import { ArtifactError } from './errors.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const parent = await mkdtemp(join(tmpdir(), 'reproducible-'));
try {
  const first = await buildClone(root, parent, 'a');
  const second = await buildClone(root, parent, 'another-folder');
  const files = await compareBuilds(first.out, second.out);
  process.stdout.write(`Two builds are equal in all of ${files} files. Their archives:\n`);
  process.stdout.write(await readFile(join(second.out, checksumFile), 'utf8'));
} catch (error) {
  if (!(error instanceof ArtifactError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(parent, { recursive: true, force: true });
}
