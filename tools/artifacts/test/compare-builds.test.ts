import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compareBuilds } from '../src/compare-builds.ts';

test('builds are equal where every file is, and every other file is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'builds-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [left, right] = [join(folder, 'left'), join(folder, 'right')];
  mkdirSync(join(left, 'one'), { recursive: true });
  for (const name of ['a', 'b', 'one/c']) writeFileSync(join(left, name), name);
  cpSync(left, right, { recursive: true });
  expect(await compareBuilds(left, right)).toBe(3);
  writeFileSync(join(right, 'a'), 'A');
  writeFileSync(join(right, 'one/d'), 'd');
  rmSync(join(right, 'b'));
  await expect(compareBuilds(left, right)).rejects.toMatchObject({
    code: 'NOT_REPRODUCIBLE',
    files: ['a', 'b', 'one/d'],
  });
});
