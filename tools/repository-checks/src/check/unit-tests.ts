import { dirname } from 'node:path/posix';

/**
 * The unit tests of files: those beside them, in the same folder, and the ones that are among them. Tests in `test/` folders start servers
 * and aren't unit tests.
 *
 * @param changed paths from the repository's root, with `/`
 * @param all every file of the repository, likewise
 * @returns sorted
 */
export function unitTests(changed: readonly string[], all: readonly string[]): readonly string[] {
  const folders = new Set(changed.filter((path) => path.endsWith('.ts') && /\/src\//.test(path)).map(dirname));
  return all.filter((path) => path.endsWith('.test.ts') && /\/src\//.test(path) && folders.has(dirname(path))).sort();
}

/** The folders of packages whose other tests `pnpm check` leaves out, each with a `/` at its end. */
export function untestedPackages(changed: readonly string[], all: readonly string[]): readonly string[] {
  const withTests = new Set(
    all.flatMap(
      (path) => /^((?:packages|apps|tools)\/[^/]+)\/(?:test|conformance)\/.*\.test\.ts$/.exec(path)?.[1] ?? [],
    ),
  );
  const folders = changed.flatMap((path) => /^(?:packages|apps|tools)\/[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)]
    .filter((folder) => withTests.has(folder))
    .map((folder) => `${folder}/`)
    .sort();
}
