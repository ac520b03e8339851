CREATE TABLE [dbo].[GenerationStream] (
    [StreamId]    BIGINT       IDENTITY (1, 1) NOT NULL,
    [TenantId]    INT          NOT NULL,
    [InferenceId] BIGINT       NOT NULL,
    -- NULL: not whole yet.
    [AtomId]      BIGINT       NULL,
    [StreamType]  NVARCHAR(64) NOT NULL CONSTRAINT [DF_GenerationStream_StreamType] DEFAULT (N'text'),
    [PieceCount]  INT          NOT NULL CONSTRAINT [DF_GenerationStream_PieceCount] DEFAULT (0),
    [CreatedAt]   DATETIME2(7) NOT NULL CONSTRAINT [DF_GenerationStream_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    [CompletedAt] DATETIME2(7) NULL,
    CONSTRAINT [PK_GenerationStream] PRIMARY KEY CLUSTERED ([StreamId]),
    CONSTRAINT [FK_GenerationStream_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_GenerationStream_Inference] FOREIGN KEY ([InferenceId], [TenantId])
        REFERENCES [dbo].[Inference] ([InferenceId], [TenantId]),
    CONSTRAINT [FK_GenerationStream_Atom] FOREIGN KEY ([AtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [CK_GenerationStream_PieceCount] CHECK ([PieceCount] >= 0),
    INDEX [IX_GenerationStream_InferenceId] NONCLUSTERED ([InferenceId], [TenantId]),
    INDEX [IX_GenerationStream_AtomId] NONCLUSTERED ([AtomId], [TenantId])
);
