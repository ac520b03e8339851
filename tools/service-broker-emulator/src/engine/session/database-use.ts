import type { AlterDatabaseStatement } from '../../tsql/ast/databases.ts';
import type { Database } from '../server/database.ts';
import { waitForLock } from '../storage/lock-wait.ts';
import { TransactionConflict } from '../storage/transaction.ts';
import { alterDatabaseFailed, databaseInUse } from './errors.ts';
import type { Interpreter } from './interpreter.ts';
import type { SqlSession } from './sql-session.ts';

function othersIn(run: Interpreter, database: Database): SqlSession[] {
  return run.session.server.sessionsIn(database).filter(({ core }) => core !== run.session);
}

/** Resolves when no other session is in the database, or when the time is over. */
async function waitUntilAlone(run: Interpreter, database: Database, timeoutMs: number): Promise<void> {
  const { server } = run.session;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const check = (): void => {
    if (othersIn(run, database).length === 0) resolve();
  };
  const onAbort = (): void => reject(run.signal.reason);
  const timer = timeoutMs < 0 ? undefined : setTimeout(resolve, timeoutMs);
  server.databaseLeft.add(check);
  run.signal.addEventListener('abort', onAbort, { once: true });
  run.session.statement.waitType = 'LCK_M_X';
  try {
    run.signal.throwIfAborted();
    check();
    await promise;
  } finally {
    run.session.statement.waitType = undefined;
    clearTimeout(timer);
    server.databaseLeft.delete(check);
    run.signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Waits until no other session is in a database, idle ones included, as the options of ALTER DATABASE do that need it for
 * themselves. It does not honour LOCK_TIMEOUT. Source: Microsoft's documentation of ALTER DATABASE SET and SET LOCK_TIMEOUT.
 *
 * @throws {SqlError} 5069 after 5070 when there are others and the statement says WITH NO_WAIT
 */
export async function useAlone(run: Interpreter, database: Database, statement: AlterDatabaseStatement): Promise<void> {
  if (othersIn(run, database).length === 0) return;
  const { termination } = statement;
  if (termination === 'noWait') {
    const { line } = statement;
    run.sink.error(databaseInUse(database.name, line));
    throw alterDatabaseFailed(line);
  }
  if (termination === 'rollbackAfter') await waitUntilAlone(run, database, (statement.seconds ?? 0) * 1000);
  else if (termination === undefined) await waitUntilAlone(run, database, -1);
  const rest = othersIn(run, database);
  if (rest.length === 0) return;
  run.sink.info({
    number: 5060,
    state: 1,
    severity: 10,
    text: 'Nonqualified transactions are being rolled back. Estimated rollback completion: 100%.',
    procedure: '',
    line: statement.line,
  });
  for (const session of rest) await session.kill();
}

/** Waits for the transactions that are open in a database, as SET ALLOW_SNAPSHOT_ISOLATION does. */
export async function waitForTransactions(run: Interpreter, database: Database): Promise<void> {
  const waiter = run.session.transactionForWriting();
  for (const { core } of othersIn(run, database)) {
    const blocker = core.transactions.explicit;
    if (blocker === undefined) continue;
    const request = { type: 'OBJECT', mode: 'S', owner: database } as const;
    await waitForLock(waiter, new TransactionConflict(blocker, request), { timeoutMs: -1, signal: run.signal });
  }
}
