-- Marks a dead letter as replayed, if it is PENDING, in the transaction that sends it again: the row's lock keeps two operators from sending
-- it twice. Returns [claimed], 1 or 0.
-- One procedure for the tables of all queues. EXECUTE AS 'HartonomousBroker': callers need no UPDATE on the tables, with which they could
-- change what is sent again.
-- Errors: 51006 not a table of dead letters, 51010 no transaction.
CREATE PROCEDURE [dbo].[sp_ClaimDeadLetter]
    -- With its schema, for example dbo.IngestionDeadLetterQueue.
    @Table        NVARCHAR(261),
    @DeadLetterId BIGINT
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048), @Statement NVARCHAR(MAX), @Claimed INT;
    DECLARE @TableId INT = OBJECT_ID(@Table, N'U');

    IF @@TRANCOUNT = 0
        THROW 51010, N'dbo.sp_ClaimDeadLetter must run in the transaction that sends the letter again.', 1;
    IF (
        SELECT COUNT(*)
        FROM sys.columns AS c
        WHERE c.[object_id] = @TableId AND c.[name] IN (N'DeadLetterId', N'ReplayState', N'ReplayCount', N'ReplayedAt')
    ) <> 4
    BEGIN
        SET @Problem = CONCAT(N'''', REPLACE(@Table, N'%', N'%%'), N''' is not a table of dead letters.');
        THROW 51006, @Problem, 1;
    END;

    SET @Statement = CONCAT(
        N'UPDATE d SET d.[ReplayState] = N''REPLAYED'', d.[ReplayCount] = d.[ReplayCount] + 1, d.[ReplayedAt] = SYSUTCDATETIME() FROM ',
        QUOTENAME(OBJECT_SCHEMA_NAME(@TableId)), N'.', QUOTENAME(OBJECT_NAME(@TableId)),
        N' AS d WHERE d.[DeadLetterId] = @DeadLetterId AND d.[ReplayState] = N''PENDING''; SET @Claimed = @@ROWCOUNT;');
    EXEC sys.sp_executesql @Statement, N'@DeadLetterId BIGINT, @Claimed INT OUTPUT',
        @DeadLetterId = @DeadLetterId, @Claimed = @Claimed OUTPUT;
    SELECT @Claimed AS [claimed];
END;
