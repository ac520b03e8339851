import type { GraphConnection } from './connect.ts';
import { onDriver } from './on-driver.ts';
import { translateError } from './translate-error.ts';

/**
 * Resolves when Neo4j answers a statement.
 *
 * @param timeoutMs longest wait for the answer, in milliseconds. Too short: a busy server is taken for one that is away. Too long: a
 * server that is silent is taken for one that is there. @default 10000
 * @throws GraphTimeoutError when it says nothing; other GraphSyncErrors
 */
export async function pingGraph(connection: GraphConnection, timeoutMs = 10_000): Promise<void> {
  const { database } = connection;
  try {
    await onDriver(connection, timeoutMs, (driver) => driver.executeQuery('RETURN 1', {}, { database }));
  } catch (error) {
    throw translateError(error, connection);
  }
}
