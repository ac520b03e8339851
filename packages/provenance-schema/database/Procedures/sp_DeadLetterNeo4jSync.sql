-- Keeps messages that can't be processed, in the transaction that received them. One JSON parameter, as in
-- dbo.sp_LogNeo4jSync; NULL and [] write nothing.
-- @Entries: [{"reasonCode", "reasonText", "messageBody" (hexadecimal digits), "messageTypeName", "conversationHandle",
-- "messageSequenceNumber", "entityType", "entityId", "tenantId", "syncType", "enqueuedAt", "receivedAt"}]; times are
-- ISO 8601 in UTC.
CREATE PROCEDURE [dbo].[sp_DeadLetterNeo4jSync]
    @Entries NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO [dbo].[Neo4jSyncDeadLetterQueue]
        ([ReasonCode], [ReasonText], [MessageBody], [MessageTypeName], [ConversationHandle], [MessageSequenceNumber],
         [EntityType], [EntityId], [TenantId], [SyncType], [EnqueuedAt], [ReceivedAt])
    SELECT
        j.[ReasonCode], CONVERT(NVARCHAR(4000), j.[ReasonText]), CONVERT(VARBINARY(MAX), j.[MessageBody], 2), j.[MessageTypeName],
        j.[ConversationHandle], j.[MessageSequenceNumber], CONVERT(NVARCHAR(128), j.[EntityType]), j.[EntityId], j.[TenantId],
        CONVERT(NVARCHAR(16), j.[SyncType]), j.[EnqueuedAt], ISNULL(j.[ReceivedAt], SYSUTCDATETIME())
    FROM OPENJSON(@Entries) WITH (
        [ReasonCode]            NVARCHAR(64)     '$.reasonCode',
        [ReasonText]            NVARCHAR(MAX)    '$.reasonText',
        [MessageBody]           NVARCHAR(MAX)    '$.messageBody',
        [MessageTypeName]       NVARCHAR(256)    '$.messageTypeName',
        [ConversationHandle]    UNIQUEIDENTIFIER '$.conversationHandle',
        [MessageSequenceNumber] BIGINT           '$.messageSequenceNumber',
        [EntityType]            NVARCHAR(MAX)    '$.entityType',
        [EntityId]              BIGINT           '$.entityId',
        [TenantId]              INT              '$.tenantId',
        [SyncType]              NVARCHAR(MAX)    '$.syncType',
        [EnqueuedAt]            DATETIME2(7)     '$.enqueuedAt',
        [ReceivedAt]            DATETIME2(7)     '$.receivedAt'
    ) AS j;
END;
