import { waitForLock } from '../storage/lock-wait.ts';
import { TransactionConflict } from '../storage/transaction.ts';
import type { Interpreter } from './interpreter.ts';

/**
 * Runs what is no statement of T-SQL as one: it happens whole or not at all, commits by itself outside a transaction, and
 * when it meets a lock of another transaction it is taken back, waits and runs again.
 *
 * @throws {SqlError} 1222 after LOCK_TIMEOUT, and what `work` throws
 */
export async function atomically<T>({ session, signal }: Interpreter, work: () => T): Promise<T> {
  const mark = session.transactions.mark();
  try {
    for (;;) {
      try {
        const result = work();
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
