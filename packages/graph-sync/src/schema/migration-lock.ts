import type { GraphConnection } from '../connect.ts';
import { translateError } from '../translate-error.ts';
import { writerLockConstraint } from '../write-transaction.ts';

// Writing to the node takes its exclusive lock until the end of the transaction.
const takeLockStatement = `MERGE (lock:${writerLockConstraint.label} {name: 'graph-migrations'}) SET lock.takenAt = datetime()`;

/** Time until a deployment says that it waits for another one, in milliseconds; the lock itself takes a few. */
const reportWaitAfterMs = 1_000;

/**
 * Runs `work` while holding the graph's lock for migrations. The lock is a node that one open transaction has written
 * to: a deployment whose process or host goes away loses its connection, and the server then lets the lock go. Sync
 * writers use another lock and go on.
 *
 * @param options.onWaiting told once, when another deployment has the lock
 * @throws GraphSyncError; what `work` throws; the reason of `signal` when aborted
 */
export async function withMigrationLock<T>(
  connection: GraphConnection,
  options: { readonly onWaiting?: () => void; readonly signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const { signal } = options;
  signal?.throwIfAborted();
  await using session = connection.driver.session({ database: connection.database });
  // Closing the session resets its connection, which ends the wait for the lock.
  const onAbort = () => void session.close().catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  const sayWaiting = setTimeout(() => options.onWaiting?.(), reportWaitAfterMs);
  try {
    // Without a limit, whatever the server's default: a migration of a large graph takes its time.
    const transaction = await session.beginTransaction({ timeout: 0 });
    try {
      await transaction.run(takeLockStatement);
      clearTimeout(sayWaiting);
      return await work();
    } finally {
      if (transaction.isOpen()) await transaction.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw translateError(error, connection);
  } finally {
    clearTimeout(sayWaiting);
    signal?.removeEventListener('abort', onAbort);
  }
}
