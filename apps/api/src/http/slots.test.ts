import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

let areSeveral = true;
const newSlots = (most: number) => new Slots(most, 'uploads', { areSeveral: async () => areSeveral });

/** Takes as many as a tenant gets. */
async function takeAll(slots: Slots, tenantId: number): Promise<Disposable[]> {
  const taken: Disposable[] = [];
  try {
    for (;;) taken.push(await slots.take(tenantId));
  } catch {
    return taken;
  }
}

test('a tenant that has them for itself gets all', async () => {
  areSeveral = false;
  const slots = newSlots(20);
  expect(await takeAll(slots, 1)).toHaveLength(20);
  const busy = { code: 'BUSY', status: 503, retryAfter: 1, message: expect.stringContaining('20 uploads') };
  await expect(slots.take(1)).rejects.toMatchObject(busy);
});

test('where there are several, each finds one, however many those before it took', async () => {
  areSeveral = true;
  const slots = newSlots(20);
  const first = await takeAll(slots, 1);
  expect(first).toHaveLength(10);
  const shareTaken = { code: 'TENANT_SHARE_TAKEN', status: 503, retryAfter: 5, retryable: true };
  await expect(slots.take(1)).rejects.toMatchObject(shareTaken);
  const others: number[] = [];
  for (const tenant of [2, 3, 4, 5]) others.push((await takeAll(slots, tenant)).length);
  expect(others).toEqual([5, 3, 1, 1]);
  await expect(slots.take(6)).rejects.toMatchObject({ code: 'BUSY' });
  for (const place of first.slice(0, 4)) {
    place[Symbol.dispose]();
    // Twice is once.
    place[Symbol.dispose]();
  }
  // It has six, and four are free.
  await expect(slots.take(1)).rejects.toMatchObject(shareTaken);
  expect(await takeAll(slots, 6)).toHaveLength(2);
});

test.each([1, 2, 3])('of %i a tenant gets one', async (most) => {
  areSeveral = true;
  const slots = newSlots(most);
  const places = [await slots.take(1)];
  if (most > 1) places.push(await slots.take(2));
  for (const place of places) place[Symbol.dispose]();
  areSeveral = false;
  expect(await takeAll(slots, 1)).toHaveLength(most);
});

test('a tenant that had all before there were others gives back what it has, and gets no more', async () => {
  areSeveral = false;
  const slots = newSlots(4);
  const places = await takeAll(slots, 1);
  areSeveral = true;
  places[0]?.[Symbol.dispose]();
  await expect(slots.take(1)).rejects.toMatchObject({ code: 'TENANT_SHARE_TAKEN' });
  await slots.take(2);
  await expect(slots.take(2)).rejects.toMatchObject({ code: 'BUSY' });
});

test('two that ask at the same time do not get the same one', async () => {
  areSeveral = false;
  const slots = newSlots(1);
  const outcomes = await Promise.allSettled([slots.take(1), slots.take(2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});
