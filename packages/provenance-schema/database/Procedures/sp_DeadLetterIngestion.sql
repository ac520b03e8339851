-- Keeps files that can't be ingested, in the transaction that received their messages, and says so in their jobs. One
-- JSON parameter, as in dbo.sp_DeadLetterNeo4jSync; NULL and [] write nothing.
-- @Entries: [{"reasonCode", "reasonText", "messageBody" (hexadecimal digits), "messageTypeName", "conversationHandle",
-- "messageSequenceNumber", "ingestionJobId", "fileName", "sourceUri", "ingestionFileId", "tenantId", "enqueuedAt",
-- "receivedAt", "notes" (JSON as text)}]; times are ISO 8601 in UTC.
CREATE PROCEDURE [dbo].[sp_DeadLetterIngestion]
    @Entries NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO [dbo].[IngestionDeadLetterQueue]
        ([ReasonCode], [ReasonText], [MessageBody], [MessageTypeName], [ConversationHandle], [MessageSequenceNumber],
         [IngestionJobId], [FileName], [SourceUri], [IngestionFileId], [TenantId], [Notes], [EnqueuedAt], [ReceivedAt])
    SELECT
        j.[ReasonCode], CONVERT(NVARCHAR(4000), j.[ReasonText]), CONVERT(VARBINARY(MAX), j.[MessageBody], 2), j.[MessageTypeName],
        j.[ConversationHandle], j.[MessageSequenceNumber], j.[IngestionJobId], CONVERT(NVARCHAR(400), j.[FileName]),
        CONVERT(NVARCHAR(2048), j.[SourceUri]), j.[IngestionFileId], j.[TenantId], j.[Notes], j.[EnqueuedAt],
        ISNULL(j.[ReceivedAt], SYSUTCDATETIME())
    FROM OPENJSON(@Entries) WITH (
        [ReasonCode]            NVARCHAR(64)     '$.reasonCode',
        [ReasonText]            NVARCHAR(MAX)    '$.reasonText',
        [MessageBody]           NVARCHAR(MAX)    '$.messageBody',
        [MessageTypeName]       NVARCHAR(256)    '$.messageTypeName',
        [ConversationHandle]    UNIQUEIDENTIFIER '$.conversationHandle',
        [MessageSequenceNumber] BIGINT           '$.messageSequenceNumber',
        [IngestionJobId]        BIGINT           '$.ingestionJobId',
        [FileName]              NVARCHAR(MAX)    '$.fileName',
        [SourceUri]             NVARCHAR(MAX)    '$.sourceUri',
        [IngestionFileId]       BIGINT           '$.ingestionFileId',
        [TenantId]              INT              '$.tenantId',
        [Notes]                 NVARCHAR(MAX)    '$.notes',
        [EnqueuedAt]            DATETIME2(7)     '$.enqueuedAt',
        [ReceivedAt]            DATETIME2(7)     '$.receivedAt'
    ) AS j;

    UPDATE b
    SET
        b.[Status] = N'DEAD_LETTERED',
        b.[ErrorCode] = j.[ReasonCode],
        b.[ErrorText] = CONVERT(NVARCHAR(4000), j.[ReasonText]),
        b.[FinishedAt] = SYSUTCDATETIME()
    FROM OPENJSON(@Entries) WITH (
        [ReasonCode]     NVARCHAR(64)  '$.reasonCode',
        [ReasonText]     NVARCHAR(MAX) '$.reasonText',
        [IngestionJobId] BIGINT        '$.ingestionJobId',
        [TenantId]       INT           '$.tenantId'
    ) AS j
    INNER JOIN [dbo].[IngestionJob] AS b ON b.[IngestionJobId] = j.[IngestionJobId] AND b.[TenantId] = j.[TenantId];
END;
