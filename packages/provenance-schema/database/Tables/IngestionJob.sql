-- The outcome of each file that was enqueued for ingestion. QUEUED: it waits, in the queue or, with ReceivedAt, here. RUNNING: a
-- worker has it, under the tenant's lease (dbo.IngestionLease). REFUSED: it can't be ingested; what was written of it is being
-- removed, then it goes to the dead letters. COMPLETED: its atoms are written.
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
    -- NULL until it is known.
    [ByteCount]             BIGINT           NULL,
    [ContentHash]           VARBINARY(32)    NULL,
    [Atomizer]              NVARCHAR(64)     NULL,
    [DocumentAtomId]        BIGINT           NULL,
    -- Pieces that the file was taken apart into, so far; atoms and edges that were new among them.
    [PieceCount]            INT              NULL,
    [AtomCount]             INT              NULL,
    [EdgeCount]             INT              NULL,
    [ErrorCode]             NVARCHAR(64)     NULL,
    [ErrorText]             NVARCHAR(4000)   NULL,
    [EnqueuedAt]            DATETIME2(7)     NULL,
    [StartedAt]             DATETIME2(7)     NULL,
    [FinishedAt]            DATETIME2(7)     NULL,
    -- The message.
    [ConversationHandle]    UNIQUEIDENTIFIER NULL,
    [MessageSequenceNumber] BIGINT           NULL,
    [MessageTypeName]       NVARCHAR(256)    NULL,
    -- NULL again when the job has come to an end.
    [MessageBody]           VARBINARY(MAX)   NULL,
    -- When it was taken off the queue; NULL while its message is there.
    [ReceivedAt]            DATETIME2(7)     NULL,
    -- Not to be claimed before; NULL: at once.
    [DueAt]                 DATETIME2(7)     NULL,
    -- Tries that failed by something that passes, and that the file may be to blame for.
    [Retries]               INT              NOT NULL CONSTRAINT [DF_IngestionJob_Retries] DEFAULT (0),
    -- How well the file was read: an array of {code, count, detail}; NULL while nobody knows, and of what was read before there were notes.
    [Notes]                 NVARCHAR(MAX)    NULL,
    -- Letters and digits in the file's atoms.
    [Letters]               BIGINT           NULL,
    -- Of the bytes, from 0 to 1.
    [ShareNotUnderstood]    FLOAT            NULL,
    -- How sensitive the file is, where its sender has said; the document's atom is at least so.
    [Classification]        NVARCHAR(16)     NULL,
    CONSTRAINT [PK_IngestionJob] PRIMARY KEY CLUSTERED ([IngestionJobId]),
    CONSTRAINT [CK_IngestionJob_Status] CHECK (
        [Status] IN (N'QUEUED', N'RUNNING', N'REFUSED', N'COMPLETED', N'UNCHANGED', N'DEAD_LETTERED')
    ),
    CONSTRAINT [CK_IngestionJob_Classification] CHECK (
        [Classification] IN (N'public', N'internal', N'confidential', N'restricted')
    ),
    INDEX [IX_IngestionJob_TenantId] NONCLUSTERED ([TenantId], [IngestionJobId]),
    INDEX [IX_IngestionJob_Status] NONCLUSTERED ([Status], [FinishedAt]),
    INDEX [IX_IngestionJob_IngestionFileId] NONCLUSTERED ([IngestionFileId]),
    INDEX [IX_IngestionJob_Claim] NONCLUSTERED ([TenantId], [Status], [ByteCount]),
    INDEX [IX_IngestionJob_DocumentAtomId] NONCLUSTERED ([DocumentAtomId], [TenantId]),
    INDEX [IX_IngestionJob_Message] NONCLUSTERED ([ConversationHandle], [MessageSequenceNumber])
);
