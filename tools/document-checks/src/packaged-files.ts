import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { PackagedDocument } from './documents.ts';
import { runProgram } from './run-program.ts';

const advice = 'The documents are those of Debian 12; run this there, after apt-get update.';

/**
 * Downloads a document's package, unless the folder has it, and puts the document beside it, without `.gz`.
 *
 * @returns its path
 * @throws DocumentCheckError
 */
export async function packagedFile(document: PackagedDocument, folder: string): Promise<string> {
  const root = join(folder, document.package.replaceAll(/[^\w.=+~-]/g, '_'));
  if (!existsSync(root)) await unpack(document.package, root);
  const path = join(root, document.path);
  if (!path.endsWith('.gz')) return path;
  const unzipped = join(root, basename(path, '.gz'));
  await writeFile(unzipped, gunzipSync(await readFile(path)));
  return unzipped;
}

async function unpack(name: string, root: string): Promise<void> {
  const partial = `${root}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await runProgram('apt-get', ['download', '--quiet', name], { cwd: partial, advice });
  for (const file of await readdir(partial)) {
    await runProgram('dpkg-deb', ['--extract', join(partial, file), partial], { advice });
    await rm(join(partial, file));
  }
  await rename(partial, root);
}
