-- Keeps messages of dbo.EmbeddingQueue that no generator takes, in the transaction that received them. One JSON parameter,
-- as in dbo.sp_DeadLetterNeo4jSync; NULL and [] write nothing.
-- @Entries: [{"reasonCode", "reasonText", "messageBody" (hexadecimal digits), "messageTypeName", "conversationHandle",
-- "messageSequenceNumber", "enqueuedAt", "receivedAt"}]; times are ISO 8601 in UTC.
CREATE PROCEDURE [dbo].[sp_DeadLetterEmbedding]
    @Entries NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO [dbo].[EmbeddingDeadLetterQueue]
        ([ReasonCode], [ReasonText], [MessageBody], [MessageTypeName], [ConversationHandle], [MessageSequenceNumber],
         [EnqueuedAt], [ReceivedAt])
    SELECT
        j.[ReasonCode], CONVERT(NVARCHAR(4000), j.[ReasonText]), CONVERT(VARBINARY(MAX), j.[MessageBody], 2), j.[MessageTypeName],
        j.[ConversationHandle], j.[MessageSequenceNumber], j.[EnqueuedAt], ISNULL(j.[ReceivedAt], SYSUTCDATETIME())
    FROM OPENJSON(@Entries) WITH (
        [ReasonCode]            NVARCHAR(64)     '$.reasonCode',
        [ReasonText]            NVARCHAR(MAX)    '$.reasonText',
        [MessageBody]           NVARCHAR(MAX)    '$.messageBody',
        [MessageTypeName]       NVARCHAR(256)    '$.messageTypeName',
        [ConversationHandle]    UNIQUEIDENTIFIER '$.conversationHandle',
        [MessageSequenceNumber] BIGINT           '$.messageSequenceNumber',
        [EnqueuedAt]            DATETIME2(7)     '$.enqueuedAt',
        [ReceivedAt]            DATETIME2(7)     '$.receivedAt'
    ) AS j;
END;
