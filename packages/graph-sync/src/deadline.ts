import { GraphTimeoutError } from './errors.ts';

/**
 * Waits for work, but not for ever: an answer that never comes is no error to the driver. The work itself goes on in the
 * background; the caller must make sure that it ends.
 *
 * @param where address, for the error
 * @throws GraphTimeoutError after `timeoutMs`
 */
export async function withinDeadline<T>(work: Promise<T>, timeoutMs: number, where: string): Promise<T> {
  const expired = Promise.withResolvers<never>();
  const timer = setTimeout(() => expired.reject(new GraphTimeoutError(where, timeoutMs)), timeoutMs);
  try {
    return await Promise.race([work, expired.promise]);
  } finally {
    clearTimeout(timer);
    // What it comes to after the deadline interests nobody any more.
    work.catch(() => undefined);
  }
}
