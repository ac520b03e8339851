-- Takes pauses of a queue back: those of one owner, or with NULL all of them. Those that are over are removed, too, and not counted.
CREATE PROCEDURE [dbo].[sp_ResumeQueue]
    @QueueName NVARCHAR(257),
    @Owner     NVARCHAR(128) = NULL,
    @Resumed   INT           = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();

    BEGIN TRANSACTION;
    DELETE p FROM [dbo].[QueuePause] AS p WHERE p.[QueueName] = @QueueName AND p.[ExpiresAt] <= @Now;
    DELETE p
    FROM [dbo].[QueuePause] AS p
    WHERE p.[QueueName] = @QueueName AND (@Owner IS NULL OR p.[Owner] = @Owner);
    SET @Resumed = @@ROWCOUNT;
    COMMIT TRANSACTION;
END;
