import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, type ProjectReflection } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { ReferencePagesError } from '../errors.ts';
import type { EntryPoint } from './entry-points.ts';

const compilerOptions = {
  target: 'esnext',
  lib: ['esnext'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  typeRoots: [fileURLToPath(new URL('../../../../node_modules/@types', import.meta.url))],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
};

/** Parameters and properties as tables: as headings they would be three times as long. */
const markdown: Partial<PluginOptions> = {
  excludeScopesInPaths: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
};

/**
 * Reference pages in Markdown, one for each entry point and README.md, which lists them, from the comments in the declarations.
 *
 * @returns texts by their paths, `/` between the parts, sorted
 * @throws ReferencePagesError when the declarations can't be read
 */
export async function referencePages(points: readonly EntryPoint[]): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'reference-'));
  try {
    const files = points.map(({ types }) => types);
    const tsconfig = join(folder, 'tsconfig.json');
    await writeFile(tsconfig, JSON.stringify({ compilerOptions, files }));
    const out = join(folder, 'pages');
    await generate(points, tsconfig, out);
    return await textsOf(out);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function generate(points: readonly EntryPoint[], tsconfig: string, out: string): Promise<void> {
  const app = await Application.bootstrapWithPlugins({
    plugin: [import.meta.resolve('typedoc-plugin-markdown')],
    entryPoints: points.map(({ types }) => types),
    tsconfig,
    // They are checked by the compiler that made them; this one only reads.
    skipErrorChecking: true,
    name: 'Reference',
    readme: 'none',
    alwaysCreateEntryPointModule: true,
    disableSources: true,
    excludeExternals: true,
    excludePrivate: true,
    ...markdown,
    hideGenerator: true,
    router: 'module',
    sort: ['alphabetical'],
    logLevel: 'Error',
    outputs: [{ name: 'markdown', path: out }],
  });
  const project = await app.convert();
  if (project === undefined) throw new ReferencePagesError('typedoc could not read the declarations');
  nameModules(project, points);
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) throw new ReferencePagesError('typedoc reported errors');
}

/** Modules are called as they are imported; typedoc calls them after their files. */
function nameModules(project: ProjectReflection, points: readonly EntryPoint[]): void {
  for (const child of project.children ?? []) {
    const file = project.getSymbolIdFromReflection(child)?.fileName;
    const point = points.find(({ types }) => file !== undefined && normalize(file) === normalize(types));
    if (point === undefined) throw new ReferencePagesError(`typedoc made a page of ${child.name}, no entry point`);
    child.name = point.specifier;
  }
}

async function textsOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1).replaceAll('\\', '/'), await readFile(path, 'utf8')] as const;
    });
  return new Map((await Promise.all(texts)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
