import { expect, test } from 'vitest';
import { ReceiveTurns } from './receive-turns.ts';

const never = new AbortController().signal;
/** Milliseconds that no test lasts. */
const long = 600_000;

/** Whether a promise has settled by the time that everything else in line has run. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const later = new Promise((resolve) => setImmediate(resolve, pending));
  return (await Promise.race([promise.catch(() => undefined), later])) !== pending;
}

test('a batch that was not full keeps the next reader waiting until it is done', async () => {
  const turns = new ReceiveTurns(long);
  const first = await turns.take(never);
  const second = turns.take(never);
  first.received(false);
  expect(await hasSettled(second)).toBe(false);
  first[Symbol.dispose]();
  expect(await hasSettled(second)).toBe(true);
});

test('a full batch keeps nobody waiting', async () => {
  const turns = new ReceiveTurns(long);
  using first = await turns.take(never);
  const second = turns.take(never);
  first.received(true);
  expect(await hasSettled(second)).toBe(true);
});

test('a batch that hangs keeps the next reader waiting for so long only', async () => {
  const turns = new ReceiveTurns(1);
  using first = await turns.take(never);
  first.received(false);
  await turns.take(never);
});

test('a receive that is not answered keeps the next reader waiting for little longer than its wait', async () => {
  const turns = new ReceiveTurns(1);
  using first = await turns.take(never);
  first.receiving(1);
  await turns.take(never);
});

test('the time to gather begins when the batch is there', async () => {
  const turns = new ReceiveTurns(long);
  using first = await turns.take(never);
  first.receiving(0);
  first.received(false);
  expect(await hasSettled(turns.take(never))).toBe(false);
});

test('after a full batch nobody waits, until one comes that is not full', async () => {
  const turns = new ReceiveTurns(long);
  const first = await turns.take(never);
  const waiting = [turns.take(never), turns.take(never)];
  first.received(true);
  const [second, third] = await Promise.all(waiting);
  second?.received(false);
  third?.received(false);
  const fourth = turns.take(never);
  second?.[Symbol.dispose]();
  expect(await hasSettled(fourth)).toBe(false);
  third?.[Symbol.dispose]();
  await fourth;
});

test('a turn is passed on once', async () => {
  const turns = new ReceiveTurns(long);
  const first = await turns.take(never);
  const [second, third] = [turns.take(never), turns.take(never)];
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await second;
  expect(await hasSettled(third)).toBe(false);
});

test('a turn beside the others waits for nobody, and those in line wait for it', async () => {
  const turns = new ReceiveTurns(long);
  using first = await turns.take(never);
  const trial = turns.takeAtOnce();
  const second = turns.take(never);
  first[Symbol.dispose]();
  expect(await hasSettled(second)).toBe(false);
  trial[Symbol.dispose]();
  await second;
});

test('an abort ends the wait with its reason', async () => {
  const turns = new ReceiveTurns(long);
  using first = await turns.take(never);
  const leaving = new AbortController();
  const second = turns.take(leaving.signal);
  leaving.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  first.received(false);
});

test('without a time to gather nobody waits', async () => {
  const turns = new ReceiveTurns(0);
  using first = await turns.take(never);
  first.received(false);
  await turns.take(never);
});
