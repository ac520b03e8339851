-- How far each file of a tenant is written; its slices are committed one by one. RUNNING: up to NextSlice. COMPLETE: all of it; only
-- then the same bytes are UNCHANGED when they come again. UNDOING: it can't be ingested, and what was written is being removed; the
-- row goes with the last of it. Of a file that several atomizers have read it is the latest reading; the others are in
-- dbo.DocumentReading.
CREATE TABLE [dbo].[IngestedDocument] (
    [TenantId]        INT              NOT NULL,
    -- SHA-256 of the file.
    [ContentHash]     VARBINARY(32)    NOT NULL,
    [State]           NVARCHAR(16)     NOT NULL,
    -- No foreign key: an application may delete the atom, and the file is then ingested again.
    [DocumentAtomId]  BIGINT           NOT NULL,
    -- NULL, as all below, for files that were ingested before there was this table.
    [Atomizer]        NVARCHAR(64)     NULL,
    [AtomizerVersion] INT              NULL,
    -- The lease under which it was last written.
    [LeaseToken]      UNIQUEIDENTIFIER NULL,
    -- 1: somebody else may have written equal parents since it was begun, so that each edge may be there already.
    [ChecksEdges]     BIT              NOT NULL CONSTRAINT [DF_IngestedDocument_ChecksEdges] DEFAULT (0),
    [NextSlice]       INT              NOT NULL CONSTRAINT [DF_IngestedDocument_NextSlice] DEFAULT (0),
    -- When a slice is full, in atoms and bytes: a worker that goes on has to cut where the first one cut.
    [SliceAtoms]      INT              NULL,
    [SliceBytes]      INT              NULL,
    -- SHA-256 over all slices so far: a worker that goes on can see that the file comes apart as it did.
    [SliceDigest]     VARBINARY(32)    NULL,
    -- Atoms that may get further children: [{"ordinal": 3, "atomId": "17", "isNew": true}].
    [OpenParents]     NVARCHAR(MAX)    NULL,
    [PieceCount]      INT              NOT NULL CONSTRAINT [DF_IngestedDocument_PieceCount] DEFAULT (0),
    [AtomCount]       INT              NOT NULL CONSTRAINT [DF_IngestedDocument_AtomCount] DEFAULT (0),
    [EdgeCount]       INT              NOT NULL CONSTRAINT [DF_IngestedDocument_EdgeCount] DEFAULT (0),
    [ChangedAt]       DATETIME2(7)     NOT NULL CONSTRAINT [DF_IngestedDocument_ChangedAt] DEFAULT (SYSUTCDATETIME()),
    -- The document of an earlier reading of the same bytes, to which an edge leads once this one is complete; NULL: none.
    [SupersedesAtomId] BIGINT          NULL,
    CONSTRAINT [PK_IngestedDocument] PRIMARY KEY CLUSTERED ([TenantId], [ContentHash]),
    CONSTRAINT [CK_IngestedDocument_State] CHECK ([State] IN (N'RUNNING', N'COMPLETE', N'UNDOING')),
    INDEX [IX_IngestedDocument_State] NONCLUSTERED ([State], [ChangedAt])
);
