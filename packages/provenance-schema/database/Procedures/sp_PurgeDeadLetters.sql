-- Deletes dead letters past their retention, in slices as dbo.sp_PurgeNeo4jSyncLog does: replayed ones by the time of the
-- replay, pending ones by the time of the failure. NULL keeps them forever. DISCARDED ones stay until somebody deletes
-- them by hand. Not to be called inside a transaction, which would keep the locks of all slices.
-- One procedure for the tables of all queues. EXECUTE AS 'HartonomousBroker': workers delete dead letters by this rule only and need no
-- right on the tables.
-- Errors: 51005 retention, 51006 not a table of dead letters.
CREATE PROCEDURE [dbo].[sp_PurgeDeadLetters]
    -- With its schema, for example dbo.Neo4jSyncDeadLetterQueue.
    @Table        NVARCHAR(261),
    @ReplayedDays INT    = 30,
    @PendingDays  INT    = NULL,
    @Purged       BIGINT = 0 OUTPUT
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    -- Lock escalation starts at about 5,000 locks of one statement.
    DECLARE @SliceSize INT = 4000;
    DECLARE @Deleted INT, @Before DATETIME2(7), @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Problem NVARCHAR(2048), @Statement NVARCHAR(MAX);
    DECLARE @TableId INT = OBJECT_ID(@Table, N'U');

    IF @ReplayedDays < 0 OR @PendingDays < 0
        THROW 51005, N'@ReplayedDays and @PendingDays must be 0 or more, or NULL.', 1;
    IF (
        SELECT COUNT(*)
        FROM sys.columns AS c
        WHERE c.[object_id] = @TableId AND c.[name] IN (N'ReplayState', N'ReplayedAt', N'DeadLetteredAt', N'ReasonCode')
    ) <> 4
    BEGIN
        SET @Problem = CONCAT(N'''', REPLACE(@Table, N'%', N'%%'), N''' is not a table of dead letters.');
        THROW 51006, @Problem, 1;
    END;

    SET @Purged = 0;
    SET @Before = DATEADD(DAY, -@ReplayedDays, @Now);
    -- A letter is replayed after it has failed: the first condition finds the rows by their index.
    SET @Statement = CONCAT(
        N'DELETE TOP (@SliceSize) FROM ', QUOTENAME(OBJECT_SCHEMA_NAME(@TableId)), N'.', QUOTENAME(OBJECT_NAME(@TableId)),
        N' WHERE [ReplayState] = N''REPLAYED'' AND [DeadLetteredAt] < @Before AND [ReplayedAt] < @Before;',
        N' SET @Deleted = @@ROWCOUNT;');
    SET @Deleted = CASE WHEN @ReplayedDays IS NULL THEN 0 ELSE @SliceSize END;
    WHILE @Deleted = @SliceSize
    BEGIN
        EXEC sys.sp_executesql @Statement, N'@SliceSize INT, @Before DATETIME2(7), @Deleted INT OUTPUT',
            @SliceSize = @SliceSize, @Before = @Before, @Deleted = @Deleted OUTPUT;
        SET @Purged = @Purged + @Deleted;
    END;

    SET @Before = DATEADD(DAY, -@PendingDays, @Now);
    SET @Statement = CONCAT(
        N'DELETE TOP (@SliceSize) FROM ', QUOTENAME(OBJECT_SCHEMA_NAME(@TableId)), N'.', QUOTENAME(OBJECT_NAME(@TableId)),
        N' WHERE [ReplayState] = N''PENDING'' AND [DeadLetteredAt] < @Before; SET @Deleted = @@ROWCOUNT;');
    SET @Deleted = CASE WHEN @PendingDays IS NULL THEN 0 ELSE @SliceSize END;
    WHILE @Deleted = @SliceSize
    BEGIN
        EXEC sys.sp_executesql @Statement, N'@SliceSize INT, @Before DATETIME2(7), @Deleted INT OUTPUT',
            @SliceSize = @SliceSize, @Before = @Before, @Deleted = @Deleted OUTPUT;
        SET @Purged = @Purged + @Deleted;
    END;
END;
