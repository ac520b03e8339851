-- Written by `pnpm migrations` from Scripts/Migrations: change the files there.
-- One deployment at a time. The lock is the session's: it ends with the publish, however that ends.
DECLARE @Status INT;
EXEC @Status = sp_getapplock
    @Resource = N'Hartonomous.Deployment',
    @LockMode = 'Exclusive',
    @LockOwner = 'Session',
    @LockTimeout = 600000;
IF @Status < 0 THROW 51060, N'Another deployment of this database did not end within 10 minutes. Nothing was changed.', 1;
GO

-- IF within IF: a statement that names dbo.SchemaMigration must not be compiled before the first publish has made it.
IF OBJECT_ID(N'dbo.SchemaMigration') IS NOT NULL
BEGIN
    IF EXISTS (SELECT 1 FROM [dbo].[SchemaMigration] AS m WHERE m.[MigrationNumber] > 6)
        THROW 51061, N'The database has had migrations of a newer version than this package. Nothing was changed. Publish the newer package.', 1;
    IF EXISTS (
        SELECT 1
        FROM [dbo].[SchemaMigration] AS m
        INNER JOIN (
            VALUES
                (1, 0x9c4bdf3993a8e4473a3f4f372e57f6d3619f39a125e78ed41254b642c3294b89),
                (2, 0xb07197c0679ccbbdd13159ca142cd4541f73489deaf10a9bfeb13af83f20c9f7),
                (3, 0xf91636a5aa471bf19a4218da70130b3fe8dcf64202fe2488d972d02123ea8b5f),
                (4, 0xfd7bd4409781347de5002e039db4df1a6b590864fa1d5a0a39711a5597cbd069),
                (5, 0xef9389627087739c5d72b0db3356875e6867fd524935af42adf871edaef34e19),
                (6, 0xe832f944deac52ce71e339254dc60f28e6e08c03173047bac2cf10803a88aa02)
        ) AS v ([MigrationNumber], [TextHash]) ON v.[MigrationNumber] = m.[MigrationNumber]
        WHERE v.[TextHash] <> m.[TextHash]
    )
        THROW 51062, N'A migration in this package has another text than when it was applied to the database. Nothing was changed. Publish the version that dbo.SchemaMigration names, or a newer one.', 1;
END;
GO

-- Scripts/Migrations/0001-atom-sync-type-is-a-word.sql
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
GO

-- Scripts/Migrations/0004-documents-supersede.sql
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
GO
