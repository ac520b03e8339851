-- Messages that can't be processed, with all that is needed to understand and to replay them. A table and not a
-- Service Broker queue: people list, show, replay and purge its rows.
CREATE TABLE [dbo].[Neo4jSyncDeadLetterQueue] (
    [DeadLetterId]          BIGINT           IDENTITY (1, 1) NOT NULL,
    [DeadLetteredAt]        DATETIME2(7)     NOT NULL CONSTRAINT [DF_Neo4jSyncDeadLetterQueue_DeadLetteredAt] DEFAULT (SYSUTCDATETIME()),
    [ReasonCode]            NVARCHAR(64)     NOT NULL,
    [ReasonText]            NVARCHAR(4000)   NOT NULL,
    -- The message as it was received; NULL when it had no body.
    [MessageBody]           VARBINARY(MAX)   NULL,
    [MessageTypeName]       NVARCHAR(256)    NOT NULL,
    [ConversationHandle]    UNIQUEIDENTIFIER NOT NULL,
    [MessageSequenceNumber] BIGINT           NULL,
    -- As far as the message could be read.
    [EntityType]            NVARCHAR(128)    NULL,
    [EntityId]              BIGINT           NULL,
    [TenantId]              INT              NULL,
    [SyncType]              NVARCHAR(16)     NULL,
    [EnqueuedAt]            DATETIME2(7)     NULL,
    [ReceivedAt]            DATETIME2(7)     NOT NULL,
    [ReplayState]           NVARCHAR(16)     NOT NULL CONSTRAINT [DF_Neo4jSyncDeadLetterQueue_ReplayState] DEFAULT (N'PENDING'),
    [ReplayCount]           INT              NOT NULL CONSTRAINT [DF_Neo4jSyncDeadLetterQueue_ReplayCount] DEFAULT (0),
    [ReplayedAt]            DATETIME2(7)     NULL,
    CONSTRAINT [PK_Neo4jSyncDeadLetterQueue] PRIMARY KEY CLUSTERED ([DeadLetterId]),
    CONSTRAINT [CK_Neo4jSyncDeadLetterQueue_ReplayState] CHECK ([ReplayState] IN (N'PENDING', N'REPLAYED', N'DISCARDED')),
    INDEX [IX_Neo4jSyncDeadLetterQueue_ReplayState] NONCLUSTERED ([ReplayState], [DeadLetteredAt])
);
