import { deadlockVictim, lockTimeout } from './errors.ts';
import type { Transaction, TransactionConflict } from './transaction.ts';

/** Which transaction waits for what; one entry per waiting transaction. */
const waits = new Map<Transaction, TransactionConflict>();

/** Waits of all servers in this process: what `sys.dm_tran_locks` and `sys.dm_exec_requests` show. */
export function openWaits(): ReadonlyMap<Transaction, TransactionConflict> {
  return waits;
}

/**
 * Waits until the statement that met the conflict may be tried again.
 *
 * @param waiter the blocked transaction; the one that closes a cycle of waits is the deadlock victim
 * @param options `timeoutMs` is SET LOCK_TIMEOUT: -1 waits forever, 0 not at all
 * @throws {SqlError} 1205 when waiting would be a deadlock, 1222 when the time is over
 * @throws the signal's reason when it aborts
 */
export async function waitForLock(
  waiter: Transaction,
  conflict: TransactionConflict,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const { blocker, request } = conflict;
  if (blocker.outcome !== undefined) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(options.signal.reason);
  let stopListening: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    refuseDeadlock(waiter, blocker);
    options.signal.throwIfAborted();
    blocker.onEnd(() => resolve());
    stopListening = request?.lock?.onChange(resolve);
    options.signal.addEventListener('abort', onAbort, { once: true });
    if (options.timeoutMs >= 0) timer = setTimeout(() => reject(lockTimeout()), options.timeoutMs);
    waits.set(waiter, conflict);
    await promise;
  } catch (error) {
    request?.lock?.withdraw(waiter);
    throw error;
  } finally {
    waits.delete(waiter);
    clearTimeout(timer);
    stopListening?.();
    options.signal.removeEventListener('abort', onAbort);
  }
}

function refuseDeadlock(waiter: Transaction, blocker: Transaction): void {
  for (let next: Transaction | undefined = blocker; next !== undefined; next = waits.get(next)?.blocker) {
    if (next !== waiter) continue;
    throw deadlockVictim(waiter.sessionId);
  }
}
