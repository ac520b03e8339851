import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyBisecting } from './bisect.ts';

class Refusal extends Error {}
class Outage extends Error {}

function target(bad: ReadonlySet<number>) {
  const applied: number[] = [];
  let calls = 0;
  let confirmations = 0;
  return {
    applied,
    calls: () => calls,
    confirmations: () => confirmations,
    options: {
      apply: async (items: readonly number[]) => {
        calls += 1;
        if (items.some((item) => bad.has(item))) throw new Refusal();
        applied.push(...items);
        return items;
      },
      isRefusal: (error: unknown) => error instanceof Refusal,
      confirm: async () => {
        confirmations += 1;
      },
    },
  };
}

test('whatever is bad: all good items are applied once and in order, exactly the bad ones are refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.integer(), { maxLength: 60 }), fc.func(fc.boolean()), async (items, isBad) => {
      const bad = new Set(items.filter((item) => isBad(item)));
      const { applied, calls, options } = target(bad);
      const { results, refused } = await applyBisecting(items, options);
      expect(results).toEqual(items.filter((item) => !bad.has(item)));
      expect(applied).toEqual(results);
      expect(refused.map(({ item }) => item)).toEqual(items.filter((item) => bad.has(item)));
      expect(calls()).toBeLessThanOrEqual(1 + bad.size * (2 * Math.ceil(Math.log2(items.length + 1)) + 1));
    }),
  );
});

test('a batch without bad items is one call', async () => {
  const { calls, confirmations, options } = target(new Set());
  await applyBisecting([1, 2, 3], options);
  expect([calls(), confirmations()]).toEqual([1, 0]);
});

test('an item that is refused only once is not blamed', async () => {
  const { options } = target(new Set());
  let first = true;
  const apply = async (items: readonly number[]) => {
    if (first) {
      first = false;
      throw new Refusal();
    }
    return items;
  };
  expect(await applyBisecting([7], { ...options, apply })).toEqual({ results: [7], refused: [] });
});

test('when the target refuses everything, no item is blamed', async () => {
  const { options } = target(new Set([1, 2]));
  const confirm = async () => {
    throw new Outage();
  };
  await expect(applyBisecting([1, 2], { ...options, confirm })).rejects.toBeInstanceOf(Outage);
});

test('another error ends it at once', async () => {
  const { options } = target(new Set());
  const apply = async () => {
    throw new Outage();
  };
  await expect(applyBisecting([1, 2, 3], { ...options, apply })).rejects.toBeInstanceOf(Outage);
});
