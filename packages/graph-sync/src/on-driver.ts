import type { Driver } from 'neo4j-driver';
import type { GraphConnection } from './connect.ts';
import { withinDeadline } from './deadline.ts';
import { isOutOfConnections, untilGivenUp } from './driver-watch.ts';
import { GraphTimeoutError } from './errors.ts';

/**
 * Does something on the connection's driver that ends in any case: by its own result, at the deadline, or when the driver is given up
 * because something else on it had no answer. At the deadline the driver is replaced: the connection that is silent would stay in
 * the pool as one in use, and a few of them are the whole pool. So it is when it gives no connection any more.
 *
 * @param timeoutMs see {@link withinDeadline}
 * @throws GraphTimeoutError; what the work rejects with, untranslated
 */
export async function onDriver<T>(
  connection: GraphConnection,
  timeoutMs: number,
  work: (driver: Driver) => Promise<T>,
): Promise<T> {
  const { driver, uri } = connection;
  try {
    return await withinDeadline(untilGivenUp(driver, work(driver)), timeoutMs, uri);
  } catch (error) {
    if (error instanceof GraphTimeoutError) connection.replaceDriver(driver, error);
    else if (isOutOfConnections(driver, error)) connection.replaceDriver(driver, new GraphTimeoutError(uri, timeoutMs));
    throw error;
  }
}
