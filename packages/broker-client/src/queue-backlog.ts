import { z } from 'zod';
import { quoteQualifiedName } from './identifiers.ts';
import { countColumn, queueStatus } from './queue-inspection.ts';
import type { CallOptions, SqlSession } from './sql-session.ts';

/** What waits in a queue. */
export interface WaitingMessages {
  /** Messages, also those that a reader holds at the moment. */
  readonly messages: number;
  /** Null when the queue is empty. */
  readonly oldestEnqueuedAt: Date | null;
  /** Milliseconds, by the server's clock; null when the queue is empty. */
  readonly oldestAgeMs: number | null;
}

/** What waits in a queue, and who is to take it. */
export interface QueueBacklog extends WaitingMessages {
  /**
   * The queue is off and five rollbacks in a row would switch it off. SQL Server doesn't keep who did it, so it may also
   * have been switched off by hand. Look for what rolls back before switching it on.
   */
  readonly mayBePoisoned: boolean;
  /** Null while neither activation nor an event notification watches the queue. */
  readonly activation: QueueActivation | null;
}

/** What watches a queue inside SQL Server. */
export interface QueueActivation {
  /** `INACTIVE`, `NOTIFIED` (told, nothing received since) or `RECEIVES_OCCURRING`. */
  readonly state: string;
  readonly lastActivatedAt: Date | null;
  /** When a RECEIVE last found nothing. */
  readonly lastEmptyReceiveAt: Date | null;
  /** Sessions that wait in a RECEIVE. */
  readonly tasksWaiting: number;
  /** Activated procedures that run now. */
  readonly tasksRunning: number;
}

const ageColumn = z
  .union([z.string(), z.number(), z.bigint()])
  .nullable()
  .transform((value) => (value === null ? null : Math.max(0, Number(value))));

const backlogRow = z.object({
  messages: countColumn,
  oldestEnqueuedAt: z.date().nullable(),
  oldestAgeMs: ageColumn,
});

const activationRow = z.object({
  state: z.string(),
  lastActivatedAt: z.date().nullable(),
  lastEmptyReceiveAt: z.date().nullable(),
  tasksWaiting: z
    .number()
    .nullable()
    .transform((tasks) => tasks ?? 0),
  tasksRunning: countColumn,
});

/** What SQL Server stores the messages of a queue as. Source: sys.internal_tables, internal_type. */
const queueMessagesTable = 201;

/**
 * Counts what waits in a queue, without waiting for its readers and, where the login sees the table behind the queue,
 * without reading its messages: in a backlog that would be gigabytes. Needs SELECT on the queue. With priorities the age is
 * that of the lowest one, which waits longest.
 * @throws QueueNotFoundError, PermissionDeniedError
 */
export async function waitingMessages(
  session: SqlSession,
  queue: string,
  options: CallOptions = {},
): Promise<WaitingMessages> {
  const [waiting] = await session.query(
    // Enqueue times are UTC, whatever the server's time zone.
    `DECLARE @Messages bigint, @Oldest datetime;
     SELECT @Messages = SUM(p.[rows])
     FROM sys.internal_tables AS t WITH (NOLOCK)
     INNER JOIN sys.partitions AS p WITH (NOLOCK) ON p.[object_id] = t.[object_id] AND p.[index_id] = 1
     WHERE t.parent_object_id = OBJECT_ID(@Queue) AND t.internal_type = ${queueMessagesTable};
     IF @Messages IS NULL SELECT @Messages = COUNT_BIG(*) FROM ${quoteQualifiedName(queue)} WITH (NOLOCK);
     SELECT TOP (1) @Oldest = m.message_enqueue_time
     FROM ${quoteQualifiedName(queue)} AS m WITH (NOLOCK)
     WHERE m.[status] = 1
     ORDER BY m.[priority], m.queuing_order;
     SELECT @Messages AS [messages], @Oldest AS [oldestEnqueuedAt],
       DATEDIFF_BIG(MILLISECOND, @Oldest, SYSUTCDATETIME()) AS [oldestAgeMs];`,
    { Queue: quoteQualifiedName(queue) },
    backlogRow,
    { ...options, context: { operation: `reading the messages of ${queue}`, queue } },
  );
  return waiting ?? { messages: 0, oldestEnqueuedAt: null, oldestAgeMs: null };
}

/**
 * Looks at a queue without waiting for its readers. Needs SELECT on the queue, and VIEW SERVER STATE (from SQL Server 2022
 * VIEW SERVER PERFORMANCE STATE) for the activation.
 *
 * @throws QueueNotFoundError, PermissionDeniedError
 */
export async function queueBacklog(
  session: SqlSession,
  queue: string,
  options: CallOptions = {},
): Promise<QueueBacklog> {
  const status = await queueStatus(session, queue, options);
  const waiting = await waitingMessages(session, queue, options);
  const [activation] = await session.query(
    `SELECT m.state AS [state], m.last_activated_time AS [lastActivatedAt],
       m.last_empty_rowset_time AS [lastEmptyReceiveAt], m.tasks_waiting AS [tasksWaiting],
       (SELECT COUNT_BIG(*) FROM sys.dm_broker_activated_tasks AS t
        WHERE t.database_id = m.database_id AND t.queue_id = m.queue_id) AS [tasksRunning]
     FROM sys.dm_broker_queue_monitors AS m
     WHERE m.database_id = DB_ID() AND m.queue_id = OBJECT_ID(@Queue);`,
    { Queue: quoteQualifiedName(queue) },
    activationRow,
    { ...options, context: { operation: `reading the activation of ${queue}` } },
  );
  return {
    ...waiting,
    mayBePoisoned: !status.isReceiveEnabled && status.isPoisonMessageHandlingEnabled,
    activation: activation ?? null,
  };
}

/** Whether Service Broker is enabled in the database; where it isn't, messages wait in the transmission queue. */
export async function isBrokerEnabled(session: SqlSession, options: CallOptions = {}): Promise<boolean> {
  const [database] = await session.query(
    'SELECT d.is_broker_enabled AS [isEnabled] FROM sys.databases AS d WHERE d.database_id = DB_ID();',
    {},
    z.object({ isEnabled: z.boolean() }),
    { ...options, context: { operation: 'checking whether Service Broker is enabled' } },
  );
  return database?.isEnabled === true;
}

/**
 * Switches a queue on or off, for receiving and sending alike (STATUS). Needs ALTER on the queue.
 * @throws QueueNotFoundError, PermissionDeniedError
 */
export async function setQueueEnabled(
  session: SqlSession,
  queue: string,
  isEnabled: boolean,
  options: CallOptions = {},
): Promise<void> {
  await queueStatus(session, queue, options);
  await session.run(
    `ALTER QUEUE ${quoteQualifiedName(queue)} WITH STATUS = ${isEnabled ? 'ON' : 'OFF'};`,
    {},
    { ...options, context: { operation: `switching ${queue} ${isEnabled ? 'on' : 'off'}`, queue } },
  );
}
