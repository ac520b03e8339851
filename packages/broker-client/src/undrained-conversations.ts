import { z } from 'zod';
import { quoteQualifiedName } from './identifiers.ts';
import { sqlParameter } from './parameters.ts';
import type { SystemMessage } from './received-message.ts';
import type { CallOptions, SqlSession } from './sql-session.ts';

const handleRow = z.object({ handle: z.string() });

/**
 * Those of the conversations that still have messages in the queue. One that another reader has in hand counts: if its
 * transaction is rolled back, its messages are there again. Looked up by the leading columns of the queue's clustered index, so
 * that rows of other conversations are not met.
 *
 * @returns handles, as they are written in `errors`
 */
export async function undrainedConversations(
  session: Pick<SqlSession, 'query'>,
  queue: string,
  errors: readonly Pick<SystemMessage, 'conversationHandle' | 'conversationGroupId'>[],
  options: CallOptions = {},
): Promise<ReadonlySet<string>> {
  if (errors.length === 0) return new Set();
  const conversations = errors.map(({ conversationHandle, conversationGroupId }) => [
    conversationHandle,
    conversationGroupId,
  ]);
  const rows = await session.query(
    [
      'SET NOCOUNT ON;',
      'SET XACT_ABORT OFF;',
      'SET LOCK_TIMEOUT 0;',
      'DECLARE @Undrained TABLE ([handle] uniqueidentifier NOT NULL);',
      'DECLARE @Handle uniqueidentifier, @Group uniqueidentifier, @Next int = 0;',
      'WHILE 1 = 1',
      'BEGIN',
      "  SET @Handle = CONVERT(uniqueidentifier, JSON_VALUE(@Conversations, CONCAT('$[', @Next, '][0]')));",
      "  SET @Group = CONVERT(uniqueidentifier, JSON_VALUE(@Conversations, CONCAT('$[', @Next, '][1]')));",
      '  IF @Handle IS NULL BREAK;',
      '  BEGIN TRY',
      '    INSERT INTO @Undrained ([handle])',
      '    SELECT TOP (1) m.[conversation_handle]',
      `    FROM ${quoteQualifiedName(queue)} AS m WITH (READCOMMITTEDLOCK)`,
      '    WHERE m.[status] IN (0, 1) AND m.[conversation_group_id] = @Group AND m.[conversation_handle] = @Handle;',
      '  END TRY',
      '  BEGIN CATCH',
      // 1222: another reader has received from it and not committed.
      '    IF ERROR_NUMBER() <> 1222 THROW;',
      '    INSERT INTO @Undrained ([handle]) VALUES (@Handle);',
      '  END CATCH;',
      '  SET @Next = @Next + 1;',
      'END;',
      'SELECT [handle] FROM @Undrained;',
    ].join('\n'),
    { Conversations: sqlParameter.nvarchar(JSON.stringify(conversations)) },
    handleRow,
    { ...options, context: { operation: `looking for messages of failed conversations in ${queue}` } },
  );
  const found = new Set(rows.map(({ handle }) => handle.toUpperCase()));
  return new Set(
    errors.map(({ conversationHandle }) => conversationHandle).filter((handle) => found.has(handle.toUpperCase())),
  );
}
