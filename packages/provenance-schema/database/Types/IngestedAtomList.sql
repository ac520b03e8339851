-- Atoms of a file for dbo.sp_WriteIngestedAtoms. No two with the same AtomType and ContentHash.
CREATE TYPE [dbo].[IngestedAtomList] AS TABLE (
    -- The caller's number of the atom, for dbo.IngestedEdgeList and for the answer.
    [Slot]          INT           NOT NULL PRIMARY KEY,
    [AtomType]      NVARCHAR(64)  NOT NULL,
    [ContentType]   NVARCHAR(256) NULL,
    [ContentHash]   VARBINARY(32) NOT NULL,
    [AtomicValue]   VARBINARY(64) NULL,
    [CanonicalText] NVARCHAR(MAX) NULL,
    [Metadata]      NVARCHAR(MAX) NULL
);
