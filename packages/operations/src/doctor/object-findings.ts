import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import type { Check } from '../verify/check.ts';
import { objectChecks } from '../verify/object-checks.ts';
import { type Finding, fine, problem, unseen } from './finding.ts';

const id = 'object';

/** The check of the queue reports who reads it. */
function isActivation({ id: object, message, action }: Check): boolean {
  if (!object.startsWith('object.queue.')) return false;
  return message.includes(' activation is ') || /^ALTER QUEUE \S+ WITH ACTIVATION /.test(action ?? '');
}

/**
 * Whether every object is as in the SQL project; only for who sees definitions: to others a procedure without a text would look changed.
 *
 * @throws BrokerError
 */
export async function objectFindings(session: SqlSession, signal: AbortSignal): Promise<readonly Finding[]> {
  const [may] = await session.query(
    `SELECT HAS_PERMS_BY_NAME(NULL, N'DATABASE', N'VIEW DEFINITION') AS [seesDefinitions];`,
    {},
    z.object({ seesDefinitions: z.number().nullable() }),
    { signal, context: { operation: 'checking whether this login sees definitions' } },
  );
  if (may?.seesDefinitions !== 1) {
    return [
      unseen(
        id,
        'whether every object is as in the SQL project; that takes VIEW DEFINITION. What this login may not use is named below.',
        'Ask as an administrator: hartonomous doctor, or hartonomous verify',
      ),
    ];
  }
  // Migrations have findings of their own, and the count of objects is that of the lines.
  const checks = (await objectChecks(session, signal)).filter((check) => !check.id.startsWith('migrations'));
  const wrong = checks.filter((check) => !check.ok && check.id.startsWith('object.') && !isActivation(check));
  if (wrong.length === 0) return [fine(id, `All objects: ${checks[0]?.message ?? 'as in the SQL project'}.`)];
  return wrong.map(({ id: object, message, action }) => {
    const isDeployed = action?.includes('database deploy') === true;
    return problem(object, `The ${message}.`, action, isDeployed ? { kind: 'deploy-database' } : null);
  });
}
