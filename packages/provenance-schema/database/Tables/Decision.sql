CREATE TABLE [dbo].[Decision] (
    [DecisionId]  BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]    INT           NOT NULL,
    [InferenceId] BIGINT        NOT NULL,
    [Outcome]     NVARCHAR(256) NOT NULL,
    [Rationale]   NVARCHAR(MAX) NULL,
    [Confidence]  FLOAT         NOT NULL,
    [CreatedAt]   DATETIME2(7)  NOT NULL CONSTRAINT [DF_Decision_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_Decision] PRIMARY KEY CLUSTERED ([DecisionId]),
    CONSTRAINT [FK_Decision_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_Decision_Inference] FOREIGN KEY ([InferenceId], [TenantId])
        REFERENCES [dbo].[Inference] ([InferenceId], [TenantId]),
    CONSTRAINT [CK_Decision_Confidence] CHECK ([Confidence] BETWEEN 0 AND 1),
    INDEX [IX_Decision_InferenceId] NONCLUSTERED ([InferenceId], [TenantId])
);
