-- Writes the body of a Neo4jSyncRequest and sends it. Internal: the enqueue procedures call it inside their
-- transaction, with values that they have checked.
CREATE PROCEDURE [dbo].[sp_SendNeo4jSync]
    @EntityType         NVARCHAR(128),
    @EntityId           BIGINT,
    @SyncType           NVARCHAR(16),
    @TenantId           INT,
    @TraceParent        NVARCHAR(55)     = NULL,
    @ConversationHandle UNIQUEIDENTIFIER = NULL OUTPUT,
    @Capacity           BIGINT           = 0    OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    -- Put together as text because nothing in it can need escaping: two words from fixed lists, numbers, a time and 55
    -- hexadecimal digits and dashes. FOR XML costs several times as much per message.
    DECLARE @Text NVARCHAR(1000) = CONCAT(
        N'<Neo4jSync><EntityType>', @EntityType,
        N'</EntityType><EntityId>', @EntityId,
        N'</EntityId><SyncType>', @SyncType,
        N'</SyncType><TenantId>', @TenantId,
        N'</TenantId><EnqueuedAt>', CONVERT(NVARCHAR(27), SYSUTCDATETIME(), 126), N'Z</EnqueuedAt>',
        -- An invalid trace header is left out: tracing must never hold up data.
        CASE
            WHEN LEN(@TraceParent) = 55 AND @TraceParent COLLATE Latin1_General_BIN2 NOT LIKE N'%[^0-9a-f-]%'
                THEN CONCAT(N'<TraceParent>', @TraceParent, N'</TraceParent>')
            ELSE N''
        END,
        N'</Neo4jSync>');

    -- NVARCHAR is UTF-16LE; the byte order mark makes it the same bytes as an XML value.
    DECLARE @Body VARBINARY(MAX) = 0xFFFE + CONVERT(VARBINARY(MAX), @Text);

    EXEC [dbo].[sp_SendOnPooledDialog]
        @ContractName = N'Neo4jSyncContract',
        @ToService = N'Neo4jSyncService',
        @MaxMessages = 1000,
        @MaxAgeMinutes = 60,
        @MessageType = N'Neo4jSyncRequest',
        @Body = @Body,
        @ConversationHandle = @ConversationHandle OUTPUT,
        @Capacity = @Capacity OUTPUT;
END;
