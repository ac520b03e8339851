-- dbo.AtomProvenance.RelationType may be SUPERSEDES: a document that was read anew supersedes the earlier one. Every value that the old
-- rule lets in passes the new one. Both changes are one transaction: no row comes in between.
SET XACT_ABORT ON;
IF EXISTS (
    SELECT 1
    FROM sys.check_constraints AS c
    WHERE c.[parent_object_id] = OBJECT_ID(N'dbo.AtomProvenance')
      AND c.[name] = N'CK_AtomProvenance_RelationType'
      AND c.[definition] NOT LIKE N'%SUPERSEDES%'
)
BEGIN
    BEGIN TRANSACTION;
    ALTER TABLE [dbo].[AtomProvenance] DROP CONSTRAINT [CK_AtomProvenance_RelationType];
    ALTER TABLE [dbo].[AtomProvenance] WITH CHECK ADD
        CONSTRAINT [CK_AtomProvenance_RelationType] CHECK ([RelationType] IN (N'DERIVED_FROM', N'MERGED_FROM', N'SUPERSEDES'));
    COMMIT TRANSACTION;
END;
