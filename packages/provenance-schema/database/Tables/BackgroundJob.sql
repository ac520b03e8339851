-- Work that is done outside of the transactions that ask for it. PENDING: waits until NotBefore. RUNNING: a worker has it,
-- and has until NotBefore to finish or renew. COMPLETED: done. SKIPPED: there was nothing to do. DEAD: failed for its own
-- sake too often. REFUSED: its text may not go to the provider. An operator can have both tried again.
-- A claim adds one to LeaseToken, and a worker's writes count only while its token is the row's: one that was slow and lost
-- its lease can't write over its successor.
-- AtomId and TenantId have no foreign key: an atom may go while its job waits.
CREATE TABLE [dbo].[BackgroundJob] (
    [BackgroundJobId]  BIGINT           IDENTITY (1, 1) NOT NULL,
    [JobType]          NVARCHAR(32)     NOT NULL,
    [Status]           NVARCHAR(16)     NOT NULL CONSTRAINT [DF_BackgroundJob_Status] DEFAULT (N'PENDING'),
    -- Smaller is sooner. 0: an atom was changed; 10: backfill.
    [Priority]         INT              NOT NULL CONSTRAINT [DF_BackgroundJob_Priority] DEFAULT (0),
    [NotBefore]        DATETIME2(7)     NOT NULL CONSTRAINT [DF_BackgroundJob_NotBefore] DEFAULT (SYSUTCDATETIME()),
    [TenantId]         INT              NOT NULL,
    [AtomId]           BIGINT           NOT NULL,
    [EmbeddingModelId] INT              NOT NULL,
    -- Claims that ended without a result, but for those that a server's outage or rate limit ended.
    [Attempts]         INT              NOT NULL CONSTRAINT [DF_BackgroundJob_Attempts] DEFAULT (0),
    [LeaseOwner]       UNIQUEIDENTIFIER NULL,
    [LeaseToken]       BIGINT           NOT NULL CONSTRAINT [DF_BackgroundJob_LeaseToken] DEFAULT (0),
    [ErrorCode]        NVARCHAR(64)     NULL,
    [ErrorText]        NVARCHAR(4000)   NULL,
    [CreatedAt]        DATETIME2(7)     NOT NULL CONSTRAINT [DF_BackgroundJob_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    -- When the atom was last changed while the job waited.
    [RequestedAt]      DATETIME2(7)     NOT NULL CONSTRAINT [DF_BackgroundJob_RequestedAt] DEFAULT (SYSUTCDATETIME()),
    [FinishedAt]       DATETIME2(7)     NULL,
    CONSTRAINT [PK_BackgroundJob] PRIMARY KEY CLUSTERED ([BackgroundJobId]),
    CONSTRAINT [FK_BackgroundJob_EmbeddingModel] FOREIGN KEY ([EmbeddingModelId])
        REFERENCES [dbo].[EmbeddingModel] ([EmbeddingModelId]),
    CONSTRAINT [CK_BackgroundJob_JobType] CHECK ([JobType] IN (N'GenerateEmbedding')),
    CONSTRAINT [CK_BackgroundJob_Status] CHECK ([Status] IN (N'PENDING', N'RUNNING', N'COMPLETED', N'SKIPPED', N'DEAD', N'REFUSED')),
    -- In the order of a claim. (IX_BackgroundJob_Open, which databases of an earlier commit have, can be dropped.)
    INDEX [IX_BackgroundJob_Due] NONCLUSTERED ([EmbeddingModelId], [Priority], [TenantId], [NotBefore], [BackgroundJobId])
        WHERE [Status] IN (N'PENDING', N'RUNNING'),
    INDEX [IX_BackgroundJob_AtomId] NONCLUSTERED ([AtomId], [EmbeddingModelId], [Status]),
    INDEX [IX_BackgroundJob_Status] NONCLUSTERED ([Status], [FinishedAt])
);
