-- The migrations that this database has had; its greatest number is the version of the schema. A deployment writes a
-- row when a migration is through, so one that died begins again with the first migration without a row.
CREATE TABLE [dbo].[SchemaMigration] (
    [MigrationNumber] INT           NOT NULL,
    [Name]            NVARCHAR(128) NOT NULL,
    -- EXPAND: run by a deployment, drops nothing that holds data. CONTRACT: has a command of its own.
    [Class]           NVARCHAR(16)  NOT NULL,
    -- SHA-256 of the script (UTF-8, lines ended by LF).
    [TextHash]        VARBINARY(32) NOT NULL,
    -- APPLIED: its script was run. BASELINE: the database was created with a schema that needs no such change.
    [Outcome]         NVARCHAR(16)  NOT NULL,
    [AppliedAt]       DATETIME2(7)  NOT NULL CONSTRAINT [DF_SchemaMigration_AppliedAt] DEFAULT (SYSUTCDATETIME()),
    -- Program and version.
    [AppliedBy]       NVARCHAR(128) NOT NULL,
    CONSTRAINT [PK_SchemaMigration] PRIMARY KEY CLUSTERED ([MigrationNumber]),
    CONSTRAINT [CK_SchemaMigration_Class] CHECK ([Class] IN (N'EXPAND', N'CONTRACT')),
    CONSTRAINT [CK_SchemaMigration_Outcome] CHECK ([Outcome] IN (N'APPLIED', N'BASELINE'))
);
