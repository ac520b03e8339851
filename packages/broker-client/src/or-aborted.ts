/**
 * Waits for something that can't be aborted itself, but no longer than until `signal` is aborted. What arrives after
 * that is closed, so that an attempt which nobody waits for leaves nothing open.
 *
 * @throws the reason of `signal` when it is aborted first
 */
export async function orAborted<T extends AsyncDisposable>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted.promise, promise]);
  } catch (error) {
    // The late failure of an attempt that was given up is of no interest to anybody.
    if (signal.aborted) promise.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
