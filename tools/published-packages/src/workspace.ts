import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  private: z.boolean().default(false),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** A package that is published. */
export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  /** Absolute. */
  readonly folder: string;
  /** Other packages of this repository that it needs. */
  readonly ours: readonly string[];
}

/** The packages that are published: those that aren't private, each after those that it needs. */
export function publishedPackages(root: string): readonly PublishedPackage[] {
  const found = ['packages', 'tools'].flatMap((group) =>
    readdirSync(join(root, group)).flatMap((name) => {
      const folder = join(root, group, name);
      if (!existsSync(join(folder, 'package.json'))) return [];
      const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
      if (manifest.private) return [];
      const ours = Object.keys(manifest.dependencies).filter((one) => one.startsWith('@hartonomous/'));
      return [{ name: manifest.name, version: manifest.version, folder, ours }];
    }),
  );
  const sorted: PublishedPackage[] = [];
  const visit = (one: PublishedPackage): void => {
    if (sorted.includes(one)) return;
    for (const name of one.ours) for (const other of found) if (other.name === name) visit(other);
    sorted.push(one);
  };
  for (const one of found) visit(one);
  return sorted;
}

/** Versions of the programs by their packages' names: they aren't published, and have versions and tags all the same. */
export function programVersions(root: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(join(root, 'apps'))
      .map((name) => join(root, 'apps', name, 'package.json'))
      .filter((file) => existsSync(file))
      .map((file) => manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8'))))
      .map(({ name, version }) => [name, version] as const),
  );
}
