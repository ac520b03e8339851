import { SqlError } from '../../../errors.ts';
import type { KillStatement } from '../../../tsql/ast/procedural-statements.ts';
import { firstSessionId } from '../../server/session-ids.ts';
import type { Interpreter } from '../interpreter.ts';

const largestSessionId = 32_767;

function refusal(run: Interpreter, { session: id, statusOnly }: KillStatement): SqlError | undefined {
  const { session } = run;
  if (!session.holdsOnServer('ALTER ANY CONNECTION')) {
    return new SqlError('User does not have permission to use the KILL statement.', { number: 6102, severity: 14 });
  }
  if (session.transactions.explicit !== undefined) {
    return new SqlError('KILL command cannot be used inside user transactions.', { number: 6115 });
  }
  if (id < 1 || id > largestSessionId) return new SqlError(`Session ID ${id} is not valid.`, { number: 6101 });
  if (id < firstSessionId) return new SqlError('Only user processes can be killed.', { number: 6107, severity: 14 });
  if (id === session.sessionId) {
    return new SqlError('Cannot use KILL to kill your own process.', { number: 6104 });
  }
  if (!session.server.sessions.has(id)) {
    return new SqlError(`Process ID ${id} is not an active process ID.`, { number: 6106 });
  }
  if (!statusOnly) return undefined;
  // A rollback takes no time here, so that none is ever in progress.
  return new SqlError(`Status report cannot be obtained. Rollback operation for Process ID ${id} is not in progress.`, {
    number: 6120,
  });
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
