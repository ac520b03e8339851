-- Messages for dbo.sp_TakeInIngestion, as they were received, with what could be read of them.
CREATE TYPE [dbo].[IngestionMessageList] AS TABLE (
    [Ordinal]               INT              NOT NULL PRIMARY KEY,
    [IngestionJobId]        BIGINT           NULL,
    [TenantId]              INT              NOT NULL,
    [FileName]              NVARCHAR(400)    NOT NULL,
    [SourceUri]             NVARCHAR(2048)   NULL,
    [IngestionFileId]       BIGINT           NULL,
    -- NULL: not in the message.
    [ByteCount]             BIGINT           NULL,
    [EnqueuedAt]            DATETIME2(7)     NULL,
    [ConversationHandle]    UNIQUEIDENTIFIER NOT NULL,
    [MessageSequenceNumber] BIGINT           NOT NULL,
    [MessageTypeName]       NVARCHAR(256)    NOT NULL,
    [MessageBody]           VARBINARY(MAX)   NOT NULL
);
