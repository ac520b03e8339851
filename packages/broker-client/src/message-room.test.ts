import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageRoom, type RoomPart } from './message-room.ts';

const never = new AbortController().signal;

/** Whether a promise has settled by the time that everything else in line has run. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const later = new Promise((resolve) => setImmediate(resolve, pending));
  return (await Promise.race([promise.catch(() => undefined), later])) !== pending;
}

test('a third full batch waits until one of the two is done', async () => {
  const room = new MessageRoom(5_000);
  const first = await room.take(2_000, never);
  await room.take(2_000, never);
  const third = room.take(2_000, never);
  expect(await hasSettled(third)).toBe(false);
  first[Symbol.dispose]();
  expect((await third).messages).toBe(2_000);
});

test('a batch that came smaller than asked for leaves room to the next', async () => {
  const room = new MessageRoom(5_000);
  const first = await room.take(2_000, never);
  await room.take(2_000, never);
  const third = room.take(2_000, never);
  first.shrinkTo(1_000);
  expect((await third).messages).toBe(2_000);
});

test('waiters are served in order of arrival, even when a later one would fit', async () => {
  const room = new MessageRoom(100);
  const all = await room.take(100, never);
  const large = room.take(100, never);
  const small = room.take(1, never);
  all.shrinkTo(50);
  expect(await hasSettled(small)).toBe(false);
  all[Symbol.dispose]();
  using part = await large;
  expect(part.messages).toBe(100);
});

test('a larger room lets those in line in, a smaller one waits until enough is given back', async () => {
  const room = new MessageRoom(1);
  const first = await room.take(1, never);
  const second = room.take(1, never);
  room.resize(2);
  expect((await second).messages).toBe(1);
  room.resize(1);
  const third = room.take(1, never);
  first[Symbol.dispose]();
  expect(await hasSettled(third)).toBe(false);
  (await second)[Symbol.dispose]();
  await third;
});

test('who asks for more than there can be gets all of it', async () => {
  const room = new MessageRoom(100);
  expect((await room.take(2_000, never)).messages).toBe(100);
});

test('an abort ends the wait with its reason, and lets those behind in', async () => {
  const room = new MessageRoom(100);
  await room.take(60, never);
  const leaving = new AbortController();
  const large = room.take(100, leaving.signal);
  const small = room.take(40, never);
  leaving.abort(new Error('enough'));
  await expect(large).rejects.toThrow('enough');
  expect((await small).messages).toBe(40);
  await expect(room.take(1, leaving.signal)).rejects.toThrow('enough');
});

test('what is taken at once counts, and is given back once', async () => {
  const room = new MessageRoom(100);
  const trial = room.takeAtOnce(100);
  const next = room.take(100, never);
  expect(await hasSettled(next)).toBe(false);
  trial[Symbol.dispose]();
  trial[Symbol.dispose]();
  await next;
  expect(await hasSettled(room.take(1, never))).toBe(false);
});

test('however batches come and go, no more than the room is taken and nobody is forgotten', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.record({ asked: fc.integer({ min: 1, max: 60 }), came: fc.integer({ min: 0, max: 60 }) })),
      fc.scheduler(),
      async (most, batches, scheduler) => {
        const room = new MessageRoom(most);
        const held = new Set<RoomPart>();
        const all = batches.map(async ({ asked, came }) => {
          using part = await room.take(asked, never);
          held.add(part);
          expect([...held].reduce((sum, { messages }) => sum + messages, 0)).toBeLessThanOrEqual(most);
          await scheduler.schedule(Promise.resolve());
          part.shrinkTo(came);
          await scheduler.schedule(Promise.resolve());
          held.delete(part);
        });
        await scheduler.waitFor(Promise.all(all));
      },
    ),
  ));
