import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { settingsProblems } from './settings-problems.ts';

const schema = z.object({
  Server: z.object({ Uri: z.string(), Name: z.string().default('main') }),
  Worker: z
    .strictObject({
      BatchSize: z.int().default(3_000),
      MinBatchSize: z.int().optional(),
      Enabled: z.boolean().default(true),
      Roots: z.array(z.string()).default([]),
    })
    .prefault({}),
});
const rows = [
  '| `Server:Uri` |  | where |',
  '| `Server:Name` | `main` | |',
  '| `Worker:BatchSize`, `MinBatchSize` | 3000, (a tenth) | |',
  '| `Worker:Enabled` | `True` | |',
  '| `Worker:Roots` | none | |',
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function problems(table: readonly string[], file: object = {}): Promise<readonly string[]> {
  const other = '| key | meaning |\n| --- | --- |\n| `Not:Ours` | x |\n';
  const text = ['# App', '', other, '| key | default | meaning |', '| --- | --- | --- |', ...table, '', 'End'].join(
    '\n',
  );
  writeFileSync(join(folder, 'README.md'), text);
  writeFileSync(join(folder, 'appsettings.json'), JSON.stringify(file));
  return await settingsProblems(schema, pathToFileURL(`${folder}/`));
}

test('a table and a file that say what the schema says', async () => {
  const file = { Server: { Uri: 'bolt://x' }, Worker: { BatchSize: 3_000, Roots: [] }, Other: { Key: 1 } };
  expect(await problems(rows, file)).toEqual([]);
});

test.each([
  [
    'another default',
    2,
    '| `Worker:BatchSize`, `MinBatchSize` | 2000, (a tenth) | |',
    'Worker:BatchSize has the default 3000, not 2000',
  ],
  ['a missing default', 0, '| `Server:Uri` | x | |', 'Server:Uri has the default nothing, not x'],
  ['no default', 1, '| `Server:Name` | | |', 'Server:Name has the default `main`, not nothing'],
  [
    'a constant that is in parentheses',
    3,
    '| `Worker:Enabled` | (`True`) | |',
    'Worker:Enabled has the default `True`, not (`True`)',
  ],
])('a row with %s', async (_, index, row, problem) => {
  expect(await problems(rows.with(index, row))).toEqual([`README.md: ${problem}`]);
});

test('a setting without a row, and a row without a setting', async () => {
  expect(await problems(rows.with(4, '| `Worker:Rots` | none | |'))).toEqual([
    'README.md: Worker:Roots is in no table of settings',
    'README.md: Worker:Rots is not a setting',
  ]);
});

test('a value in appsettings.json that is not the default', async () => {
  expect(await problems(rows, { Worker: { BatchSize: 2_000 } })).toEqual([
    'appsettings.json: Worker:BatchSize is 2000, but its default is 3000',
  ]);
});
