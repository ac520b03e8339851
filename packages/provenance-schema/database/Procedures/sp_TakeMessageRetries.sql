-- Takes messages of a queue whose next try is due, the longest due first. They are gone from the table when the caller's
-- transaction commits; until then no other worker gets them, and a rollback puts them back. A message that has failed more
-- often than @MaxSharedAttempts is taken alone, so that it fails for itself and others aren't blamed.
CREATE PROCEDURE [dbo].[sp_TakeMessageRetries]
    @QueueName         NVARCHAR(257),
    @Count             INT,
    @MaxSharedAttempts INT = 3
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Attempts INT = 0;

    IF @@TRANCOUNT = 0
        THROW 51040, N'dbo.sp_TakeMessageRetries must run inside a transaction: without one, the messages would be lost when the worker ends.', 1;

    SELECT TOP (1) @Attempts = r.[Attempts]
    FROM [dbo].[MessageRetry] AS r WITH (READPAST, READCOMMITTEDLOCK)
    WHERE r.[QueueName] = @QueueName AND r.[DueAt] <= SYSUTCDATETIME()
    ORDER BY r.[DueAt], r.[MessageRetryId];
    IF @Attempts > @MaxSharedAttempts
        SET @Count = 1;

    WITH [Due] AS (
        SELECT TOP (@Count) r.*
        FROM [dbo].[MessageRetry] AS r WITH (ROWLOCK, UPDLOCK, READPAST, READCOMMITTEDLOCK)
        WHERE r.[QueueName] = @QueueName
          AND r.[DueAt] <= SYSUTCDATETIME()
          AND (@Count = 1 OR r.[Attempts] <= @MaxSharedAttempts)
        ORDER BY r.[DueAt], r.[MessageRetryId]
    )
    DELETE FROM [Due]
    OUTPUT
        deleted.[Attempts], deleted.[MessageBody], deleted.[MessageTypeName], deleted.[ContractName], deleted.[ServiceName],
        deleted.[ConversationHandle], deleted.[ConversationGroupId], deleted.[MessageSequenceNumber],
        deleted.[QueuingOrder], deleted.[EnqueuedAt];
END;
