import { BrokerTimeoutError } from '@hartonomous/broker-client';

/**
 * Waits for work, but neither longer than `ms` nor after `signal` is aborted. A silent server doesn't confirm the end of a
 * statement either, so this doesn't wait for it: the work gets an aborted signal, and its later result is dropped.
 *
 * @param ms milliseconds. Too short: a busy server is called silent; too long: the screen shows stale figures
 * @param operation for the error, after "while": `looking at the queues`
 * @throws the reason of `signal`; BrokerTimeoutError when the time is over; what the work throws
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  operation: string,
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(ms);
  const limit = AbortSignal.any([signal, deadline]);
  limit.throwIfAborted();
  const ended = Promise.withResolvers<never>();
  const onAbort = () => ended.reject(limit.reason);
  limit.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(limit), ended.promise]);
  } catch (error) {
    if (error !== deadline.reason || !deadline.aborted) throw error;
    throw new BrokerTimeoutError(`SQL Server did not answer within ${ms / 1_000} s while ${operation}.`, {
      cause: error,
    });
  } finally {
    limit.removeEventListener('abort', onAbort);
  }
}
