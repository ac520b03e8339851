-- Sends the body of a dead letter again as it is, on the session's pooled dialog. In the caller's transaction, which has marked the letter
-- as replayed before: the row's lock keeps two operators from sending it twice.
-- One procedure for the tables of all queues. EXECUTE AS 'HartonomousBroker': callers need EXECUTE on this procedure and no right on queues,
-- services and contracts, and what they send is what a table of dead letters has.
-- Errors: 51006 not a table of dead letters, 51007 no such letter that is marked and has a body, 51010 no transaction.
CREATE PROCEDURE [dbo].[sp_ResendDeadLetter]
    -- With its schema, for example dbo.IngestionDeadLetterQueue.
    @Table         NVARCHAR(261),
    @DeadLetterId  BIGINT,
    -- Of the letters' queue, as it is declared.
    @ContractName  NVARCHAR(128),
    @FromService   NVARCHAR(128),
    @ToService     NVARCHAR(128),
    @MaxMessages   BIGINT,
    @MaxAgeMinutes INT
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @MessageType NVARCHAR(256), @Body VARBINARY(MAX);
    DECLARE @Problem NVARCHAR(2048), @Statement NVARCHAR(MAX);
    DECLARE @TableId INT = OBJECT_ID(@Table, N'U');

    IF (
        SELECT COUNT(*)
        FROM sys.columns AS c
        WHERE c.[object_id] = @TableId AND c.[name] IN (N'DeadLetterId', N'ReplayState', N'MessageTypeName', N'MessageBody')
    ) <> 4
    BEGIN
        SET @Problem = CONCAT(N'''', REPLACE(@Table, N'%', N'%%'), N''' is not a table of dead letters.');
        THROW 51006, @Problem, 1;
    END;

    SET @Statement = CONCAT(
        N'SELECT @MessageType = d.[MessageTypeName], @Body = d.[MessageBody] FROM ',
        QUOTENAME(OBJECT_SCHEMA_NAME(@TableId)), N'.', QUOTENAME(OBJECT_NAME(@TableId)),
        N' AS d WHERE d.[DeadLetterId] = @DeadLetterId AND d.[ReplayState] = N''REPLAYED'';');
    EXEC sys.sp_executesql @Statement,
        N'@DeadLetterId BIGINT, @MessageType NVARCHAR(256) OUTPUT, @Body VARBINARY(MAX) OUTPUT',
        @DeadLetterId = @DeadLetterId, @MessageType = @MessageType OUTPUT, @Body = @Body OUTPUT;
    IF @Body IS NULL
    BEGIN
        SET @Problem = CONCAT(REPLACE(@Table, N'%', N'%%'), N' has no dead letter ', @DeadLetterId, N' that is marked as replayed and has a body.');
        THROW 51007, @Problem, 1;
    END;

    EXEC [dbo].[sp_SendOnPooledDialog]
        @ContractName = @ContractName,
        @MessageType = @MessageType,
        @Body = @Body,
        @FromService = @FromService,
        @ToService = @ToService,
        @MaxMessages = @MaxMessages,
        @MaxAgeMinutes = @MaxAgeMinutes;
END;
