import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RoomsTableError, SourceFileError } from '../errors.ts';
import { layerProblems } from './layer-problems.ts';
import { parseRooms } from './rooms.ts';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));
const architecture = await readFile(join(repository, 'docs/architecture.md'), 'utf8');

describe('a repository with a package for each row of the table', () => {
  let root: string;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'layers-'));
    await put('docs/architecture.md', architecture);
    for (const { folder } of parseRooms(architecture)) await putPackage(folder.replace('*', 'one'));
    for (const folder of ['apps/two', 'tools/two']) await putPackage(folder);
    expect(layerProblems(root)).toEqual([]);
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  async function put(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }

  async function putPackage(folder: string, more: object = {}): Promise<void> {
    await put(`${folder}/package.json`, JSON.stringify({ name: nameOf(folder), ...more }));
    await put(`${folder}/src/index.ts`, "export { here } from './here.ts';\n");
  }

  const nameOf = (folder: string) =>
    `@hartonomous/${folder.startsWith('packages/') ? folder.slice(9) : folder.replace('/', '-')}`;
  const importing = (folder: string) => `import { x } from '${nameOf(folder)}';\n`;

  test.each([
    ['apps/one', 'apps/two'],
    ['apps/one', 'tools/one'],
    ['packages/operations', 'apps/one'],
    ['packages/operations', 'packages/worker-host'],
    ['packages/broker-client', 'tools/one'],
    ['packages/broker-client', 'packages/config-loader'],
    ['packages/broker-client', 'packages/graph-sync'],
    ['packages/config-loader', 'packages/broker-client'],
    ['packages/config-loader', 'packages/graph-sync'],
    ['packages/graph-sync', 'packages/broker-client'],
    ['packages/graph-sync', 'packages/config-loader'],
    ['packages/provenance-schema', 'packages/graph-sync'],
    ['packages/atomizers', 'packages/provenance-schema'],
    ['packages/worker-host', 'packages/operations'],
  ])('%s may not import %s, nor depend on it', async (from, to) => {
    await put(`${from}/src/deep/stray.ts`, `\n${importing(to)}`);
    await putPackage(from, { dependencies: { [nameOf(to)]: 'workspace:*' } });
    const problem = expect.stringContaining(`${from} may not import ${to} (`);
    expect(layerProblems(root)).toEqual([
      { place: `${from}/package.json`, problem },
      { place: `${from}/src/deep/stray.ts:2`, problem },
    ]);
  });

  test("a worker's declaration has 80 lines at most", async () => {
    await put('apps/one/src/worker.ts', '// a line\n'.repeat(80));
    await put('packages/queue-worker/src/worker.ts', '// a line\n'.repeat(200));
    expect(layerProblems(root)).toEqual([]);
    await put('apps/one/src/worker.ts', '// a line\n'.repeat(81));
    expect(layerProblems(root)).toEqual([
      { place: 'apps/one/src/worker.ts', problem: expect.stringContaining('81 lines') },
    ]);
  });

  test.each([
    ['apps/one', 'packages/operations'],
    ['packages/graph-sync', 'packages/provenance-schema'],
    ['packages/operations', 'packages/graph-sync'],
    ['tools/one', 'apps/one'],
    ['tools/one', 'tools/two'],
  ])('%s may import %s', async (from, to) => {
    await put(`${from}/src/good.ts`, importing(to));
    await putPackage(from, { dependencies: { [nameOf(to)]: 'workspace:*' } });
    expect(layerProblems(root)).toEqual([]);
  });

  test.each([
    ['a type', "import type { X } from '@hartonomous/apps-two';"],
    ['a re-export', "export * from '@hartonomous/apps-two';"],
    ['a part of a package', "import '@hartonomous/apps-two/part';"],
    ['an import at run time', "const { x } = await import('@hartonomous/apps-two');"],
    ['a type by its module', "export type X = import('@hartonomous/apps-two').X;"],
  ])('%s is an import', async (_, text) => {
    await put('apps/one/src/stray.ts', text);
    expect(layerProblems(root)).toMatchObject([{ place: 'apps/one/src/stray.ts:1' }]);
  });

  test('tests may import tools, but nothing else that the table refuses', async () => {
    await put('packages/graph-sync/src/a.test.ts', importing('tools/one'));
    await put('packages/graph-sync/test/b.ts', importing('tools/one'));
    await putPackage('packages/graph-sync', { devDependencies: { [nameOf('tools/one')]: 'workspace:*' } });
    expect(layerProblems(root)).toEqual([]);
    await put('packages/graph-sync/test/b.ts', importing('packages/broker-client'));
    await put('apps/one/test/c.test.ts', importing('apps/two'));
    await putPackage('apps/one', { devDependencies: { [nameOf('apps/two')]: 'workspace:*' } });
    expect(layerProblems(root).map(({ place }) => place)).toEqual([
      'apps/one/package.json',
      'apps/one/test/c.test.ts:1',
      'packages/graph-sync/test/b.ts:1',
    ]);
  });

  test.each([
    ['packages/graph-sync/src/a.ts', '../../provenance-schema/src/index.ts'],
    ['packages/graph-sync/src/a.test.ts', '../../../tools/one/src/index.ts'],
    ['apps/one/src/a.ts', '../../../tsup.bundle.ts'],
  ])('a relative path that leaves the package is refused: %s, %s', async (file, specifier) => {
    await put(file, `import '${specifier}';`);
    expect(layerProblems(root)).toEqual([
      { place: `${file}:1`, problem: expect.stringContaining('import the other package by its name') },
    ]);
  });

  test("a build's configuration may import what the root has for it", async () => {
    await put('apps/one/tsup.config.ts', "import '../../tsup.bundle.ts';");
    expect(layerProblems(root)).toEqual([]);
    await put('apps/one/tsup.config.ts', "import '../two/tsup.config.ts';");
    expect(layerProblems(root)).toHaveLength(1);
  });

  test('a package without a row, and a row without a package', async () => {
    await putPackage('packages/newcomer');
    rmSync(join(root, 'packages/atomizers'), { recursive: true });
    expect(layerProblems(root)).toEqual([
      { place: 'docs/architecture.md', problem: expect.stringContaining('packages/atomizers') },
      { place: 'packages/newcomer', problem: expect.stringContaining('no row') },
    ]);
  });

  test('what is built or installed is not a source', async () => {
    await put('apps/one/dist/main.js', importing('apps/two'));
    await put('apps/one/build/page/main.js', importing('apps/two'));
    await put('apps/one/node_modules/x/index.js', importing('apps/two'));
    expect(layerProblems(root)).toEqual([]);
  });

  test('a file that is not a program is an error, not a file without imports', async () => {
    await put('apps/one/src/broken.ts', 'import {');
    expect(() => layerProblems(root)).toThrow(SourceFileError);
  });
});

test.each([
  ['no table', '## Rooms\n\nnone\n\n## Next\n| `a` | b | anything |'],
  ['an unknown wording', '## Rooms\n| folder | what | may import |\n| - | - | - |\n| `a` | b | most of it |'],
  ['words among the names', '## Rooms\n| folder | what | may import |\n| - | - | - |\n| `a` | b | all but `c` |'],
  ['a row without a folder', '## Rooms\n| folder | what | may import |\n| - | - | - |\n| a | b | anything |'],
])('a Rooms table with %s is an error', (_, markdown) => {
  expect(() => parseRooms(markdown)).toThrow(RoomsTableError);
});

test('the table is read as it is written', () => {
  const table =
    '## Rooms\n\n| folder | may import |\n| --- | --- |\n| `packages/a` | `b`, `c` |\n| `apps/*` | `packages/*` |\n';
  expect(parseRooms(table)).toEqual([
    { folder: 'packages/a', mayImport: ['packages/b', 'packages/c'] },
    { folder: 'apps/*', mayImport: ['packages/*'] },
  ]);
});
