import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';

test('returns what the check returns once it stops throwing', async () => {
  let looks = 0;
  const value = await eventually(() => {
    looks += 1;
    if (looks < 3) throw new Error('not yet');
    return looks;
  });
  expect(value).toBe(3);
});

test('throws the last error when the time is over', async () => {
  const failing = eventually(() => Promise.reject(new Error('still not')), { timeoutMs: 50, intervalMs: 5 });
  await expect(failing).rejects.toThrow('still not');
});
