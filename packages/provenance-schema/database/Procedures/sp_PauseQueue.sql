-- Tells the workers of a queue to receive nothing until dbo.sp_ResumeQueue, or for @Seconds. They finish what they have in hand;
-- messages stay in the queue. @Scope: ALL, or ONLY and EXCEPT with one @Instance. The same owner's earlier pause is replaced.
CREATE PROCEDURE [dbo].[sp_PauseQueue]
    @QueueName NVARCHAR(257),
    @Owner     NVARCHAR(128),
    @Reason    NVARCHAR(1000),
    @Scope     NVARCHAR(16)  = N'ALL',
    @Instance  NVARCHAR(128) = NULL,
    @Seconds   INT           = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();

    IF @QueueName IS NULL OR OBJECT_ID(@QueueName, N'SQ') IS NULL
        THROW 51080, N'@QueueName must be a queue of this database with its schema, for example dbo.Neo4jSyncQueue.', 1;
    IF NULLIF(LTRIM(RTRIM(@Owner)), N'') IS NULL OR NULLIF(LTRIM(RTRIM(@Reason)), N'') IS NULL
        THROW 51081, N'A pause needs an @Owner and a @Reason: people who find it have to know whom to ask.', 1;
    IF @Seconds < 1 OR @Seconds > 31536000
        THROW 51082, N'@Seconds must be between 1 and 31536000 (a year), or NULL.', 1;

    BEGIN TRANSACTION;
    DELETE p
    FROM [dbo].[QueuePause] AS p WITH (UPDLOCK, HOLDLOCK)
    WHERE p.[QueueName] = @QueueName AND (p.[Owner] = @Owner OR p.[ExpiresAt] <= @Now);
    INSERT INTO [dbo].[QueuePause] ([QueueName], [Scope], [Instance], [Owner], [Reason], [PausedAt], [ExpiresAt])
    VALUES (@QueueName, @Scope, @Instance, @Owner, @Reason, @Now, DATEADD(SECOND, @Seconds, @Now));
    COMMIT TRANSACTION;
END;
