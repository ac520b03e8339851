CREATE TABLE [dbo].[Operation] (
    [OperationId]   BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]      INT           NOT NULL,
    [OperationType] NVARCHAR(64)  NOT NULL,
    -- NULL: nobody in particular, for example a scheduled job.
    [UserId]        BIGINT        NULL,
    [InputAtomId]   BIGINT        NULL,
    [OutputAtomId]  BIGINT        NULL,
    [Metadata]      NVARCHAR(MAX) NULL,
    [CreatedAt]     DATETIME2(7)  NOT NULL CONSTRAINT [DF_Operation_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    -- NULL: still under way.
    [CompletedAt]   DATETIME2(7)  NULL,
    CONSTRAINT [PK_Operation] PRIMARY KEY CLUSTERED ([OperationId]),
    CONSTRAINT [FK_Operation_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_Operation_User] FOREIGN KEY ([UserId], [TenantId])
        REFERENCES [dbo].[User] ([UserId], [TenantId]),
    CONSTRAINT [FK_Operation_InputAtom] FOREIGN KEY ([InputAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [FK_Operation_OutputAtom] FOREIGN KEY ([OutputAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [CK_Operation_Metadata] CHECK ([Metadata] IS NULL OR ISJSON([Metadata]) = 1),
    INDEX [IX_Operation_UserId] NONCLUSTERED ([UserId], [TenantId]),
    INDEX [IX_Operation_InputAtomId] NONCLUSTERED ([InputAtomId], [TenantId]),
    INDEX [IX_Operation_OutputAtomId] NONCLUSTERED ([OutputAtomId], [TenantId])
);
