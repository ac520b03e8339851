import { existsSync } from 'node:fs';
import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { databaseArtifact } from './artifact-list.ts';
import type { BuildContext, Contents } from './build-context.ts';
import { BuildMissingError } from './errors.ts';
import { licensesText } from './licenses.ts';
import { sbomText } from './sbom.ts';

const manifestSchema = z.object({ version: z.string(), license: z.string() });
const packageFolder = 'packages/provenance-schema';
const dacpacName = 'Hartonomous.Database.dacpac';

/**
 * Copies the SQL project: its scripts, and the DACPAC where one was built.
 *
 * @param dacpac file that `dotnet build` made of the project; there is none in the artifact otherwise
 * @throws BuildMissingError where that file isn't there
 */
export async function writeDatabase(
  { root, out, commit }: BuildContext,
  dacpac: string | undefined,
): Promise<Contents> {
  if (dacpac !== undefined && !existsSync(dacpac)) throw new BuildMissingError(dacpac, { command: 'pnpm dacpac' });
  const source = join(root, packageFolder, 'database');
  const folder = join(out, databaseArtifact);
  // What a build leaves beside the scripts isn't part of the project.
  const isBuild = (path: string) => ['bin', 'obj'].includes(relative(source, path).split(sep)[0] ?? '');
  await cp(source, folder, { recursive: true, filter: (path) => !isBuild(path) });
  if (dacpac !== undefined) await copyFile(dacpac, join(folder, dacpacName));
  const { version, license } = manifestSchema.parse(
    JSON.parse(await readFile(join(root, packageFolder, 'package.json'), 'utf8')),
  );
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const packageJson = { name: databaseArtifact, version, license, private: true, commit: commit.id };
  await write('package.json', `${JSON.stringify(packageJson, null, 2)}\n`);
  await write('LICENSES.txt', licensesText(databaseArtifact, [], await readFile(join(root, 'LICENSE'), 'utf8')));
  await write(
    'sbom.cdx.json',
    sbomText({ name: databaseArtifact, version, license, commit, parts: [], notIncluded: [] }),
  );
  return { name: databaseArtifact, version, native: [] };
}
