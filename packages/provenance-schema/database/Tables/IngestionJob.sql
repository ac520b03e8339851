-- What became of each file that was enqueued for ingestion. QUEUED: its message waits. RUNNING: a worker has it.
-- REFUSED: it can't be ingested, and is about to be put among the dead letters. COMPLETED: its atoms are written.
-- UNCHANGED: the tenant has this very file already; nothing was written. DEAD_LETTERED: see
-- dbo.IngestionDeadLetterQueue.
-- TenantId has no foreign key: a message can name a tenant that isn't there, and its row says so.
CREATE TABLE [dbo].[IngestionJob] (
    [IngestionJobId]        BIGINT           IDENTITY (1, 1) NOT NULL,
    [TenantId]              INT              NOT NULL,
    [FileName]              NVARCHAR(400)    NOT NULL,
    [SourceUri]             NVARCHAR(2048)   NULL,
    [IngestionFileId]       BIGINT           NULL,
    [Status]                NVARCHAR(16)     NOT NULL CONSTRAINT [DF_IngestionJob_Status] DEFAULT (N'QUEUED'),
    -- How often workers have begun with it and then vanished; a file that ends workers is dead-lettered in the end.
    [Attempts]              INT              NOT NULL CONSTRAINT [DF_IngestionJob_Attempts] DEFAULT (0),
    -- The process that has, or had, the file.
    [WorkerId]              UNIQUEIDENTIFIER NULL,
    [ByteCount]             BIGINT           NULL,
    [ContentHash]           VARBINARY(32)    NULL,
    [Atomizer]              NVARCHAR(64)     NULL,
    [DocumentAtomId]        BIGINT           NULL,
    -- Pieces that the file was taken apart into; atoms and edges that were new among them.
    [PieceCount]            INT              NULL,
    [AtomCount]             INT              NULL,
    [EdgeCount]             INT              NULL,
    [ErrorCode]             NVARCHAR(64)     NULL,
    [ErrorText]             NVARCHAR(4000)   NULL,
    [EnqueuedAt]            DATETIME2(7)     NULL,
    [StartedAt]             DATETIME2(7)     NULL,
    [FinishedAt]            DATETIME2(7)     NULL,
    -- The message, for jobs that senders past dbo.sp_EnqueueIngestion began.
    [ConversationHandle]    UNIQUEIDENTIFIER NULL,
    [MessageSequenceNumber] BIGINT           NULL,
    CONSTRAINT [PK_IngestionJob] PRIMARY KEY CLUSTERED ([IngestionJobId]),
    CONSTRAINT [CK_IngestionJob_Status] CHECK (
        [Status] IN (N'QUEUED', N'RUNNING', N'REFUSED', N'COMPLETED', N'UNCHANGED', N'DEAD_LETTERED')
    ),
    INDEX [IX_IngestionJob_TenantId] NONCLUSTERED ([TenantId], [IngestionJobId]),
    INDEX [IX_IngestionJob_Status] NONCLUSTERED ([Status], [FinishedAt]),
    INDEX [IX_IngestionJob_IngestionFileId] NONCLUSTERED ([IngestionFileId]),
    INDEX [IX_IngestionJob_Message] NONCLUSTERED ([ConversationHandle], [MessageSequenceNumber])
);
