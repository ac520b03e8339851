-- A file that is too large for a message; its bytes are in dbo.IngestionFileSlice. UPLOADING until
-- dbo.sp_CompleteIngestionFile has seen that all of it is there; only then it can be enqueued. Removed when it has been
-- ingested, kept while its message is among the dead letters.
CREATE TABLE [dbo].[IngestionFile] (
    [IngestionFileId] BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]        INT           NOT NULL,
    [FileName]        NVARCHAR(400) NOT NULL,
    [State]           NVARCHAR(16)  NOT NULL CONSTRAINT [DF_IngestionFile_State] DEFAULT (N'UPLOADING'),
    -- NULL while it is uploaded.
    [ByteCount]       BIGINT        NULL,
    [CreatedAt]       DATETIME2(7)  NOT NULL CONSTRAINT [DF_IngestionFile_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_IngestionFile] PRIMARY KEY CLUSTERED ([IngestionFileId]),
    CONSTRAINT [FK_IngestionFile_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [CK_IngestionFile_State] CHECK ([State] IN (N'UPLOADING', N'COMPLETE')),
    INDEX [IX_IngestionFile_CreatedAt] NONCLUSTERED ([CreatedAt])
);
