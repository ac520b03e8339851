import { BrokerTimeoutError } from '@hartonomous/broker-client';
import { expect, test } from 'vitest';
import { within } from './within.ts';

const never = () => new Promise<never>(() => undefined);

test('gives what the work comes to, and throws what it throws', async () => {
  const { signal } = new AbortController();
  expect(await within(60_000, signal, 'counting', async () => 7)).toBe(7);
  const failure = new Error('no');
  await expect(within(60_000, signal, 'counting', () => Promise.reject(failure))).rejects.toBe(failure);
});

test('work that never ends is abandoned when the time is over, and its signal aborts', async () => {
  const { signal } = new AbortController();
  let limit: AbortSignal | undefined;
  const waiting = within(1, signal, 'counting', (given) => {
    limit = given;
    return never();
  });
  await expect(waiting).rejects.toThrow(BrokerTimeoutError);
  await expect(waiting).rejects.toThrow('SQL Server did not answer within 0.001 s while counting.');
  expect(limit?.aborted).toBe(true);
});

test('an abort is answered at once, whether or not the work heeds it', async () => {
  const stop = new AbortController();
  const waiting = within(60_000, stop.signal, 'counting', never);
  const reason = new Error('enough');
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(within(60_000, stop.signal, 'counting', never)).rejects.toBe(reason);
});

test('work that fails after it was left disturbs nobody', async () => {
  const { signal } = new AbortController();
  const late = Promise.withResolvers<never>();
  await expect(within(1, signal, 'counting', () => late.promise)).rejects.toThrow(BrokerTimeoutError);
  late.reject(new Error('cancelled at last'));
  await expect(late.promise).rejects.toThrow('cancelled at last');
});
