import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readJsonSource } from './json-source.ts';
import { LineIndex } from './settings-text.ts';

async function sourceOf(bytes: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'config-loader-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'appsettings.json');
  await writeFile(path, bytes);
  const { entries, problems, warnings } = await readJsonSource(path);
  return { values: entries.map(({ value }) => value), problems, warnings };
}

const json = '{"Neo4j":\n{"Uri":"bolt://größe:7687"}}';

test.each([
  ['UTF-8', Buffer.from(json)],
  ['UTF-8 with its mark', Buffer.from(`\uFEFF${json}`)],
  ['UTF-16, as Windows PowerShell writes it', Buffer.from(`\uFEFF${json}`, 'utf16le')],
  ['UTF-16 of the other order', Buffer.from(`\uFEFF${json}`, 'utf16le').swap16()],
])('a file in %s is read', async (_, bytes) => {
  expect(await sourceOf(bytes)).toEqual({ values: ['bolt://größe:7687'], problems: [], warnings: undefined });
});

test('bytes of another encoding are reported, with their line', async () => {
  const { values, warnings } = await sourceOf(Buffer.from(json, 'latin1'));
  expect(values).toEqual(['bolt://gr\uFFFD\uFFFDe:7687']);
  expect(warnings).toEqual([expect.stringContaining("appsettings.json isn't UTF-8 (line 2)")]);
});

test('lines and columns count from 1', () => {
  const lines = new LineIndex('a\nbc\n');
  expect([0, 1, 2, 4, 5].map((offset) => lines.positionOf(offset))).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 2 },
    { line: 2, column: 1 },
    { line: 2, column: 3 },
    { line: 3, column: 1 },
  ]);
});
