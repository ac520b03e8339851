-- Deletes audit rows older than @RetentionDays; in slices, as dbo.sp_PurgeNeo4jSyncLog does. Not to be called inside a transaction.
CREATE PROCEDURE [dbo].[sp_PurgeApiAudit]
    @RetentionDays INT = 365,
    @Purged        BIGINT = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @SliceSize INT = 4000;
    DECLARE @Deleted INT = @SliceSize;
    DECLARE @Before DATETIME2(7) = DATEADD(DAY, -@RetentionDays, SYSUTCDATETIME());

    IF @RetentionDays IS NULL OR @RetentionDays < 0
        THROW 51005, N'@RetentionDays must be 0 or more.', 1;

    SET @Purged = 0;
    WHILE @Deleted = @SliceSize
    BEGIN
        DELETE TOP (@SliceSize) FROM [dbo].[ApiAudit] WHERE [At] < @Before;
        SET @Deleted = @@ROWCOUNT;
        SET @Purged = @Purged + @Deleted;
    END;
END;
