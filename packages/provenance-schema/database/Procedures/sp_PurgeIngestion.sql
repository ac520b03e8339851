-- Deletes jobs that ended more than @RetentionDays ago, and files that were uploaded more than a day ago and that no job needs any
-- more; in slices, as dbo.sp_PurgeNeo4jSyncLog does. Not to be called inside a transaction.
CREATE PROCEDURE [dbo].[sp_PurgeIngestion]
    @RetentionDays INT = 30,
    @Purged        BIGINT = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @SliceSize INT = 4000;
    DECLARE @Deleted INT = @SliceSize;
    DECLARE @Before DATETIME2(7) = DATEADD(DAY, -@RetentionDays, SYSUTCDATETIME());
    -- A slow upload of a large file takes hours, not days.
    DECLARE @AbandonedBefore DATETIME2(7) = DATEADD(DAY, -1, SYSUTCDATETIME());
    DECLARE @FileId BIGINT;

    IF @RetentionDays IS NULL OR @RetentionDays < 0
        THROW 51005, N'@RetentionDays must be 0 or more.', 1;

    SET @Purged = 0;
    WHILE @Deleted = @SliceSize
    BEGIN
        DELETE TOP (@SliceSize)
        FROM [dbo].[IngestionJob]
        WHERE [Status] IN (N'COMPLETED', N'UNCHANGED', N'DEAD_LETTERED') AND [FinishedAt] < @Before;
        SET @Deleted = @@ROWCOUNT;
        SET @Purged = @Purged + @Deleted;
    END;

    WHILE 1 = 1
    BEGIN
        SET @FileId = NULL;
        SELECT TOP (1) @FileId = f.[IngestionFileId]
        FROM [dbo].[IngestionFile] AS f
        WHERE f.[CreatedAt] < @AbandonedBefore
          AND NOT EXISTS (
              SELECT 1
              FROM [dbo].[IngestionJob] AS j
              WHERE j.[IngestionFileId] = f.[IngestionFileId] AND j.[Status] NOT IN (N'COMPLETED', N'UNCHANGED')
          )
        ORDER BY f.[CreatedAt];
        IF @FileId IS NULL
            BREAK;
        SET @Deleted = 1;
        WHILE @Deleted > 0
        BEGIN
            DELETE TOP (100) FROM [dbo].[IngestionFileSlice] WHERE [IngestionFileId] = @FileId;
            SET @Deleted = @@ROWCOUNT;
        END;
        DELETE FROM [dbo].[IngestionFile] WHERE [IngestionFileId] = @FileId;
        SET @Purged = @Purged + 1;
    END;
END;
