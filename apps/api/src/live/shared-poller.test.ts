import { expect, test } from 'vitest';
import { SharedPoller } from './shared-poller.ts';

test('many followers share each look, and nobody looks when all have gone', async () => {
  let looks = 0;
  const poller = new SharedPoller(async () => ++looks, 5);
  const end = new AbortController();
  const follow = async (times: number) => {
    const seen: number[] = [];
    for await (const look of poller.follow(end.signal)) {
      seen.push(look);
      if (seen.length === times) break;
    }
    return seen;
  };
  const all = await Promise.all(Array.from({ length: 20 }, () => follow(3)));
  expect(all.every((seen) => seen.length === 3 && seen[0] === 1)).toBe(true);
  expect(looks).toBeLessThanOrEqual(4);
  const after = looks;
  const waiting = poller.follow(end.signal);
  const next = waiting.next();
  expect((await next).value).toBeGreaterThan(after);
  const last = waiting.next();
  end.abort();
  await last;
  expect((await waiting.next()).done).toBe(true);
});

test('what waiting does not heal goes to all who follow', async () => {
  const poller = new SharedPoller(() => Promise.reject(new TypeError('a defect')), 5);
  const signal = AbortSignal.timeout(10_000);
  const first = async () => (await poller.follow(signal).next()).value;
  await expect(Promise.all([first(), first()])).rejects.toThrow('a defect');
});
