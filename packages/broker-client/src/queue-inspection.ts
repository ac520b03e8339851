import { z } from 'zod';
import { QueueDisabledError, QueueNotFoundError } from './errors.ts';
import { parseQualifiedName, quoteQualifiedName } from './identifiers.ts';
import type { CallOptions, SqlSession } from './sql-session.ts';

/** How a queue is set up. */
export interface QueueStatus {
  /** STATUS = ON: can be received from and sent to. */
  readonly isReceiveEnabled: boolean;
  readonly isEnqueueEnabled: boolean;
  /** Internal activation, which competes with external readers for the messages. */
  readonly isActivationEnabled: boolean;
  readonly activationProcedure: string | null;
  readonly maxReaders: number;
  readonly isRetentionEnabled: boolean;
  /** Whether five rollbacks in a row switch the queue off. */
  readonly isPoisonMessageHandlingEnabled: boolean;
}

/** A COUNT_BIG, which the driver gives as text. */
export const countColumn = z.union([z.string(), z.number(), z.bigint()]).transform((value) => Number(value));

const statusRow = z.object({
  isReceiveEnabled: z.boolean(),
  isEnqueueEnabled: z.boolean(),
  isActivationEnabled: z.boolean(),
  activationProcedure: z.string().nullable(),
  maxReaders: z
    .number()
    .nullable()
    .transform((readers) => readers ?? 0),
  isRetentionEnabled: z.boolean(),
  isPoisonMessageHandlingEnabled: z.boolean(),
});

/** @throws QueueNotFoundError when there is no such queue, or the login may not see it */
export async function queueStatus(session: SqlSession, queue: string, options: CallOptions = {}): Promise<QueueStatus> {
  const { schema, name } = parseQualifiedName(queue);
  const [status] = await session.query(
    `SELECT q.is_receive_enabled AS [isReceiveEnabled], q.is_enqueue_enabled AS [isEnqueueEnabled],
       q.is_activation_enabled AS [isActivationEnabled], q.activation_procedure AS [activationProcedure],
       q.max_readers AS [maxReaders], q.is_retention_enabled AS [isRetentionEnabled],
       q.is_poison_message_handling_enabled AS [isPoisonMessageHandlingEnabled]
     FROM sys.service_queues AS q INNER JOIN sys.schemas AS s ON s.schema_id = q.schema_id
     WHERE s.name = @Schema AND q.name = @Name;`,
    { Schema: schema, Name: name },
    statusRow,
    { ...options, context: { operation: `looking at queue ${queue}` } },
  );
  if (status === undefined) throw new QueueNotFoundError(queue);
  return status;
}

/**
 * Resolves when the queue can be received from; receives nothing.
 * @throws QueueDisabledError when its STATUS is OFF
 * @throws QueueNotFoundError when there is no such queue, or the login may not see it
 */
export async function probeQueue(session: SqlSession, queue: string, options: CallOptions = {}): Promise<void> {
  const { isReceiveEnabled } = await queueStatus(session, queue, options);
  if (!isReceiveEnabled) throw new QueueDisabledError(`Queue ${queue} has STATUS = OFF.`, queue, {});
}

/** Number of messages in a queue, without waiting for readers' locks. */
export async function queueDepth(session: SqlSession, queue: string, options: CallOptions = {}): Promise<number> {
  const [row] = await session.query(
    `SELECT COUNT_BIG(*) AS [messages] FROM ${quoteQualifiedName(queue)} WITH (NOLOCK);`,
    {},
    z.object({ messages: countColumn }),
    { ...options, context: { operation: `counting the messages of ${queue}`, queue } },
  );
  return row?.messages ?? 0;
}
