import { expect, test } from 'vitest';
import { ApiKeyPrefixes } from './api-key-prefixes.ts';

test('made-up keys share reads, keys that are known cause none, and a new key is found by the next', async () => {
  const there = ['one'];
  let reads = 0;
  const prefixes = new ApiKeyPrefixes(
    async () => {
      reads += 1;
      return [...there];
    },
    { readEveryMs: 200 },
  );
  const startedAt = performance.now();
  expect(await prefixes.has('one')).toBe(true);
  expect(reads).toBe(1);
  const guesses = Array.from({ length: 500 }, (_, guess) => prefixes.has(`guess ${guess}`));
  there.push('two');
  const found = prefixes.has('two');
  for (let again = 0; again < 100; again += 1) expect(await prefixes.has('one')).toBe(true);
  expect(await found).toBe(true);
  expect(new Set(await Promise.all(guesses))).toEqual(new Set([false]));
  expect(reads).toBe(2);
  while (performance.now() - startedAt < 1_000) await prefixes.has('nobody');
  expect(reads).toBeLessThanOrEqual(8);
});

test('a key that comes while prefixes are read waits for the next read', async () => {
  const there: string[] = [];
  const held = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let reads = 0;
  const prefixes = new ApiKeyPrefixes(
    async () => {
      const seen = [...there];
      await held[reads++]?.promise;
      return seen;
    },
    { readEveryMs: 1 },
  );
  const early = prefixes.has('late');
  await expect.poll(() => reads).toBe(1);
  there.push('late');
  const late = prefixes.has('late');
  held[0]?.resolve();
  expect(await early).toBe(false);
  held[1]?.resolve();
  expect(await late).toBe(true);
});

test('a read that fails fails for those that waited for it alone, and no more wait than may', async () => {
  let fails = true;
  const held = Promise.withResolvers<void>();
  const prefixes = new ApiKeyPrefixes(
    async () => {
      await held.promise;
      if (fails) throw new TypeError('away');
      return ['one'];
    },
    { readEveryMs: 1, mostWaiting: 2 },
  );
  const waiting = [prefixes.has('one'), prefixes.has('one')];
  await expect(prefixes.has('one')).rejects.toMatchObject({ code: 'BUSY', retryAfter: 1 });
  held.resolve();
  for (const outcome of await Promise.allSettled(waiting)) expect(outcome.status).toBe('rejected');
  fails = false;
  expect(await prefixes.has('one')).toBe(true);
});
