import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { type Check, failed, passed } from './check.ts';

/**
 * Who takes the messages off a queue. `worker`: programs outside SQL Server; activation must be off, since a procedure
 * that SQL Server activates would take messages away from them. `activation`: this procedure.
 */
type QueueReader = 'worker' | { readonly procedure: string };

/** The queues of the SQL project, all in the schema dbo, with their readers. */
const queueReaders: ReadonlyMap<string, QueueReader> = new Map<string, QueueReader>([
  ['Neo4jSyncQueue', 'worker'],
  ['IngestionQueue', 'worker'],
  ['HartonomousInitiatorQueue', { procedure: 'sp_HandleInitiatorMessages_Activated' }],
]);

const queueRow = z.object({
  name: z.string(),
  isReceiveEnabled: z.boolean(),
  isEnqueueEnabled: z.boolean(),
  isActivationEnabled: z.boolean(),
  activationProcedure: z.string().nullable(),
});
type QueueRow = z.output<typeof queueRow>;

const queuesStatement = `SELECT q.[name], q.[is_receive_enabled] AS [isReceiveEnabled], q.[is_enqueue_enabled] AS [isEnqueueEnabled],
  q.[is_activation_enabled] AS [isActivationEnabled], q.[activation_procedure] AS [activationProcedure]
FROM sys.service_queues AS q
INNER JOIN sys.schemas AS s ON s.[schema_id] = q.[schema_id]
WHERE s.[name] = N'dbo' AND q.[is_ms_shipped] = 0;`;

const pendingStatement = (queue: string) => `SELECT COUNT(*) AS [PendingMessages] FROM [dbo].[${queue}] WITH (NOLOCK);`;

const stuckStatement = `SELECT t.[to_service_name] AS [service], t.[transmission_status] AS [status], COUNT(*) AS [messages]
FROM sys.transmission_queue AS t
WHERE t.[transmission_status] <> N''
GROUP BY t.[to_service_name], t.[transmission_status];`;

/** Whether each queue is on, who reads it, and whether messages can't be delivered. */
export async function* queueChecks(session: SqlSession, signal?: AbortSignal): AsyncGenerator<Check> {
  const rows = await session.query(queuesStatement, {}, queueRow, {
    signal,
    context: { operation: 'looking at the queues' },
  });
  for (const [queue, reader] of queueReaders) {
    const row = rows.find(({ name }) => name.toLowerCase() === queue.toLowerCase());
    if (row === undefined) {
      yield failed(`queue.status.${queue}`, `queue dbo.${queue} is missing`, 'Run: hartonomous database deploy');
      continue;
    }
    yield statusCheck(row);
    yield reader === 'worker' ? workerModeCheck(row) : activationCheck(row, reader.procedure);
  }
  const stuck = await session.query(
    stuckStatement,
    {},
    z.object({ service: z.string(), status: z.string(), messages: z.number() }),
    { signal, context: { operation: 'looking at the transmission queue' } },
  );
  for (const { service, status, messages } of stuck) {
    yield failed(
      `transmission.${service}`,
      `${messages} messages to service ${service} can't be delivered: ${status}`,
      'Remove the cause that SQL Server names; the messages are then delivered by themselves.',
    );
  }
  if (stuck.length === 0) yield passed('transmission', 'no message is stuck in the transmission queue');
}

/** How many messages wait in each queue that exists; figures to look at, nothing that can be right or wrong. */
export async function pendingMessages(
  session: SqlSession,
  signal?: AbortSignal,
): Promise<{ readonly queue: string; readonly messages: number }[]> {
  const rows = await session.query(queuesStatement, {}, queueRow, {
    signal,
    context: { operation: 'looking at the queues' },
  });
  const pending: { queue: string; messages: number }[] = [];
  for (const queue of queueReaders.keys()) {
    if (!rows.some(({ name }) => name === queue)) continue;
    const options = { signal, context: { operation: `counting the messages of dbo.${queue}` } };
    const [row] = await session.query(pendingStatement(queue), {}, z.object({ PendingMessages: z.number() }), options);
    if (row !== undefined) pending.push({ queue: `dbo.${queue}`, messages: row.PendingMessages });
  }
  return pending;
}

function statusCheck({ name, isReceiveEnabled, isEnqueueEnabled }: QueueRow): Check {
  const id = `queue.status.${name}`;
  if (isReceiveEnabled && isEnqueueEnabled) return passed(id, `queue dbo.${name} is on`);
  return failed(
    id,
    `queue dbo.${name} is off for ${isReceiveEnabled ? 'sending' : isEnqueueEnabled ? 'receiving' : 'sending and receiving'}`,
    `Find out who or what turned it off (five rollbacks in a row do), then: ALTER QUEUE [dbo].[${name}] WITH STATUS = ON;`,
  );
}

function workerModeCheck({ name, isActivationEnabled, activationProcedure }: QueueRow): Check {
  const id = `queue.mode.${name}`;
  if (!isActivationEnabled) return passed(id, `queue dbo.${name} is read by workers, activation is off`);
  return failed(
    id,
    `queue dbo.${name} is meant for workers but also activates ${activationProcedure}: both take messages off it`,
    `ALTER QUEUE [dbo].[${name}] WITH ACTIVATION (STATUS = OFF);`,
  );
}

function activationCheck({ name, isActivationEnabled, activationProcedure }: QueueRow, procedure: string): Check {
  const id = `queue.mode.${name}`;
  // The catalog has the name in three parts, in brackets or not.
  const activated = activationProcedure?.split('.').at(-1)?.replaceAll(/[[\]]/g, '');
  if (isActivationEnabled && activated === procedure) return passed(id, `queue dbo.${name} activates ${procedure}`);
  return failed(
    id,
    isActivationEnabled
      ? `queue dbo.${name} activates ${activationProcedure} instead of ${procedure}`
      : `queue dbo.${name} has its activation of ${procedure} off`,
    'Run: hartonomous database deploy (its post-deployment script turns it on)',
  );
}
