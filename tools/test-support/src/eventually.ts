/** How long and how often {@link eventually} looks. */
export interface EventuallyOptions {
  /** Longest time to wait, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
  /** Pause between two checks, in milliseconds. @default 20 */
  readonly intervalMs?: number;
}

/**
 * Calls `check` until it returns without throwing, and returns what it returned.
 *
 * @param check the condition, written as assertions; may be async
 * @throws the last error of `check` when the time is over
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const deadline = performance.now() + (options.timeoutMs ?? 10_000);
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
    }
    const pause = Promise.withResolvers<void>();
    setTimeout(pause.resolve, options.intervalMs ?? 20);
    await pause.promise;
  }
}
