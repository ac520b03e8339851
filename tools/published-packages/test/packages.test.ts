import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '@hartonomous/test-support';
import { create } from 'tar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { budgets } from '../src/budgets.ts';
import { packageProblems } from '../src/check-package.ts';
import { type PackedPackage, packAll } from '../src/pack.ts';
import { type PackedContents, packedContents } from '../src/packed-contents.ts';
import { publishedPackages } from '../src/workspace.ts';

const packages = publishedPackages(repositoryRoot);

let folder: string;
let packed: ReadonlyMap<string, PackedPackage>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packed-'));
  const asInWorkflow = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'owner/name' };
  const all = await packAll(packages, folder, repositoryRoot, { ...process.env, ...asInWorkflow });
  packed = new Map(all.map((one) => [one.name, one]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const packedOf = (name: string): PackedPackage => packed.get(name) ?? expect.fail(`${name} was not packed`);

/** Every path that an exports map leads to. */
function targets(exported: unknown): readonly string[] {
  if (typeof exported === 'string') return [exported];
  return typeof exported === 'object' && exported !== null ? Object.values(exported).flatMap(targets) : [];
}

test('a package with a wrong type is found', async () => {
  const parent = join(folder, 'wrong');
  await mkdir(join(parent, 'package'), { recursive: true });
  const manifest = {
    name: 'wrong',
    version: '1.0.0',
    type: 'module',
    exports: { types: './a.d.ts', default: './a.js' },
  };
  await writeFile(join(parent, 'package/package.json'), JSON.stringify(manifest));
  await writeFile(join(parent, 'package/a.js'), 'export const a = 1;');
  const tarball = join(parent, 'wrong.tgz');
  await create({ cwd: parent, gzip: true, file: tarball }, ['package']);
  const problems = await packageProblems({ name: 'wrong', version: '1.0.0', folder: parent, ours: [], tarball });
  expect(problems).toEqual(
    expect.arrayContaining([expect.stringMatching(/^publint: /), expect.stringMatching(/wrong|arethe/)]),
  );
});

describe.each(packages)('$name as it is published', ({ name }) => {
  let contents: PackedContents;
  beforeAll(async () => {
    contents = await packedContents(packedOf(name));
  });

  test('leads to files that are in it, and to no sources', () => {
    const { exports: exported, bin } = contents.manifest;
    const paths = [...targets(exported), ...targets(bin)];
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(contents.files).toContain(path.replace(/^\.\//, ''));
    expect(JSON.stringify(exported)).not.toContain('@hartonomous/source');
  });

  test('names versions of what it needs, and nothing that only its tests need', () => {
    const { dependencies, devDependencies, scripts } = contents.manifest;
    expect({ devDependencies, scripts }).toEqual({ devDependencies: {}, scripts: {} });
    for (const [other, range] of Object.entries(dependencies)) {
      expect(range, other).toMatch(/^[\^~]?\d/);
      const ours = packages.find((one) => one.name === other);
      if (other.startsWith('@hartonomous/')) expect(ours, `${other} is published`).toBeDefined();
    }
  });

  test('has its licence, its README and what a registry shows', () => {
    expect(contents.files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
    expect(contents.manifest).toMatchObject({
      license: 'MIT',
      type: 'module',
      engines: { node: expect.stringMatching(/^>=2[24]$/) },
      description: expect.stringMatching(/\w{3}/),
      author: expect.stringMatching(/\w{3}/),
      keywords: expect.arrayContaining([expect.stringMatching(/\w{3}/)]),
      publishConfig: { access: 'public' },
    });
  });

  test('names the repository of the workflow that publishes it, and its folder there', () => {
    const { repository, bugs, homepage } = contents.manifest;
    const { directory } = z.object({ directory: z.string() }).parse(repository);
    expect(join(repositoryRoot, directory)).toBe(packedOf(name).folder);
    expect(repository).toMatchObject({ type: 'git', url: 'git+https://github.com/owner/name.git' });
    expect({ bugs, homepage }).toEqual({
      bugs: 'https://github.com/owner/name/issues',
      homepage: `https://github.com/owner/name/tree/main/${directory}#readme`,
    });
  });

  test('is no larger than its budget', () => {
    const budget =
      budgets.get(name) ?? expect.fail(`${name} has no budget; it has ${Math.ceil(contents.bytes / 1000)} kB`);
    expect(contents.bytes / 1000).toBeLessThanOrEqual(budget.ownKb);
    expect(Object.keys(contents.manifest.dependencies).length).toBeLessThanOrEqual(budget.dependencies);
  });

  test('has nothing that publint or arethetypeswrong find', async () => {
    expect(await packageProblems(packedOf(name))).toEqual([]);
  });
});
