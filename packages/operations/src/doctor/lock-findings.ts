import type { SqlSession } from '@hartonomous/broker-client';
import { objectName, queues } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { seesServerState, serverStatePermission } from '../server-state.ts';
import { type Finding, fine, problem, unseen } from './finding.ts';

const waitRow = z.object({ queue: z.string(), session: z.number(), holders: z.string().nullable() });

/**
 * Whether a session waits for the schema lock of a queue: somebody alters it, or SQL Server itself after five rollbacks of receiving
 * transactions. Every SEND to the queue then waits behind it.
 *
 * @throws BrokerError
 */
export async function schemaLockFindings(session: SqlSession, signal: AbortSignal): Promise<readonly Finding[]> {
  const options = { signal, context: { operation: 'looking for waits for schema locks of the queues' } };
  if (!(await seesServerState(session, signal, options.context.operation))) {
    return [
      unseen(
        'lock.schema',
        `whether a session waits for the schema lock of a queue; that takes ${serverStatePermission}.`,
        'Ask as an administrator: hartonomous doctor',
      ),
    ];
  }
  const names = queues.map(({ queue }) => `N'${objectName(queue).name}'`).join(', ');
  const rows = await session.query(
    `SELECT q.[name] AS [queue], l.[request_session_id] AS [session],
       (SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), h.[request_session_id]), N', ')
        FROM sys.dm_tran_locks AS h
        WHERE h.[resource_type] = l.[resource_type] AND h.[resource_database_id] = l.[resource_database_id]
          AND h.[resource_associated_entity_id] = l.[resource_associated_entity_id]
          AND h.[request_status] = N'GRANT' AND h.[request_session_id] <> l.[request_session_id]) AS [holders]
     FROM sys.dm_tran_locks AS l
     INNER JOIN sys.service_queues AS q ON q.[object_id] = l.[resource_associated_entity_id]
     WHERE l.[resource_type] = N'OBJECT' AND l.[resource_database_id] = DB_ID()
       AND l.[request_mode] = N'Sch-M' AND l.[request_status] = N'WAIT' AND q.[name] IN (${names});`,
    {},
    waitRow,
    options,
  );
  if (rows.length === 0) return [fine('lock.schema', 'No session waits for the schema lock of a queue.')];
  return rows.map(({ queue, session: waiter, holders }) =>
    problem(
      `lock.schema.${queue}`,
      `Session ${waiter} waits for the schema lock of ${queue}${holders === null ? '' : `, held up by session ${holders}`}.`,
      `See what they do: SELECT session_id, program_name, host_name FROM sys.dm_exec_sessions WHERE session_id IN (${waiter}${holders === null ? '' : `, ${holders}`}); a transaction that was left open ends with KILL ${holders?.split(', ')[0] ?? waiter};`,
    ),
  );
}
