import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checksumFile, checksumText } from '../src/checksums.ts';
import { verifyArtifacts } from '../src/verify-artifact.ts';

/** A folder with artifacts of a file each, as they were built, and an archive. */
async function built(...names: readonly string[]): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'verify-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  for (const name of names) {
    await mkdir(join(parent, name));
    await writeFile(join(parent, name, 'main.js'), 'run();\n');
    await writeFile(join(parent, name, checksumFile), await checksumText(join(parent, name), ['main.js']));
  }
  await writeFile(join(parent, 'api.zip'), 'packed');
  await writeFile(join(parent, checksumFile), await checksumText(parent, ['api.zip']));
  return parent;
}

const verified = async (parent: string) => await Array.fromAsync(verifyArtifacts(parent));

test('all artifacts of a folder are held against their checksums, those for Windows too, and archives', async () => {
  const parent = await built('neo4j-sync', 'neo4j-sync-win32-x64', 'database');
  expect(await verified(parent)).toEqual([
    { name: 'neo4j-sync', files: 1 },
    { name: 'neo4j-sync-win32-x64', files: 1 },
    { name: 'database', files: 1 },
    { name: 'archives', files: 1 },
  ]);
  await writeFile(join(parent, 'neo4j-sync-win32-x64', 'main.js'), 'run(more);\n');
  await expect(verified(parent)).rejects.toMatchObject({ code: 'CHECKSUM', files: ['main.js: changed'] });
});

test.each<[string, (parent: string) => Promise<void>, string]>([
  ['without checksums', (parent) => rm(join(parent, 'api', checksumFile)), 'SHA256SUMS: missing'],
  ['with a file more', (parent) => writeFile(join(parent, 'api', 'more.js'), ''), 'more.js: not in SHA256SUMS'],
  ['without a file', (parent) => rm(join(parent, 'api', 'main.js')), 'main.js: missing'],
  ['beside another archive', (parent) => writeFile(join(parent, 'api.tar.gz'), ''), 'api.tar.gz: not in SHA256SUMS'],
])('an artifact %s is not what was built', async (_, spoil, problem) => {
  const parent = await built('api');
  await spoil(parent);
  await expect(verified(parent)).rejects.toMatchObject({ code: 'CHECKSUM', files: [problem] });
});

test('a folder without artifacts has nothing that could be verified', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'verify-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  expect(await verified(parent)).toEqual([]);
});
