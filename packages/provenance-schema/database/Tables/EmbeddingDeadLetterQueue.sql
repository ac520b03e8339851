-- Messages on dbo.EmbeddingQueue that no generator takes: those of another type. What fails of the work itself is in
-- dbo.BackgroundJob.
CREATE TABLE [dbo].[EmbeddingDeadLetterQueue] (
    [DeadLetterId]          BIGINT           IDENTITY (1, 1) NOT NULL,
    [DeadLetteredAt]        DATETIME2(7)     NOT NULL CONSTRAINT [DF_EmbeddingDeadLetterQueue_DeadLetteredAt] DEFAULT (SYSUTCDATETIME()),
    [ReasonCode]            NVARCHAR(64)     NOT NULL,
    [ReasonText]            NVARCHAR(4000)   NOT NULL,
    -- The message as it was received; NULL when it had no body.
    [MessageBody]           VARBINARY(MAX)   NULL,
    [MessageTypeName]       NVARCHAR(256)    NOT NULL,
    [ConversationHandle]    UNIQUEIDENTIFIER NOT NULL,
    [MessageSequenceNumber] BIGINT           NULL,
    [EnqueuedAt]            DATETIME2(7)     NULL,
    [ReceivedAt]            DATETIME2(7)     NOT NULL,
    [ReplayState]           NVARCHAR(16)     NOT NULL CONSTRAINT [DF_EmbeddingDeadLetterQueue_ReplayState] DEFAULT (N'PENDING'),
    [ReplayCount]           INT              NOT NULL CONSTRAINT [DF_EmbeddingDeadLetterQueue_ReplayCount] DEFAULT (0),
    [ReplayedAt]            DATETIME2(7)     NULL,
    CONSTRAINT [PK_EmbeddingDeadLetterQueue] PRIMARY KEY CLUSTERED ([DeadLetterId]),
    CONSTRAINT [CK_EmbeddingDeadLetterQueue_ReplayState] CHECK ([ReplayState] IN (N'PENDING', N'REPLAYED', N'DISCARDED')),
    INDEX [IX_EmbeddingDeadLetterQueue_ReplayState] NONCLUSTERED ([ReplayState], [DeadLetteredAt])
);
