// What a published package.json has no use for, and where it comes from.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** It leads to sources, which aren't published. */
const sourceCondition = '@hartonomous/source';

/** @param {unknown} exported */
function withoutSources(exported) {
  if (typeof exported !== 'object' || exported === null) return exported;
  return Object.fromEntries(
    Object.entries(exported)
      .filter(([condition]) => condition !== sourceCondition)
      .map(([condition, target]) => [condition, withoutSources(target)]),
  );
}

/**
 * The repository that a workflow runs for. It isn't written into the sources: where they are public is the publisher's matter, and the
 * registry accepts a package's statement of provenance only when both name the same one.
 *
 * @param {string} name of the package
 */
function origin(name) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
  if (server === undefined || repository === undefined) return {};
  const own = name.replace('@hartonomous/', '');
  const folder = ['packages', 'tools']
    .map((group) => `${group}/${own}`)
    .find((one) => existsSync(join(import.meta.dirname, one)));
  const address = `${server}/${repository}`;
  return {
    repository: { type: 'git', url: `git+${address}.git`, directory: folder },
    homepage: `${address}/tree/main/${folder}#readme`,
    bugs: `${address}/issues`,
  };
}

export const hooks = {
  beforePacking(manifest) {
    const { devDependencies, scripts, ...published } = manifest;
    return { ...published, ...origin(manifest.name), exports: withoutSources(manifest.exports) };
  },
};
