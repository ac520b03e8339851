-- Deletes log rows past their retention, in slices: one big DELETE would escalate to a lock on the whole table and stop
-- the workers. Not to be called inside a transaction, which would keep the locks of all slices.
CREATE PROCEDURE [dbo].[sp_PurgeNeo4jSyncLog]
    @RetentionDays INT = 30,
    @Purged        BIGINT = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    -- Lock escalation starts at about 5,000 locks of one statement.
    DECLARE @SliceSize INT = 4000;
    DECLARE @Deleted INT = @SliceSize;
    DECLARE @Before DATETIME2(7) = DATEADD(DAY, -@RetentionDays, SYSUTCDATETIME());

    IF @RetentionDays IS NULL OR @RetentionDays < 0
        THROW 51005, N'@RetentionDays must be 0 or more.', 1;

    SET @Purged = 0;
    WHILE @Deleted = @SliceSize
    BEGIN
        DELETE TOP (@SliceSize) FROM [dbo].[Neo4jSyncLog] WHERE [LoggedAt] < @Before;
        SET @Deleted = @@ROWCOUNT;
        SET @Purged = @Purged + @Deleted;
    END;
END;
