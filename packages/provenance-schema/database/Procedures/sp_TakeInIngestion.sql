-- Puts files that were received from the queue among the jobs that wait for a worker, with their messages, in the transaction that
-- received them. A message's job is the one that it names; one without a job, or whose job is busy with another message, gets a
-- new row. Internal to ces-consumer.
-- Errors: 51040 no transaction.
CREATE PROCEDURE [dbo].[sp_TakeInIngestion]
    @Messages [dbo].[IngestionMessageList] READONLY
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Jobs TABLE (
        [Ordinal]        INT    NOT NULL PRIMARY KEY,
        [IngestionJobId] BIGINT NOT NULL
    );

    IF @@TRANCOUNT = 0
        THROW 51040, N'dbo.sp_TakeInIngestion must run in the transaction that received the messages. Call dbo.sp_EnqueueIngestion to ingest a file.', 1;

    -- Of two messages that name one job the first gets it. A consumer of the version before marks the jobs of messages that it
    -- still has in its transaction; when the message comes here, that consumer has let it go.
    INSERT INTO @Jobs ([Ordinal], [IngestionJobId])
    SELECT MIN(m.[Ordinal]), j.[IngestionJobId]
    FROM @Messages AS m
    INNER JOIN [dbo].[IngestionJob] AS j WITH (UPDLOCK, ROWLOCK) ON j.[IngestionJobId] = m.[IngestionJobId]
    WHERE j.[TenantId] = m.[TenantId]
      AND (j.[ReceivedAt] IS NULL OR j.[Status] IN (N'COMPLETED', N'UNCHANGED', N'DEAD_LETTERED'))
    GROUP BY j.[IngestionJobId]
    OPTION (LOOP JOIN);

    INSERT INTO @Jobs ([Ordinal], [IngestionJobId])
    SELECT m.[Ordinal], MAX(j.[IngestionJobId])
    FROM @Messages AS m
    INNER JOIN [dbo].[IngestionJob] AS j WITH (UPDLOCK, ROWLOCK)
        ON j.[ConversationHandle] = m.[ConversationHandle] AND j.[MessageSequenceNumber] = m.[MessageSequenceNumber]
    WHERE j.[ReceivedAt] IS NULL AND NOT EXISTS (SELECT 1 FROM @Jobs AS t WHERE t.[Ordinal] = m.[Ordinal])
    GROUP BY m.[Ordinal]
    OPTION (LOOP JOIN);

    UPDATE j
    SET
        j.[Attempts] = CASE WHEN j.[Status] IN (N'RUNNING', N'REFUSED') THEN j.[Attempts] ELSE 0 END,
        j.[ErrorCode] = CASE WHEN j.[Status] = N'REFUSED' THEN j.[ErrorCode] END,
        j.[ErrorText] = CASE WHEN j.[Status] = N'REFUSED' THEN j.[ErrorText] END,
        j.[Status] = CASE WHEN j.[Status] IN (N'RUNNING', N'REFUSED') THEN j.[Status] ELSE N'QUEUED' END,
        j.[ByteCount] = ISNULL(m.[ByteCount], f.[ByteCount]),
        j.[ContentHash] = NULL,
        j.[Notes] = NULL,
        j.[Letters] = NULL,
        j.[ShareNotUnderstood] = NULL,
        j.[FinishedAt] = NULL,
        j.[EnqueuedAt] = ISNULL(m.[EnqueuedAt], j.[EnqueuedAt]),
        j.[ConversationHandle] = m.[ConversationHandle],
        j.[MessageSequenceNumber] = m.[MessageSequenceNumber],
        j.[MessageTypeName] = m.[MessageTypeName],
        j.[MessageBody] = m.[MessageBody],
        j.[ReceivedAt] = @Now,
        j.[DueAt] = NULL,
        j.[Retries] = 0
    FROM @Jobs AS t
    INNER JOIN @Messages AS m ON m.[Ordinal] = t.[Ordinal]
    INNER JOIN [dbo].[IngestionJob] AS j ON j.[IngestionJobId] = t.[IngestionJobId]
    LEFT JOIN [dbo].[IngestionFile] AS f ON f.[IngestionFileId] = m.[IngestionFileId] AND f.[TenantId] = m.[TenantId]
    OPTION (LOOP JOIN);

    INSERT INTO [dbo].[IngestionJob]
        ([TenantId], [FileName], [SourceUri], [IngestionFileId], [ByteCount], [EnqueuedAt], [ConversationHandle],
         [MessageSequenceNumber], [MessageTypeName], [MessageBody], [ReceivedAt])
    SELECT
        m.[TenantId], m.[FileName], m.[SourceUri], m.[IngestionFileId], ISNULL(m.[ByteCount], f.[ByteCount]), m.[EnqueuedAt],
        m.[ConversationHandle], m.[MessageSequenceNumber], m.[MessageTypeName], m.[MessageBody], @Now
    FROM @Messages AS m
    LEFT JOIN [dbo].[IngestionFile] AS f ON f.[IngestionFileId] = m.[IngestionFileId] AND f.[TenantId] = m.[TenantId]
    WHERE NOT EXISTS (SELECT 1 FROM @Jobs AS t WHERE t.[Ordinal] = m.[Ordinal])
    ORDER BY m.[Ordinal]
    OPTION (LOOP JOIN);

    -- HOLDLOCK: of two readers that bring a tenant's first file, one waits for the other.
    INSERT INTO [dbo].[IngestionLease] ([TenantId])
    SELECT DISTINCT m.[TenantId]
    FROM @Messages AS m
    WHERE NOT EXISTS (SELECT 1 FROM [dbo].[IngestionLease] AS l WITH (NOLOCK) WHERE l.[TenantId] = m.[TenantId])
      AND NOT EXISTS (SELECT 1 FROM [dbo].[IngestionLease] AS l WITH (UPDLOCK, HOLDLOCK) WHERE l.[TenantId] = m.[TenantId])
    OPTION (LOOP JOIN);
END;
