import { execFile } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { hostileFiles } from './hostile-scenarios.ts';

const memoryLimitMb = 400;

/** Runs the child; its memory is its own, so that it can be measured. */
async function runChild(
  ...args: readonly string[]
): Promise<{ outcomes: Record<string, { code: string; atoms: number; bytes: number }>; peakMb: number }> {
  const child = join(import.meta.dirname, 'hostile-child.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [child, ...args], { timeout: 390_000 });
  return JSON.parse(stdout);
}

const isPdf = (name: string) => name.includes('PDF');
const names = Object.keys(hostileFiles);

test.each([
  ['one after the other in one process', names.filter((name) => !isPdf(name))],
  ['PDF, which is read in a thread', names.filter(isPdf)],
])(
  'hostile files are refused with their code and take less than 400 MB: %s',
  { timeout: 400_000 },
  async (_, group) => {
    const { outcomes, peakMb } = await runChild(...group);
    expect(Object.entries(outcomes).map(([name, { code }]) => [name, code])).toEqual(
      group.map((name) => [name, hostileFiles[name]!.code]),
    );
    expect(peakMb, JSON.stringify(outcomes, null, 1)).toBeLessThan(memoryLimitMb);
  },
);

test('the memory that is measured is the child’s own, however much the process has that starts it', async () => {
  const child = join(import.meta.dirname, 'hostile-child.ts');
  const start = `const held = Buffer.alloc(${2 * memoryLimitMb} * 2 ** 20, 1);
    const { stdout } = require('node:child_process').spawnSync(process.execPath, [process.argv[1]], { encoding: 'utf8' });
    console.log(JSON.stringify({ held: held.length, ...JSON.parse(stdout) }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', start, child]);
  expect(JSON.parse(stdout).peakMb).toBeLessThan(memoryLimitMb);
});

test('a sparse file of 600 MB is chunked in less than 400 MB', { timeout: 400_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hartonomous-atomizers-'));
  try {
    const path = join(folder, 'sparse.bin');
    const size = 600 * 1024 ** 2;
    await writeFile(path, '');
    await truncate(path, size);
    const { outcomes, peakMb } = await runChild('--file', path);
    expect(outcomes[path]).toMatchObject({ code: 'OK', atoms: size / (256 * 1024), bytes: size });
    expect(peakMb).toBeLessThan(memoryLimitMb);
  } finally {
    await rm(folder, { recursive: true });
  }
});
