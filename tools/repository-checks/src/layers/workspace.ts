import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';

const dependencies = z.record(z.string(), z.string()).default({});
const manifest = z.object({
  name: z.string(),
  dependencies,
  optionalDependencies: dependencies,
  peerDependencies: dependencies,
  devDependencies: dependencies,
});

/** One package of the workspace. */
export interface WorkspacePackage {
  readonly name: string;
  /** `packages/graph-sync`. */
  readonly folder: string;
  /** Names of the packages that its users get with it. */
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** Its source files, from the repository's root. */
  readonly files: readonly string[];
}

/** Not sources: what is installed, what is built, and files that tests read. */
const leftOut = new Set(['node_modules', 'dist', 'build', 'corpus', '.turbo']);

/** The packages in packages/, apps/ and tools/ of a repository. */
export function workspacePackages(root: string): readonly WorkspacePackage[] {
  const sources = globSync('{packages,apps,tools}/*/**/*.{ts,mts,js,mjs}', {
    cwd: root,
    exclude: (path) => leftOut.has(basename(path)),
  });
  return globSync('{packages,apps,tools}/*/package.json', { cwd: root })
    .map((file) => file.slice(0, -'/package.json'.length))
    .sort()
    .map((folder) => {
      const parsed = manifest.parse(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')));
      return {
        name: parsed.name,
        folder,
        dependencies: [parsed.dependencies, parsed.optionalDependencies, parsed.peerDependencies].flatMap(Object.keys),
        devDependencies: Object.keys(parsed.devDependencies),
        files: sources.filter((file) => file.startsWith(`${folder}/`)).sort(),
      };
    });
}
