import type { Driver } from 'neo4j-driver';

const givingUp = new WeakMap<Driver, AbortController>();

function controllerOf(driver: Driver): AbortController {
  const known = givingUp.get(driver) ?? new AbortController();
  givingUp.set(driver, known);
  return known;
}

/**
 * Closes a driver, and ends what {@link untilGivenUp} waits for. The driver's own `close` closes the sockets and tells nobody: a
 * query that is under way on one of them neither resolves nor rejects, ever (neo4j-driver 6.3).
 *
 * @param reason what the queries under way reject with
 * @returns resolves when the sockets are closed; with a server that doesn't answer that may take long
 */
export function giveUpDriver(driver: Driver, reason: Error): Promise<void> {
  controllerOf(driver).abort(reason);
  return driver.close();
}

/**
 * Waits for work on a driver, until the driver is given up.
 *
 * @throws what the work rejects with; the reason for which the driver was given up meanwhile
 */
export async function untilGivenUp<T>(driver: Driver, work: Promise<T>): Promise<T> {
  const { signal } = controllerOf(driver);
  const gone = Promise.withResolvers<never>();
  const onGivenUp = () => gone.reject(signal.reason);
  signal.addEventListener('abort', onGivenUp, { once: true });
  try {
    return await Promise.race([work, gone.promise]);
  } finally {
    signal.removeEventListener('abort', onGivenUp);
  }
}
