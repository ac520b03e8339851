CREATE TABLE [dbo].[Inference] (
    [InferenceId]    BIGINT       IDENTITY (1, 1) NOT NULL,
    [TenantId]       INT          NOT NULL,
    [TaskType]       NVARCHAR(64) NOT NULL,
    [ReasoningMode]  NVARCHAR(32) NULL,
    [ContextDomain]  NVARCHAR(32) NULL,
    -- NULL: made without a model, by rules alone.
    [ModelVersionId] BIGINT       NULL,
    [UserId]         BIGINT       NULL,
    [InputAtomId]    BIGINT       NULL,
    [OutputAtomId]   BIGINT       NULL,
    [DurationMs]     INT          NULL,
    [InferredAt]     DATETIME2(7) NOT NULL CONSTRAINT [DF_Inference_InferredAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_Inference] PRIMARY KEY CLUSTERED ([InferenceId]),
    -- As for dbo.Atom: lets others refer to inference and tenant together.
    CONSTRAINT [UQ_Inference_InferenceId_TenantId] UNIQUE ([InferenceId], [TenantId]),
    CONSTRAINT [FK_Inference_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_Inference_ModelVersion] FOREIGN KEY ([ModelVersionId], [TenantId])
        REFERENCES [dbo].[ModelVersion] ([ModelVersionId], [TenantId]),
    CONSTRAINT [FK_Inference_User] FOREIGN KEY ([UserId], [TenantId])
        REFERENCES [dbo].[User] ([UserId], [TenantId]),
    CONSTRAINT [FK_Inference_InputAtom] FOREIGN KEY ([InputAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [FK_Inference_OutputAtom] FOREIGN KEY ([OutputAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [CK_Inference_ReasoningMode] CHECK (
        [ReasoningMode] IN (N'vector_similarity', N'spatial_query', N'graph_traversal', N'hybrid', N'symbolic_logic')
    ),
    CONSTRAINT [CK_Inference_ContextDomain] CHECK (
        [ContextDomain] IN (N'text_generation', N'image_generation', N'audio_generation', N'multimodal', N'embedding_generation', N'semantic_search')
    ),
    CONSTRAINT [CK_Inference_DurationMs] CHECK ([DurationMs] >= 0),
    INDEX [IX_Inference_ModelVersionId] NONCLUSTERED ([ModelVersionId], [TenantId]),
    INDEX [IX_Inference_UserId] NONCLUSTERED ([UserId], [TenantId]),
    INDEX [IX_Inference_InputAtomId] NONCLUSTERED ([InputAtomId], [TenantId]),
    INDEX [IX_Inference_OutputAtomId] NONCLUSTERED ([OutputAtomId], [TenantId])
);
