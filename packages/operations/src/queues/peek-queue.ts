import { type BrokerClient, quoteQualifiedName } from '@hartonomous/broker-client';
import type { QueueDefinition } from '@hartonomous/provenance-schema';
import { z } from 'zod';

/** A message that waits in a queue, as it is there. */
export interface WaitingMessage {
  readonly conversationHandle: string;
  readonly sequenceNumber: bigint;
  readonly messageType: string;
  /** Null for messages of SQL Server's own that have none. */
  readonly enqueuedAt: Date | null;
  readonly byteCount: number;
  /** The first bytes. */
  readonly body: Uint8Array;
}

const bigint = z.union([z.bigint(), z.number(), z.string()]).transform((value) => BigInt(value));

const messageRow = z.object({
  conversationHandle: z.string(),
  sequenceNumber: bigint,
  messageType: z.string(),
  enqueuedAt: z.date().nullable(),
  byteCount: z.union([z.number(), z.string(), z.bigint()]).transform(Number),
  body: z
    .instanceof(Uint8Array)
    .nullable()
    .transform((bytes) => bytes ?? new Uint8Array()),
});

/** Bytes of a body that are read. A message may have 2 GB. */
export const peekedBytes = 2_000;

/**
 * Reads the messages that a RECEIVE would give first, and takes none. Waits for nobody: what readers have in hand is among them.
 *
 * @param limit most messages, 1 to 1000
 * @throws QueueNotFoundError, PermissionDeniedError and other BrokerErrors
 */
export async function peekQueue(
  client: BrokerClient,
  { queue }: Pick<QueueDefinition, 'queue'>,
  limit: number,
  signal: AbortSignal,
): Promise<readonly WaitingMessage[]> {
  return await client.query(
    `SELECT TOP (@limit)
       CONVERT(NVARCHAR(36), q.[conversation_handle]) AS [conversationHandle],
       q.[message_sequence_number] AS [sequenceNumber],
       q.[message_type_name] AS [messageType],
       q.[message_enqueue_time] AS [enqueuedAt],
       ISNULL(DATALENGTH(q.[message_body]), 0) AS [byteCount],
       SUBSTRING(q.[message_body], 1, ${peekedBytes}) AS [body]
     FROM ${quoteQualifiedName(queue)} AS q WITH (NOLOCK)
     ORDER BY q.[priority] DESC, q.[queuing_order];`,
    { limit },
    messageRow,
    { signal, context: { operation: `looking into ${queue}`, queue } },
  );
}
