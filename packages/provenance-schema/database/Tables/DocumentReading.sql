-- Documents that other readings of a file have made: the same bytes under another name may be read by another atomizer, and may be read
-- anew. The latest reading of a file is in dbo.IngestedDocument; it comes here when another one begins.
CREATE TABLE [dbo].[DocumentReading] (
    [TenantId]        INT           NOT NULL,
    -- SHA-256 of the file.
    [ContentHash]     VARBINARY(32) NOT NULL,
    -- Empty where nobody knows: read before documents said so.
    [Atomizer]        NVARCHAR(64)  NOT NULL,
    [AtomizerVersion] INT           NULL,
    -- No foreign key: an application may delete the atom, and the file is then read again.
    [DocumentAtomId]  BIGINT        NOT NULL,
    CONSTRAINT [PK_DocumentReading] PRIMARY KEY CLUSTERED ([TenantId], [ContentHash], [Atomizer])
);
