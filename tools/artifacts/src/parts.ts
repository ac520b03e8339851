import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { z } from 'zod';
import { embeddedParts } from './artifact-list.ts';
import { PartUnknownError } from './errors.ts';

/** A package that is, in part at least, in an artifact. */
export interface Part {
  readonly name: string;
  readonly version: string | undefined;
  /** SPDX expression. */
  readonly license: string;
  /** Texts of the files LICENSE, NOTICE and such of the package. */
  readonly texts: readonly string[];
  readonly description: string | undefined;
  /** Ours, from this repository. */
  readonly isOurs: boolean;
  /** Why it is here, where no bundler can see it. */
  readonly note: string | undefined;
}

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string().optional(),
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});

const licenseFile = /^(?:licen[cs]e|copying|notice|third-?party.*)(?:[.-].*)?$/i;

/**
 * The packages that files come from.
 *
 * @param files absolute paths
 * @param root the repository, whose own packages are ours
 * @returns sorted by name and version
 * @throws PartUnknownError for a file that is in no package, or a package without a licence
 */
export function partsOf(files: Iterable<string>, root: string): readonly Part[] {
  const folders = new Set([...files].map((file) => packageFolder(dirname(file))));
  const parts = [...folders].flatMap((folder) => {
    const part = readPart(folder, root);
    const embedded = embeddedParts.get(part.name);
    if (embedded === undefined) return [part];
    return [part, { ...embedded, version: undefined, texts: [], description: undefined, isOurs: false }];
  });
  const byName = new Map(parts.map((part) => [`${part.name}@${part.version ?? ''}`, part]));
  return [...byName.values()].sort(
    (left, right) => compare(left.name, right.name) || compare(left.version, right.version),
  );
}

/** A file of a package that is copied whole, for {@link partsOf}. */
export function fileOfPackage(name: string, from: string): string {
  const file = findPackageJSON(name, join(from, 'package.json'));
  if (file === undefined) throw new PartUnknownError(`${name} isn't installed for ${from}.`);
  return file;
}

/** Where a package begins: the folder that has its name in node_modules, since some have a package.json in folders of theirs too. */
function packageFolder(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    const manifest = existsSync(file)
      ? manifestSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
      : undefined;
    if (manifest !== undefined) {
      const real = realpathSync(folder);
      const isInstalled = real.split(sep).includes('node_modules');
      if (!isInstalled || real.endsWith(join('node_modules', ...manifest.name.split('/')))) return real;
    }
    if (dirname(folder) === folder) throw new PartUnknownError(`${start} is in no package with a name and a version.`);
  }
}

function readPart(folder: string, root: string): Part {
  const { name, version, description, license, licenses } = manifestSchema.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  const declared =
    typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(' OR '));
  if (declared === undefined || declared === '')
    throw new PartUnknownError(`${name}@${version} doesn't say its licence.`);
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && licenseFile.test(entry.name))
    .map((entry) => entry.name)
    .sort(compare)
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trimEnd());
  const isOurs = !folder.includes('node_modules') && folder.startsWith(realpathSync(root));
  return { name, version, license: declared, texts, description, isOurs, note: undefined };
}

function compare(left = '', right = ''): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
