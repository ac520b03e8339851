import { type Driver, Neo4jError } from 'neo4j-driver';

/** What is known of a driver besides what it knows itself. */
interface WatchedDriver {
  /** Aborted when it is given up. */
  readonly givingUp: AbortController;
  /** Calls in a row that got no connection of it. */
  withoutConnection: number;
}

const watched = new WeakMap<Driver, WatchedDriver>();

function watchOf(driver: Driver): WatchedDriver {
  const known = watched.get(driver) ?? { givingUp: new AbortController(), withoutConnection: 0 };
  watched.set(driver, known);
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
  watchOf(driver).givingUp.abort(reason);
  return driver.close();
}

/**
 * Waits for work on a driver, until the driver is given up.
 *
 * @throws what the work rejects with; the reason for which the driver was given up meanwhile
 */
export async function untilGivenUp<T>(driver: Driver, work: Promise<T>): Promise<T> {
  const watch = watchOf(driver);
  const { signal } = watch.givingUp;
  const gone = Promise.withResolvers<never>();
  const onGivenUp = () => gone.reject(signal.reason);
  signal.addEventListener('abort', onGivenUp, { once: true });
  try {
    const result = await Promise.race([work, gone.promise]);
    watch.withoutConnection = 0;
    return result;
  } finally {
    signal.removeEventListener('abort', onGivenUp);
  }
}

/** The driver's code for what it says itself: it had no connection in time, or had been closed. */
const ownCode = 'N/A';

/**
 * Calls in a row, with no other that succeeded between them. Too few: a server that needs a moment for its first log-ins meets new ones.
 * Too many: an outage lasts that much longer.
 */
const mostWithoutConnection = 3;

/**
 * Whether a driver will give no connection any more. It has no time-out for handshake and log-in, only for who waits for them; on a server
 * that accepts and says nothing each attempt stays in the pool's count for good, and a pool of such is full.
 *
 * @param error of a call that failed, as the driver or `translateError` made it; counts
 */
export function isOutOfConnections(driver: Driver, error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Neo4jError ? error.cause : error;
  if (!(cause instanceof Neo4jError) || cause.code !== ownCode) return false;
  const watch = watchOf(driver);
  watch.withoutConnection += 1;
  return watch.withoutConnection >= mostWithoutConnection;
}
