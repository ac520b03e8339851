/** A value that is there already, or will be. What need not wait goes on at once: a turn of the event loop per statement would cost more than most statements. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with a value as soon as it is there. */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Runs `work`, then `cleanUp`, however `work` ends. */
export function withCleanUp<T>(work: () => MaybePromise<T>, cleanUp: () => void): MaybePromise<T> {
  let outcome: MaybePromise<T>;
  try {
    outcome = work();
  } catch (error) {
    cleanUp();
    throw error;
  }
  if (outcome instanceof Promise) return outcome.finally(cleanUp);
  cleanUp();
  return outcome;
}
