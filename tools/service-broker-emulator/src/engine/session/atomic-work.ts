import { waitForLock } from '../storage/lock-wait.ts';
import { TransactionConflict } from '../storage/transaction.ts';
import type { Interpreter } from './interpreter.ts';
import type { MaybePromise } from './maybe-promise.ts';

/**
 * Runs what isn't a statement of T-SQL as one: it happens whole or not at all, commits by itself outside a transaction, and
 * when it meets a lock of another transaction it is taken back, waits and runs again.
 *
 * @throws {SqlError} 1222 after LOCK_TIMEOUT, and what `work` throws
 */
export async function atomically<T>({ session, signal }: Interpreter, work: () => MaybePromise<T>): Promise<T> {
  const mark = session.transactions.mark();
  try {
    for (;;) {
      try {
        const outcome = work();
        const result = outcome instanceof Promise ? await outcome : outcome;
        session.transactions.endStatement();
        return result;
      } catch (error) {
        if (!(error instanceof TransactionConflict)) throw error;
        session.transactions.rewindStatement(mark);
        const timeoutMs = session.options.lockTimeout;
        await waitForLock(session.transactionForWriting(), error, { timeoutMs, signal });
      }
    }
  } catch (error) {
    session.transactions.abandonStatement(mark);
    throw error;
  }
}
