import { z } from 'zod';
import { requireConversationsVisible } from './broker-health.ts';
import { quoteQualifiedName } from './identifiers.ts';
import { parseOptions } from './options.ts';
import { sqlParameter } from './parameters.ts';
import type { SqlSession } from './sql-session.ts';

const leakedConversationsOptionsSchema = z.object({
  queue: z.string().min(1),
  limit: z.int().min(1).max(100_000).default(1_000),
  lockTimeoutMs: z.int().min(0).max(60_000).default(1_000),
});

/** Options of {@link endLeakedConversations}. */
export interface LeakedConversationsOptions {
  readonly queue: string;
  /** Most conversations that one call ends, so that a person can look in between. @default 1000 */
  readonly limit?: number;
  /** Milliseconds to wait for a conversation that a reader holds; it is then left alone. @default 1000 */
  readonly lockTimeoutMs?: number;
  /** Only finds them. */
  readonly isDryRun?: boolean;
  /** Called after each. */
  readonly onProgress?: (progress: { readonly ended: number; readonly found: number }) => void;
  readonly signal?: AbortSignal;
}

/** What {@link endLeakedConversations} did. */
export interface LeakedConversationsResult {
  /** Handles of those found, at most `limit`. */
  readonly found: readonly string[];
  /** How many of them were ended; the others were in use or gone by then. */
  readonly ended: number;
}

const handleRow = z.object({ handle: z.string() });
const leakRow = z.object({ handle: z.string(), group: z.string() });

/**
 * Ends conversations of a queue that some reader should have ended and never did: the other side has ended
 * (DISCONNECTED_INBOUND) and no message of it is left in the queue. Such endpoints pile up forever, until the database is
 * slow. They are ended plainly, without CLEANUP, one by one.
 *
 * Safe beside readers: a conversation with a message, also one that a reader holds in an open transaction, is left alone,
 * because ending would drop the message if the reader rolled back. No message can come to it any more after the look.
 *
 * @throws InvalidBrokerOptionsError, QueueNotFoundError, PermissionDeniedError; what was ended before stays so
 */
export async function endLeakedConversations(
  session: SqlSession,
  options: LeakedConversationsOptions,
): Promise<LeakedConversationsResult> {
  const { queue, limit, lockTimeoutMs } = parseOptions(leakedConversationsOptionsSchema, options);
  const { isDryRun = false, onProgress, signal } = options;
  const name = quoteQualifiedName(queue);
  const call = signal === undefined ? {} : { signal };
  await requireConversationsVisible(session, `looking for leaked conversations of ${queue}`, call);
  const rows = await session.query(
    `SELECT TOP (@Limit) CAST(e.conversation_handle AS NVARCHAR(36)) AS [handle],
       CAST(e.conversation_group_id AS NVARCHAR(36)) AS [group]
     FROM sys.conversation_endpoints AS e WITH (NOLOCK)
     INNER JOIN sys.services AS s ON s.service_id = e.service_id
     WHERE e.state = N'DI' AND s.service_queue_id = OBJECT_ID(@Queue)
       AND NOT EXISTS (SELECT 1 FROM ${name} AS m WITH (NOLOCK) WHERE m.conversation_handle = e.conversation_handle);`,
    { Limit: sqlParameter.int(limit), Queue: name },
    leakRow,
    { ...call, context: { operation: `looking for leaked conversations of ${queue}`, queue } },
  );
  const found = rows.map(({ handle }) => handle);
  if (isDryRun) return { found, ended: 0 };
  let ended = 0;
  for (const { handle, group } of rows) {
    signal?.throwIfAborted();
    const [done] = await session.query(
      // With locks, whatever READ_COMMITTED_SNAPSHOT says: what a reader has taken and may put back counts as there. By
      // status and group, which lead the queue's clustered index: any other look would wait for what readers have taken of
      // other conversations.
      `SET LOCK_TIMEOUT ${lockTimeoutMs};
       BEGIN TRY
         IF NOT EXISTS (
           SELECT 1 FROM ${name} AS m WITH (READCOMMITTEDLOCK)
           WHERE m.[status] IN (0, 1) AND m.conversation_group_id = @Group AND m.conversation_handle = @Handle)
         BEGIN
           END CONVERSATION @Handle;
           SELECT N'ended' AS [handle];
         END;
       END TRY
       BEGIN CATCH
         IF ERROR_NUMBER() NOT IN (1222, 8426, 8427) THROW;
       END CATCH;`,
      { Handle: sqlParameter.uniqueidentifier(handle), Group: sqlParameter.uniqueidentifier(group) },
      handleRow,
      { ...call, context: { operation: `ending a leaked conversation of ${queue}`, queue } },
    );
    if (done !== undefined) ended += 1;
    onProgress?.({ ended, found: found.length });
  }
  return { found, ended };
}
