-- Files that can't be ingested, with all that is needed to understand and to replay them; as
-- dbo.Neo4jSyncDeadLetterQueue is for syncing.
CREATE TABLE [dbo].[IngestionDeadLetterQueue] (
    [DeadLetterId]          BIGINT           IDENTITY (1, 1) NOT NULL,
    [DeadLetteredAt]        DATETIME2(7)     NOT NULL CONSTRAINT [DF_IngestionDeadLetterQueue_DeadLetteredAt] DEFAULT (SYSUTCDATETIME()),
    [ReasonCode]            NVARCHAR(64)     NOT NULL,
    [ReasonText]            NVARCHAR(4000)   NOT NULL,
    -- The message as it was received; NULL when it had no body.
    [MessageBody]           VARBINARY(MAX)   NULL,
    [MessageTypeName]       NVARCHAR(256)    NOT NULL,
    [ConversationHandle]    UNIQUEIDENTIFIER NOT NULL,
    [MessageSequenceNumber] BIGINT           NULL,
    -- As far as the message could be read.
    [IngestionJobId]        BIGINT           NULL,
    [FileName]              NVARCHAR(400)    NULL,
    [SourceUri]             NVARCHAR(2048)   NULL,
    [IngestionFileId]       BIGINT           NULL,
    [TenantId]              INT              NULL,
    [EnqueuedAt]            DATETIME2(7)     NULL,
    [ReceivedAt]            DATETIME2(7)     NOT NULL,
    [ReplayState]           NVARCHAR(16)     NOT NULL CONSTRAINT [DF_IngestionDeadLetterQueue_ReplayState] DEFAULT (N'PENDING'),
    [ReplayCount]           INT              NOT NULL CONSTRAINT [DF_IngestionDeadLetterQueue_ReplayCount] DEFAULT (0),
    [ReplayedAt]            DATETIME2(7)     NULL,
    -- What was noted about the file until it was refused: an array of {code, count, detail}.
    [Notes]                 NVARCHAR(MAX)    NULL,
    CONSTRAINT [PK_IngestionDeadLetterQueue] PRIMARY KEY CLUSTERED ([DeadLetterId]),
    CONSTRAINT [CK_IngestionDeadLetterQueue_ReplayState] CHECK ([ReplayState] IN (N'PENDING', N'REPLAYED', N'DISCARDED')),
    INDEX [IX_IngestionDeadLetterQueue_ReplayState] NONCLUSTERED ([ReplayState], [DeadLetteredAt])
);
