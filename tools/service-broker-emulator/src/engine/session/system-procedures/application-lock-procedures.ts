import type { ApplicationLockMode } from '../../server/application-locks.ts';
import type { Interpreter } from '../interpreter.ts';
import { done, integerAt, requiredText, textAt } from './call-arguments.ts';
import { invalidLockOption, transactionRequired } from './errors.ts';
import type { SystemProcedure } from './system-procedure.ts';

const modes: readonly ApplicationLockMode[] = ['Shared', 'Update', 'Exclusive', 'IntentShared', 'IntentExclusive'];

function modeOf(text: string): ApplicationLockMode {
  const mode = modes.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  if (mode !== undefined) return mode;
  throw invalidLockOption();
}

function ownedBySession(run: Interpreter, owner: string | undefined): boolean {
  const bySession = owner?.toLowerCase() === 'session';
  if (!bySession && run.session.transactions.explicit === undefined) {
    throw transactionRequired();
  }
  return bySession;
}

export const applicationLockProcedures: readonly SystemProcedure[] = [
  {
    name: 'sp_getapplock',
    async call(run, values) {
      const { session } = run;
      const resource = requiredText(values, 0, '@Resource', 'sp_getapplock');
      const mode = modeOf(requiredText(values, 1, '@LockMode', 'sp_getapplock'));
      const bySession = ownedBySession(run, textAt(values, 2, '@LockOwner'));
      const timeoutMs = integerAt(values, 3, '@LockTimeout') ?? session.options.lockTimeout;
      const locks = session.server.applicationLocks;
      const key = `${session.database.databaseId}:${resource}`;
      const status = await locks.acquire(key, { sessionId: session.sessionId, mode, bySession }, timeoutMs, run.signal);
      if (status >= 0 && !bySession)
        session.transactions.explicit?.onEnd(() => locks.releaseTransaction(session.sessionId));
      return { ...done, status };
    },
  },
  {
    name: 'sp_releaseapplock',
    call(run, values) {
      const { session } = run;
      const resource = requiredText(values, 0, '@Resource', 'sp_releaseapplock');
      const bySession = ownedBySession(run, textAt(values, 1, '@LockOwner'));
      session.server.applicationLocks.release(
        `${session.database.databaseId}:${resource}`,
        session.sessionId,
        bySession,
      );
      return done;
    },
  },
];
