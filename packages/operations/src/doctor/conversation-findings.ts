import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { type Finding, fine, problem, unseen, warning } from './finding.ts';

/** Conversations of a kind that aren't a problem yet: a busy sender's last dialogs look like them for a while. */
const toleratedConversations = 100;

/**
 * Seconds that a dialog lives which was begun without a LIFETIME (BEGIN DIALOG CONVERSATION). The catalog has the end of the lifetime and
 * not the beginning.
 */
const longestLifetime = 2_147_483_647;

const kinds = {
  unpooled: {
    words: 'Dialogs that were begun here, never ended, and that no session sends on',
    advice:
      'Programs that begin a dialog for each message leave them. Use dbo.sp_EnqueueNeo4jSync, which keeps one per session. To end one:',
  },
  orphaned: {
    words: 'Conversations whose sender ended WITH CLEANUP, so that no end will ever come',
    advice: 'To end one:',
  },
  error: { words: 'Conversations that have failed and that nobody has ended', advice: 'To end one:' },
  closed: {
    words: 'Conversations that are closed and still there',
    advice: 'SQL Server takes them away after half an hour; more come where senders end first. To be rid of one now:',
  },
} as const;

const kindRow = z.object({
  kind: z.enum(['unpooled', 'orphaned', 'error', 'closed']),
  conversations: z.coerce.number(),
  old: z.coerce.number(),
  example: z.string(),
});

/**
 * Conversations that leak in any state but DISCONNECTED_INBOUND, which has a finding for each queue. All of the database, since one of
 * anybody's makes all slow.
 *
 * @throws BrokerError
 */
export async function conversationFindings(session: SqlSession, signal: AbortSignal): Promise<readonly Finding[]> {
  const options = { signal, context: { operation: 'looking for conversations that nobody ends' } };
  const [who] = await session.query(
    `SELECT CASE WHEN IS_ROLEMEMBER(N'db_owner') = 1 OR IS_SRVROLEMEMBER(N'sysadmin') = 1 THEN 1 ELSE 0 END AS [isOwner];`,
    {},
    z.object({ isOwner: z.number() }),
    options,
  );
  if (who?.isOwner !== 1) {
    return [
      unseen(
        'broker.leaks',
        'conversations that leak in other states than DISCONNECTED_INBOUND, which SQL Server shows to db_owner only.',
        'Ask as an administrator: hartonomous doctor',
      ),
    ];
  }
  const rows = await session.query(
    `SELECT k.[kind], COUNT_BIG(*) AS [conversations],
       SUM(CASE WHEN k.[begunAt] < DATEADD(HOUR, -1, SYSUTCDATETIME()) THEN 1 ELSE 0 END) AS [old],
       MIN(CONVERT(NVARCHAR(36), k.[handle])) AS [example]
     FROM (
       SELECT e.[conversation_handle] AS [handle],
         DATEADD(SECOND, -${longestLifetime}, CONVERT(DATETIME2(3), e.[lifetime])) AS [begunAt],
         CASE
           WHEN e.[state] = 'ER' THEN 'error'
           WHEN e.[state] = 'CD' THEN 'closed'
           WHEN e.[state] IN ('SO', 'CO') AND e.[is_initiator] = 1 AND p.[ConversationHandle] IS NULL THEN 'unpooled'
           WHEN e.[state] = 'CO' AND e.[is_initiator] = 0 AND f.[conversation_handle] IS NULL AND e.[far_broker_instance] = (
             SELECT CONVERT(NVARCHAR(128), d.[service_broker_guid]) FROM sys.databases AS d WHERE d.[database_id] = DB_ID()
           ) THEN 'orphaned'
         END AS [kind]
       FROM sys.conversation_endpoints AS e WITH (NOLOCK)
       LEFT JOIN [dbo].[DialogPool] AS p WITH (NOLOCK) ON p.[ConversationHandle] = e.[conversation_handle]
       LEFT JOIN sys.conversation_endpoints AS f WITH (NOLOCK)
         ON f.[conversation_id] = e.[conversation_id] AND f.[is_initiator] <> e.[is_initiator]
       WHERE e.[is_system] = 0
     ) AS k
     WHERE k.[kind] IS NOT NULL
     GROUP BY k.[kind]
     ORDER BY k.[kind];`,
    {},
    kindRow,
    options,
  );
  const findings = rows.flatMap(leakOf);
  return findings.length > 0 ? findings : [fine('broker.leaks', 'No conversation leaks, in any state.')];
}

function leakOf({ kind, conversations, old, example }: z.output<typeof kindRow>): Finding[] {
  const { words, advice } = kinds[kind];
  const id = `broker.leaks.${kind}`;
  const message = `${words}: ${conversations}, ${old} of them for more than an hour.`;
  const cleanup = kind === 'unpooled' || kind === 'error' ? '' : ' WITH CLEANUP';
  const action = `${advice} END CONVERSATION '${example}'${cleanup};`;
  // A dialog that has had its last message isn't in the pool any more, until its reader has come to it and ended it.
  const isExpected = kind === 'closed' || kind === 'unpooled';
  if (conversations > toleratedConversations && !(kind === 'closed' && old === 0))
    return [problem(id, message, action)];
  return isExpected && old === 0 ? [] : [warning(id, message, action)];
}
