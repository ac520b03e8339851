import type { GraphConnection } from '../connect.ts';
import { translateError } from '../translate-error.ts';
import { writerLockConstraint } from '../write-transaction.ts';
import type { MigrationReport } from './migration-records.ts';

// Whatever writes entities takes this node's lock first. One that this version has made knows that nothing was written.
const writtenToStatement =
  `OPTIONAL MATCH (lock:${writerLockConstraint.label} {name: 'graph-sync'}) ` +
  'RETURN lock IS NOT NULL AND coalesce(lock.greatestSequence > 0, true) AS was';

/**
 * Whether nothing was ever written to a graph: a deployment then records its migrations without running them, because
 * there is nothing of an older version in it.
 *
 * @param report what the graph knows of migrations
 * @throws GraphSyncError
 */
export async function isNewGraph(connection: GraphConnection, report: MigrationReport): Promise<boolean> {
  if (report.applied.length + report.changed.length + report.unknown.length > 0) return false;
  const { driver, database } = connection;
  try {
    const { records } = await driver.executeQuery(writtenToStatement, {}, { database });
    return records[0]?.get('was') !== true;
  } catch (error) {
    throw translateError(error, connection);
  }
}
