import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const fixture = fileURLToPath(new URL('fixtures/fixture-heap.ts', import.meta.url));
const mebi = 1024 * 1024;

/** Largest size of the space for new objects of a process that works in batches, in bytes. */
async function largestNewSpace(limit?: number): Promise<number> {
  const args = ['--conditions=@hartonomous/source', fixture, ...(limit === undefined ? [] : [String(limit)])];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

test.each([16, 32])('the space for new objects grows to its limit of %i MiB and no further', async (mebibytes) => {
  const largest = await largestNewSpace(mebibytes * mebi);
  expect(largest).toBeGreaterThanOrEqual(mebibytes * mebi);
  expect(largest).toBeLessThan(1.25 * mebibytes * mebi);
});

test('without a limit it grows beyond them, or the limits would show nothing', async () => {
  expect(await largestNewSpace()).toBeGreaterThan(1.25 * 32 * mebi);
});
