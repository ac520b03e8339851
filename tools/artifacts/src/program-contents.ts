import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { databaseProject } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { artifactFolder, copiedFolders, type ProgramArtifact } from './artifact-list.ts';
import type { BuildContext, Contents } from './build-context.ts';
import { filesOf } from './checksums.ts';
import { BuildMissingError, PartUnknownError } from './errors.ts';
import { licensesText } from './licenses.ts';
import { bundledFiles, readMetafile } from './metafile.ts';
import { fileOfPackage, partsOf } from './parts.ts';
import { programReadme } from './readme.ts';
import { sbomText } from './sbom.ts';
import { addWindowsParts } from './windows-parts.ts';

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  engines: z.object({ node: z.string() }),
  files: z.array(z.string()),
});

/** Settings that an installation starts from; those for development have a development server's password in them. */
const settingsFile = /^appsettings(?:\.(?!Development\.)\w+)?\.json$/;
const folderReference = /new URL\("\.\/([\w-]+)\/",\s*import\.meta\.url\)/g;
/** Modules that the bundler made itself; see tsup.bundle.ts. */
const madeByBundler = /^(?:builtin|lazy):/;

/**
 * Puts a built program into a folder of its own: what its bundle needs, settings, licences, parts.
 *
 * @throws BuildMissingError, PartUnknownError
 */
export async function writeProgram(
  artifact: ProgramArtifact,
  { root, out, commit, windowsNode }: BuildContext,
): Promise<Contents> {
  const name = artifactFolder(artifact.name, windowsNode !== undefined);
  const app = join(root, artifact.app);
  const dist = join(app, 'dist');
  const folder = join(out, name);
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(app, 'package.json'), 'utf8')));
  const metafile = await readMetafile(join(dist, 'metafile-esm.json'));
  await mkdir(folder, { recursive: true });

  const outputs = Object.keys(metafile.outputs).filter((path) => path.endsWith('.js'));
  const folders = new Set<string>();
  for (const path of outputs) {
    const text = await readText(join(app, path));
    for (const [, name] of text.matchAll(folderReference)) if (name !== undefined) folders.add(name);
    await writeFile(join(folder, basename(path)), text.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, '\n'));
  }
  const copied: string[] = [];
  // A module that names a folder may be in a bundle whose program never reads it.
  const unknown = [...folders].filter((name) => !copiedFolders.has(name));
  const unnamed = artifact.folders.filter((name) => !folders.has(name));
  if (unknown.length > 0 || unnamed.length > 0) {
    throw new PartUnknownError(
      `The list of artifacts isn't up to date: ${artifact.name} names the folders ${[...folders].join(', ')}.`,
    );
  }
  for (const one of artifact.folders) {
    await cp(join(dist, one), join(folder, one), { recursive: true });
    const origin = copiedFolders.get(one);
    if (origin !== undefined) copied.push(fileOfPackage(origin.package, join(root, origin.of)));
  }
  for (const one of manifest.files.filter((file) => settingsFile.test(file)))
    await copyFile(join(app, one), join(folder, one));

  const added = windowsNode === undefined ? [] : await addWindowsParts(folder, windowsNode);
  const native = artifact.native.map((part) => part.package).filter((one) => !added.some((part) => part.name === one));
  const bundled = [...bundledFiles(metafile)]
    .filter((file) => !madeByBundler.test(file))
    .map((file) => resolve(app, file));
  const parts = [...partsOf([...bundled, ...copied], root), ...added].filter((part) => part.name !== manifest.name);
  const { version, license, description, engines } = manifest;
  const write = (file: string, text: string) => writeFile(join(folder, file), text);
  const packageJson = {
    name,
    version,
    description,
    license,
    private: true,
    type: 'module',
    bin: { [artifact.command]: 'main.js' },
    engines,
    commit: commit.id,
    // What `hartonomous release deploy` holds against the database.
    // Not those that only take away what older programs used: a deployment doesn't run them.
    databaseSchema: databaseProject.migrations.findLast((migration) => migration.class === 'expand')?.number ?? 0,
  };
  await write('package.json', `${JSON.stringify(packageJson, null, 2)}\n`);
  const licence = await readText(join(root, 'LICENSE'));
  const comments = await legalComments(dist, outputs);
  await write('LICENSES.txt', licensesText(name, parts, licence) + comments);
  await write('sbom.cdx.json', sbomText({ name, version, license, commit, parts, notIncluded: native }));
  await write(
    'README.md',
    programReadme(artifact, { version, commit, description, node: engines.node, windowsNode, missing: native }),
  );
  return { name, version, native };
}

/** Comments about licences that stood in the bundled files, which the bundler took out of them. */
async function legalComments(dist: string, outputs: readonly string[]): Promise<string> {
  const names = outputs.map((path) => `${basename(path)}.LEGAL.txt`);
  const existing = (await filesOf(dist)).filter((file) => names.includes(file));
  const texts = new Set<string>();
  for (const file of existing) texts.add((await readText(join(dist, file))).trimEnd());
  return texts.size === 0
    ? ''
    : `\n${'-'.repeat(80)}\nComments of the bundled files:\n\n${[...texts].sort().join('\n\n')}\n`;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new BuildMissingError(file, { cause });
  }
}
