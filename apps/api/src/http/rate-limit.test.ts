import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

test('a tenant may burst, then waits, and does not take from another', () => {
  let now = 0;
  const limit = new RateLimit(60, () => now);
  for (let taken = 0; taken < 10; taken += 1) expect(limit.take(1).isAllowed).toBe(true);
  expect(limit.take(1)).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 1 });
  expect(limit.take(2).isAllowed).toBe(true);
  now += 1_000;
  expect(limit.take(1).isAllowed).toBe(true);
  expect(limit.take(1).isAllowed).toBe(false);
});
