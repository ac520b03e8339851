CREATE TABLE [dbo].[Atom] (
    [AtomId]        BIGINT         IDENTITY (1, 1) NOT NULL,
    [TenantId]      INT            NOT NULL,
    [AtomType]      NVARCHAR(64)   NOT NULL CONSTRAINT [DF_Atom_AtomType] DEFAULT (N'generic'),
    [ContentType]   NVARCHAR(256)  NULL,
    [ContentHash]   VARBINARY(32)  NULL,
    [CanonicalText] NVARCHAR(MAX)  NULL,
    [Metadata]      NVARCHAR(MAX)  NULL,
    [SyncType]      NVARCHAR(16)   NOT NULL CONSTRAINT [DF_Atom_SyncType] DEFAULT (N'CREATE'),
    [CreatedAt]     DATETIME2(7)   NOT NULL CONSTRAINT [DF_Atom_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_Atom] PRIMARY KEY CLUSTERED ([AtomId]),
    -- Not for uniqueness, which AtomId alone gives: it lets dbo.AtomProvenance refer to atom and tenant together, so
    -- that no edge can lead from one tenant to another.
    CONSTRAINT [UQ_Atom_AtomId_TenantId] UNIQUE ([AtomId], [TenantId]),
    CONSTRAINT [FK_Atom_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [CK_Atom_Metadata] CHECK ([Metadata] IS NULL OR ISJSON([Metadata]) = 1),
    CONSTRAINT [CK_Atom_SyncType] CHECK ([SyncType] IN (N'CREATE', N'UPDATE', N'DELETE')),
    INDEX [IX_Atom_TenantId_ContentHash] NONCLUSTERED ([TenantId], [ContentHash])
);
