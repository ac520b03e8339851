CREATE TABLE [dbo].[Atom] (
    [AtomId]          BIGINT          IDENTITY (1, 1) NOT NULL,
    [TenantId]        INT             NOT NULL,
    [AtomType]        NVARCHAR(64)    NOT NULL CONSTRAINT [DF_Atom_AtomType] DEFAULT (N'generic'),
    [ContentType]     NVARCHAR(256)   NULL,
    [ContentHash]     VARBINARY(32)   NULL,
    [CanonicalText]   NVARCHAR(MAX)   NULL,
    [Metadata]        NVARCHAR(MAX)   NULL,
    -- Why the row was written: a word of the writer's own. That of a message is checked by dbo.sp_EnqueueNeo4jSync.
    [SyncType]        NVARCHAR(16)    NOT NULL CONSTRAINT [DF_Atom_SyncType] DEFAULT (N'CREATE'),
    [CreatedAt]       DATETIME2(7)    NOT NULL CONSTRAINT [DF_Atom_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    -- Content so short that it needs no place of its own; the graph has no use for it.
    [AtomicValue]     VARBINARY(64)   NULL,
    -- How often the same content has come in; equal content of a tenant is one atom.
    [ReferenceCount]  INT             NOT NULL CONSTRAINT [DF_Atom_ReferenceCount] DEFAULT (1),
    [Classification]  NVARCHAR(16)    NULL,
    -- 384 numbers of 32 bits (IEEE 754), the least significant byte first.
    [Embedding]       VARBINARY(1536) NULL,
    CONSTRAINT [PK_Atom] PRIMARY KEY CLUSTERED ([AtomId]),
    -- Not for uniqueness, which AtomId alone gives: it lets dbo.AtomProvenance refer to atom and tenant together, so
    -- that no edge can lead from one tenant to another.
    CONSTRAINT [UQ_Atom_AtomId_TenantId] UNIQUE ([AtomId], [TenantId]),
    CONSTRAINT [FK_Atom_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [CK_Atom_Metadata] CHECK ([Metadata] IS NULL OR ISJSON([Metadata]) = 1),
    CONSTRAINT [CK_Atom_SyncType] CHECK ([SyncType] <> N'' AND [SyncType] NOT LIKE N'% %'),
    CONSTRAINT [CK_Atom_ReferenceCount] CHECK ([ReferenceCount] >= 0),
    CONSTRAINT [CK_Atom_Classification] CHECK (
        [Classification] IN (N'public', N'internal', N'confidential', N'restricted')
    ),
    CONSTRAINT [CK_Atom_Embedding] CHECK (DATALENGTH([Embedding]) = 1536),
    INDEX [IX_Atom_TenantId_ContentHash] NONCLUSTERED ([TenantId], [ContentHash])
);
