import type { SqlError } from '../../../errors.ts';
import type { KillStatement } from '../../../tsql/ast/kill.ts';
import { firstSessionId } from '../../server/session-ids.ts';
import type { Interpreter } from '../interpreter.ts';
import {
  invalidSessionId,
  killDenied,
  killInTransaction,
  killsItself,
  killsSystemProcess,
  noRollbackInProgress,
  sessionNotActive,
} from './errors/execution-errors.ts';

const largestSessionId = 32_767;

function refusal(run: Interpreter, { session: id, statusOnly }: KillStatement): SqlError | undefined {
  const { session } = run;
  if (!session.holdsOnServer('ALTER ANY CONNECTION')) {
    return killDenied();
  }
  if (session.transactions.explicit !== undefined) {
    return killInTransaction();
  }
  if (id < 1 || id > largestSessionId) return invalidSessionId(id);
  if (id < firstSessionId) return killsSystemProcess();
  if (id === session.sessionId) {
    return killsItself();
  }
  if (!session.server.sessions.has(id)) {
    return sessionNotActive(id);
  }
  if (!statusOnly) return undefined;
  // A rollback takes no time here, so that none is ever in progress.
  return noRollbackInProgress(id);
}

/**
 * KILL: ends another session, whose transaction is rolled back. Source: Microsoft's documentation of KILL.
 *
 * @throws {SqlError} 6101, 6102, 6104, 6106, 6107, 6115 or 6120
 */
export async function runKill(run: Interpreter, statement: KillStatement): Promise<void> {
  const error = refusal(run, statement);
  if (error !== undefined) throw error;
  await run.session.server.sessions.get(statement.session)?.kill();
}
