import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiReport, reportPath } from '../src/api/api-report.ts';
import type { EntryPoint } from '../src/api/entry-points.ts';
import { differences, leftovers } from '../src/api/expected-files.ts';

let root: string;
let point: EntryPoint;

const declarations = (parameter: string): string => `
interface Hidden { readonly a: number }
/** What it does. */
export declare function useful(${parameter}): Hidden;
export {};
`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'api-'));
  const folder = join(root, 'one');
  await mkdir(join(folder, 'node_modules/@types/node'), { recursive: true });
  await writeFile(join(folder, 'node_modules/@types/node/index.d.ts'), 'export {};');
  await writeFile(join(folder, 'package.json'), '{ "name": "one", "version": "1.0.0", "type": "module" }');
  point = { specifier: 'one', name: 'index', folder, types: join(folder, 'index.d.ts') };
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('a changed signature is a difference in the report, with the lines', async () => {
  await writeFile(point.types, declarations('count: number'));
  const before = await apiReport(point);
  expect(before).toContain('export function useful(count: number): Hidden;');
  // A type that a caller can't name.
  expect(before).toContain('ae-forgotten-export');
  await mkdir(join(point.folder, 'api'));
  await writeFile(join(point.folder, reportPath(point)), before);
  expect(differences(root, new Map([[`one/${reportPath(point)}`, before]]))).toEqual([]);

  await writeFile(point.types, declarations('count?: number'));
  const [difference] = differences(root, new Map([[`one/${reportPath(point)}`, await apiReport(point)]]));
  expect(difference?.lines).toEqual([
    '+ export function useful(count?: number): Hidden;',
    '- export function useful(count: number): Hidden;',
  ]);
});

test('a report of an entry point that is gone is left over', () => {
  expect(leftovers(root, ['one/api', 'none'], new Map())).toEqual(['one/api/index.api.md']);
});

test('what a package exports has a docstring', () => {
  const repository = join(import.meta.dirname, '../../..');
  const reports = globSync('{packages,tools}/*/api/*.api.md', { cwd: repository });
  expect(reports.length).toBeGreaterThan(15);
  const undocumented = reports.flatMap((report) =>
    Array.from(
      readFileSync(join(repository, report), 'utf8').matchAll(/^\/\/ @public \(undocumented\)\n(export .+)$/gm),
      ([, line]) => `${report}: ${line}`,
    ),
  );
  expect(undocumented).toEqual([]);
});
