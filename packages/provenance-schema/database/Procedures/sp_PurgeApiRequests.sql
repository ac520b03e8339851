-- Forgets keys of requests that are older than @RetentionHours; in slices, as dbo.sp_PurgeNeo4jSyncLog does. Not to be called inside a transaction.
CREATE PROCEDURE [dbo].[sp_PurgeApiRequests]
    @RetentionHours INT = 24,
    @Purged         BIGINT = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @SliceSize INT = 4000;
    DECLARE @Deleted INT = @SliceSize;
    DECLARE @Before DATETIME2(7) = DATEADD(HOUR, -@RetentionHours, SYSUTCDATETIME());

    IF @RetentionHours IS NULL OR @RetentionHours < 0
        THROW 51005, N'@RetentionHours must be 0 or more.', 1;

    SET @Purged = 0;
    WHILE @Deleted = @SliceSize
    BEGIN
        DELETE TOP (@SliceSize) FROM [dbo].[ApiRequest] WHERE [CreatedAt] < @Before;
        SET @Deleted = @@ROWCOUNT;
        SET @Purged = @Purged + @Deleted;
    END;
END;
