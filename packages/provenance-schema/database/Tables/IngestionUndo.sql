-- Atoms that no edge leads from any more, of files that are being undone: first their children's edges go, then they. In a table,
-- because one file's atoms are more than a transaction should remove.
CREATE TABLE [dbo].[IngestionUndo] (
    [TenantId] INT    NOT NULL,
    [AtomId]   BIGINT NOT NULL,
    CONSTRAINT [PK_IngestionUndo] PRIMARY KEY CLUSTERED ([TenantId], [AtomId])
);
