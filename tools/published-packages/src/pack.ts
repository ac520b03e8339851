import { join } from 'node:path';
import { pnpm } from './run-command.ts';
import type { PublishedPackage } from './workspace.ts';

/** A package as it would be published. */
export interface PackedPackage extends PublishedPackage {
  /** The .tgz. */
  readonly tarball: string;
}

/**
 * Packs packages as they are published: versions instead of `workspace:*`, without what .pnpmfile.mjs takes out. Build them first.
 *
 * @param out folder for the tarballs
 * @param env of pnpm; in a workflow it names the repository that the packages come from
 */
export async function packAll(
  packages: readonly PublishedPackage[],
  out: string,
  root: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly PackedPackage[]> {
  const filters = packages.map(({ name }) => `--filter=${name}`);
  await pnpm([...filters, 'pack', '--pack-destination', out], { cwd: root, env });
  return packages.map((one) => ({ ...one, tarball: join(out, `${tarballName(one)}.tgz`) }));
}

function tarballName({ name, version }: PublishedPackage): string {
  return `${name.replace('@', '').replace('/', '-')}-${version}`;
}
