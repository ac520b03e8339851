-- One row per edge (child)-[RelationType]->(parent) of the graph.
CREATE TABLE [dbo].[AtomProvenance] (
    [AtomProvenanceId] BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]         INT           NOT NULL,
    [ChildAtomId]      BIGINT        NOT NULL,
    [ParentAtomId]     BIGINT        NOT NULL,
    [RelationType]     NVARCHAR(32)  NOT NULL CONSTRAINT [DF_AtomProvenance_RelationType] DEFAULT (N'DERIVED_FROM'),
    [DerivationType]   NVARCHAR(64)  NULL,
    [SequenceNumber]   INT           NULL,
    [CreatedAt]        DATETIME2(7)  NOT NULL CONSTRAINT [DF_AtomProvenance_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    -- Where in the parent the child is; what is counted is for the derivation type to say.
    [StartOffset]      BIGINT        NULL,
    [EndOffset]        BIGINT        NULL,
    CONSTRAINT [PK_AtomProvenance] PRIMARY KEY CLUSTERED ([AtomProvenanceId]),
    CONSTRAINT [FK_AtomProvenance_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_AtomProvenance_ChildAtom] FOREIGN KEY ([ChildAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [FK_AtomProvenance_ParentAtom] FOREIGN KEY ([ParentAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [CK_AtomProvenance_RelationType] CHECK ([RelationType] IN (N'DERIVED_FROM', N'MERGED_FROM', N'SUPERSEDES')),
    CONSTRAINT [CK_AtomProvenance_NotItself] CHECK ([ChildAtomId] <> [ParentAtomId]),
    CONSTRAINT [CK_AtomProvenance_Offsets] CHECK ([StartOffset] >= 0 AND [EndOffset] >= [StartOffset]),
    INDEX [IX_AtomProvenance_ChildAtomId] NONCLUSTERED ([ChildAtomId], [TenantId]),
    INDEX [IX_AtomProvenance_ParentAtomId] NONCLUSTERED ([ParentAtomId], [TenantId], [SequenceNumber])
);
