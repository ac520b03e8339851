import type { ServiceQueue } from '../../broker/service-queue.ts';
import { SqlError } from '../../errors.ts';
import { nameKey, objectKey } from '../catalog/name-key.ts';
import type { Database } from '../server/database.ts';
import type { ModuleFrame } from './module-frame.ts';
import type { SessionCore } from './session-core.ts';

/**
 * RECEIVE on a queue: what RECEIVE and GET CONVERSATION GROUP need, and SEND, BEGIN DIALOG and the like on the queue of
 * the service that they act for. Inside modules ownership chaining makes the check unnecessary.
 *
 * @throws {SqlError} 229 when the session's user does not have it
 */
export function requireReceivePermission(
  session: SessionCore,
  database: Database,
  queue: ServiceQueue | undefined,
  frame: ModuleFrame,
): void {
  if (queue === undefined || frame.nestLevel > 0) return;
  const { schema, name } = queue;
  const securables = [`OBJECT:${objectKey(schema, name)}`, `SCHEMA:${nameKey(schema)}`, 'DATABASE:'];
  session.requirePermission(
    'RECEIVE',
    securables,
    () =>
      new SqlError(
        `The RECEIVE permission was denied on the object '${name}', database '${database.name}', schema '${schema}'.`,
        { number: 229, severity: 14, state: 5 },
      ),
  );
}
