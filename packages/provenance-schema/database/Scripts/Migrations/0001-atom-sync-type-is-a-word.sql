-- dbo.Atom.SyncType takes any word of up to 16 characters, not only CREATE, UPDATE and DELETE: rows that are seeded or
-- imported say there where they come from. What dbo.sp_EnqueueNeo4jSync takes for @SyncType is unchanged.
-- Every value that the old rule lets in passes the new one. Both changes are one transaction: no row comes in between.
SET XACT_ABORT ON;
IF EXISTS (
    SELECT 1
    FROM sys.check_constraints AS c
    WHERE c.[parent_object_id] = OBJECT_ID(N'dbo.Atom')
      AND c.[name] = N'CK_Atom_SyncType'
      AND c.[definition] LIKE N'%CREATE%'
)
BEGIN
    BEGIN TRANSACTION;
    ALTER TABLE [dbo].[Atom] DROP CONSTRAINT [CK_Atom_SyncType];
    ALTER TABLE [dbo].[Atom] WITH CHECK ADD
        CONSTRAINT [CK_Atom_SyncType] CHECK ([SyncType] <> N'' AND [SyncType] NOT LIKE N'% %');
    COMMIT TRANSACTION;
END;
