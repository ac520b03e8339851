import { expect, test } from 'vitest';
import { withinDeadline } from './deadline.ts';
import { GraphTimeoutError } from './errors.ts';

/** Keeps this process from doing anything else. */
function holdUp(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const never = () => Promise.withResolvers<never>().promise;

async function timeOutOf(work: Promise<unknown>): Promise<GraphTimeoutError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof GraphTimeoutError) return error;
  throw new TypeError('It did not time out.', { cause: error });
}

test('what never comes is a time-out, with what was measured', async () => {
  const { measured, message, timeoutMs } = await timeOutOf(withinDeadline(never(), 60, 'bolt://graph'));
  expect(timeoutMs).toBe(60);
  expect(measured?.waitedMs).toBeGreaterThanOrEqual(60);
  expect(message).toMatch(
    /^Neo4j at bolt:\/\/graph didn't answer within 60 ms .* \(measured: \d+ ms, this process held up for \d+ ms/,
  );
});

test('an answer that came while this process was stalled is not a time-out', async () => {
  const answer = Promise.withResolvers<string>();
  const waiting = withinDeadline(answer.promise, 60, 'bolt://graph');
  setTimeout(() => answer.resolve('well'), 100);
  holdUp(250);
  expect(await waiting).toBe('well');
});

test('time in which this process was held up does not count, and the error says so', async () => {
  const startedAt = performance.now();
  const waiting = timeOutOf(withinDeadline(never(), 100, 'bolt://graph'));
  holdUp(150);
  const { measured, message } = await waiting;
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(150);
  expect(measured?.heldUpMs).toBeGreaterThan(30);
  expect(message).toContain('The server may be well');
});

test('what fails before the deadline fails as itself', async () => {
  const lost = new Error('lost');
  await expect(withinDeadline(Promise.reject(lost), 60, 'bolt://graph')).rejects.toBe(lost);
});
