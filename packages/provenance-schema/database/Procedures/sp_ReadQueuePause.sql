-- The pauses that apply to a worker of a queue now, the oldest first. No row: it may receive.
CREATE PROCEDURE [dbo].[sp_ReadQueuePause]
    @QueueName NVARCHAR(257),
    @Instance  NVARCHAR(128)
AS
BEGIN
    SET NOCOUNT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();

    SELECT p.[Owner], p.[Reason], p.[PausedAt], p.[ExpiresAt]
    FROM [dbo].[QueuePause] AS p
    WHERE p.[QueueName] = @QueueName
      AND (p.[ExpiresAt] IS NULL OR p.[ExpiresAt] > @Now)
      AND (
          p.[Scope] = N'ALL'
          OR (p.[Scope] = N'ONLY' AND p.[Instance] = @Instance)
          OR (p.[Scope] = N'EXCEPT' AND p.[Instance] <> @Instance)
      )
    ORDER BY p.[PausedAt], p.[QueuePauseId];
END;
