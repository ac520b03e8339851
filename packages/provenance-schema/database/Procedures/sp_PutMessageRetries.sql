-- Keeps messages of a queue for a later try, in the transaction that received them. NULL and [] write nothing.
-- @Entries: [{"delayMs", "attempts", "reasonCode", "reasonText", "messageBody" (hexadecimal digits), "messageTypeName",
-- "contractName", "serviceName", "conversationHandle", "conversationGroupId", "messageSequenceNumber", "queuingOrder",
-- "enqueuedAt" (ISO 8601, UTC)}]. The delay counts from now, by the server's clock.
CREATE PROCEDURE [dbo].[sp_PutMessageRetries]
    @QueueName NVARCHAR(257),
    @Entries   NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO [dbo].[MessageRetry]
        ([QueueName], [DueAt], [Attempts], [ReasonCode], [ReasonText], [MessageBody], [MessageTypeName], [ContractName],
         [ServiceName], [ConversationHandle], [ConversationGroupId], [MessageSequenceNumber], [QueuingOrder], [EnqueuedAt])
    SELECT
        @QueueName, DATEADD(MILLISECOND, j.[DelayMs], SYSUTCDATETIME()), j.[Attempts], j.[ReasonCode],
        CONVERT(NVARCHAR(4000), j.[ReasonText]), CONVERT(VARBINARY(MAX), j.[MessageBody], 2), j.[MessageTypeName], j.[ContractName],
        j.[ServiceName], j.[ConversationHandle], j.[ConversationGroupId], j.[MessageSequenceNumber], j.[QueuingOrder],
        j.[EnqueuedAt]
    FROM OPENJSON(@Entries) WITH (
        [DelayMs]               INT              '$.delayMs',
        [Attempts]              INT              '$.attempts',
        [ReasonCode]            NVARCHAR(64)     '$.reasonCode',
        [ReasonText]            NVARCHAR(MAX)    '$.reasonText',
        [MessageBody]           NVARCHAR(MAX)    '$.messageBody',
        [MessageTypeName]       NVARCHAR(256)    '$.messageTypeName',
        [ContractName]          NVARCHAR(256)    '$.contractName',
        [ServiceName]           NVARCHAR(512)    '$.serviceName',
        [ConversationHandle]    UNIQUEIDENTIFIER '$.conversationHandle',
        [ConversationGroupId]   UNIQUEIDENTIFIER '$.conversationGroupId',
        [MessageSequenceNumber] BIGINT           '$.messageSequenceNumber',
        [QueuingOrder]          BIGINT           '$.queuingOrder',
        [EnqueuedAt]            DATETIME2(7)     '$.enqueuedAt'
    ) AS j;
END;
