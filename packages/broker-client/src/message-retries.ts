import { z } from 'zod';
import { quoteQualifiedName } from './identifiers.ts';
import { sqlParameter } from './parameters.ts';
import { countColumn } from './queue-inspection.ts';
import { receivedSavepoint } from './receive-statement.ts';
import type { ReceivedMessage } from './received-message.ts';
import type { CallOptions, SqlSession } from './sql-session.ts';
import { sqlTime } from './sql-time.ts';

/**
 * Where messages wait that could not be processed yet: a table of the application's database, and two procedures that are the
 * way in and out. The README shows all three.
 */
export interface RetryTarget {
  /** For example `dbo.MessageRetry`. Read to count what waits: `QueueName`, `DueAt` and `EnqueuedAt`, times in UTC. */
  readonly table: string;
  /** Takes `@QueueName` and `@Entries`, a JSON array whose fields `sp_PutMessageRetries` of provenance-schema names. */
  readonly putProcedure: string;
  /**
   * Takes `@QueueName`, `@Count` and `@MaxSharedAttempts`; deletes what is due and returns it, in the transaction of its caller: a
   * message with more attempts than the last one alone, others together.
   */
  readonly takeProcedure: string;
}

/** A message to be tried again, and why. */
export interface MessageRetry {
  readonly message: ReceivedMessage;
  /** Tries that the message itself may be blamed for, the last one included. */
  readonly attempts: number;
  /** Milliseconds until it is due, by the server's clock. */
  readonly delayMs: number;
  /** Stable and short, for statistics and filters; up to 64 characters. */
  readonly reasonCode: string;
  /** For people; cut at 4000 characters. */
  readonly reasonText: string;
}

/** Messages of a queue that wait for another try. */
export interface WaitingRetries {
  readonly messages: number;
  /** Milliseconds since the oldest was first enqueued, by the server's clock; null when there is none. */
  readonly oldestAgeMs: number | null;
}

/** One element of the JSON array that the put procedure takes; `messageBody` is hexadecimal digits, 64-bit numbers are text. */
function retryEntry(retry: MessageRetry): Readonly<Record<string, unknown>> {
  const { message, attempts, delayMs, reasonCode, reasonText } = retry;
  return {
    delayMs: Math.round(delayMs),
    attempts,
    reasonCode: reasonCode.slice(0, 64),
    reasonText,
    messageBody: message.body === null ? null : message.body.toString('hex'),
    messageTypeName: message.messageTypeName,
    contractName: message.contractName,
    serviceName: message.serviceName,
    conversationHandle: message.conversationHandle,
    conversationGroupId: message.conversationGroupId,
    messageSequenceNumber: message.sequenceNumber.toString(),
    queuingOrder: message.queuingOrder.toString(),
    ...(message.enqueuedAt === null ? {} : { enqueuedAt: sqlTime(message.enqueuedAt) }),
  };
}

/** Keeps messages for a later try, all in one round trip, in the session's transaction. */
export async function putMessageRetries(
  session: Pick<SqlSession, 'execute'>,
  target: RetryTarget,
  queue: string,
  retries: readonly MessageRetry[],
  options: CallOptions = {},
): Promise<void> {
  if (retries.length === 0) return;
  const entries = sqlParameter.nvarchar(JSON.stringify(retries.map(retryEntry)));
  await session.execute(target.putProcedure, { QueueName: queue, Entries: entries }, options);
}

const bigint = z.union([z.string().regex(/^-?\d+$/), z.number(), z.bigint()]).transform((value) => BigInt(value));

const takenRow = z
  .object({
    Attempts: z.int(),
    MessageBody: z.instanceof(Buffer).nullable(),
    MessageTypeName: z.string(),
    ContractName: z.string().nullable(),
    ServiceName: z.string(),
    ConversationHandle: z.string(),
    ConversationGroupId: z.string(),
    MessageSequenceNumber: bigint,
    QueuingOrder: bigint,
    EnqueuedAt: z.date().nullable(),
  })
  .transform(
    (row): ReceivedMessage => ({
      conversationHandle: row.ConversationHandle,
      conversationGroupId: row.ConversationGroupId,
      sequenceNumber: row.MessageSequenceNumber,
      queuingOrder: row.QueuingOrder,
      messageTypeName: row.MessageTypeName,
      contractName: row.ContractName,
      serviceName: row.ServiceName,
      body: row.MessageBody,
      enqueuedAt: row.EnqueuedAt,
      attempts: row.Attempts,
    }),
  );

/**
 * Failed tries after which a message is tried alone. Too few: the neighbours of one bad message are processed one by one. Too many: they
 * wait that much longer because of it.
 */
export const maxSharedAttempts = 3;

/** Takes what is due, in the order of the queue, and sets the savepoint behind it. */
export async function takeMessageRetries(
  session: Pick<SqlSession, 'query'>,
  target: RetryTarget,
  queue: string,
  count: number,
  options: CallOptions = {},
): Promise<readonly ReceivedMessage[]> {
  const messages = await session.query(
    `EXEC ${quoteQualifiedName(target.takeProcedure)} @QueueName = @QueueName, @Count = @Count, @MaxSharedAttempts = @MaxSharedAttempts;
     SAVE TRANSACTION ${receivedSavepoint};`,
    { QueueName: queue, Count: sqlParameter.int(count), MaxSharedAttempts: sqlParameter.int(maxSharedAttempts) },
    takenRow,
    { ...options, context: { operation: `taking messages of ${queue} whose next try is due` } },
  );
  return messages.toSorted((a, b) => (a.queuingOrder < b.queuingOrder ? -1 : 1));
}

const waitingRow = z.object({
  messages: countColumn,
  oldestAgeMs: countColumn.nullable(),
});

/**
 * Counts the messages of a queue that wait for another try. Needs SELECT on the table.
 * @throws PermissionDeniedError
 */
export async function waitingRetries(
  session: Pick<SqlSession, 'query'>,
  target: Pick<RetryTarget, 'table'>,
  queue: string,
  options: CallOptions = {},
): Promise<WaitingRetries> {
  const [waiting] = await session.query(
    // Those that a worker has in hand count too, as they do in the depth of the queue.
    `SELECT COUNT_BIG(*) AS [messages], DATEDIFF_BIG(MILLISECOND, MIN(r.[EnqueuedAt]), SYSUTCDATETIME()) AS [oldestAgeMs]
     FROM ${quoteQualifiedName(target.table)} AS r WITH (NOLOCK)
     WHERE r.[QueueName] = @QueueName;`,
    { QueueName: queue },
    waitingRow,
    { ...options, context: { operation: `counting the messages of ${queue} that wait for another try` } },
  );
  return waiting ?? { messages: 0, oldestAgeMs: null };
}
