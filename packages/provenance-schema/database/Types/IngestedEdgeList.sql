-- DERIVED_FROM edges of a file for dbo.sp_WriteIngestedAtoms, none from a slot to itself. The parent is an atom of the
-- same call (ParentSlot) or one that was written before (ParentAtomId).
CREATE TYPE [dbo].[IngestedEdgeList] AS TABLE (
    [ChildSlot]      INT          NOT NULL,
    [ParentSlot]     INT          NULL,
    [ParentAtomId]   BIGINT       NULL,
    -- 1: the parent occurs elsewhere too, so that the same edge may be there already.
    [MayExist]       BIT          NOT NULL,
    [DerivationType] NVARCHAR(64) NOT NULL,
    [SequenceNumber] INT          NOT NULL,
    [StartOffset]    BIGINT       NULL,
    [EndOffset]      BIGINT       NULL
);
