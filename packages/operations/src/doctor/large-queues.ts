import type { SqlSession } from '@hartonomous/broker-client';
import { type QueueDefinition, queues } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { type Finding, fine, unseen, warning } from './finding.ts';

/** What SQL Server stores the messages of a queue as. Source: sys.internal_tables, internal_type. */
const queueMessagesTable = 201;

/** Kind of pages that rows are on; larger bodies are on others. Source: sys.allocation_units, type. */
const inRowData = 1;

const pageBytes = 8_192;

/**
 * Pages from which on it matters what they hold (20 MB): RECEIVE walks what deleted messages have left. Too few: walking them
 * takes no time worth a person's. Too many: a queue that is slow already passes as healthy.
 */
const manyPages = 2_560;

/** The room that a queue takes. */
export interface QueueSize {
  readonly queue: string;
  readonly messages: number;
  readonly pages: number;
}

const sizeRow = z.object({ queue: z.string(), messages: z.coerce.number(), pages: z.coerce.number() });

/**
 * Whether a queue is worth an ALTER QUEUE ... REBUILD: a queue that was deep once stays large and becomes slow.
 *
 * @throws BrokerError
 */
export async function largeQueueFindings(session: SqlSession, signal: AbortSignal): Promise<Finding[]> {
  const sizes = await session.query(
    `SELECT CONCAT(s.[name], N'.', q.[name]) AS [queue], MAX(p.[rows]) AS [messages], SUM(a.[used_pages]) AS [pages]
     FROM sys.service_queues AS q
     INNER JOIN sys.schemas AS s ON s.[schema_id] = q.[schema_id]
     INNER JOIN sys.internal_tables AS t ON t.[parent_object_id] = q.[object_id] AND t.[internal_type] = ${queueMessagesTable}
     INNER JOIN sys.partitions AS p ON p.[object_id] = t.[object_id] AND p.[index_id] = 1
     INNER JOIN sys.allocation_units AS a ON a.[container_id] = p.[hobt_id] AND a.[type] = ${inRowData}
     GROUP BY s.[name], q.[name];`,
    {},
    sizeRow,
    { signal, context: { operation: 'looking at the size of the queues' } },
  );
  return queues.map((definition) => sizeFinding(definition, sizes));
}

/** @param sizes of the queues that the login sees */
export function sizeFinding({ queue }: QueueDefinition, sizes: readonly QueueSize[]): Finding {
  const id = `queue.size.${queue}`;
  const size = sizes.find((each) => each.queue === queue);
  if (size === undefined) {
    return unseen(id, `how much room ${queue} takes.`, 'Ask as an administrator: hartonomous doctor.');
  }
  const { messages, pages } = size;
  const room = `${queue} takes ${((pages * pageBytes) / 1_000_000).toFixed(1)} MB for ${messages} ${messages === 1 ? 'message' : 'messages'}`;
  // A page holds several messages in rows; with fewer than one each, most of them hold what is left of deleted ones.
  if (pages < manyPages || messages >= pages) return fine(id, `${room}.`);
  return warning(
    id,
    `${room}: it was deep once, and RECEIVE walks what is left of the messages that are gone.`,
    `With the workers stopped and in a quiet moment, because senders wait meanwhile: ALTER QUEUE ${queue} REBUILD; see docs/operating.md, "A queue that was deep".`,
  );
}
