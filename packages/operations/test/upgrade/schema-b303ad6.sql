-- The database project as commit b303ad6 had it, in its order of deployment: what the first version that records
-- migrations finds in the field. Not to be changed.

-- What a worker service needs and nothing more; the grants are in the post-deployment script.
CREATE ROLE [HartonomousWorker];
GO

-- Applications that change entities: they may enqueue and need no right on queues or services.
CREATE ROLE [HartonomousSender];
GO

CREATE MESSAGE TYPE [Neo4jSyncRequest]
    VALIDATION = WELL_FORMED_XML;
GO

CREATE MESSAGE TYPE [IngestionRequest]
    VALIDATION = WELL_FORMED_XML;
GO

CREATE CONTRACT [Neo4jSyncContract] (
    [Neo4jSyncRequest] SENT BY INITIATOR
);
GO

CREATE CONTRACT [IngestionContract] (
    [IngestionRequest] SENT BY INITIATOR
);
GO

-- Poison handling is off because it would stop every tenant's messages for one bad message: the workers move a bad
-- message to the dead letters instead of rolling it back.
CREATE QUEUE [dbo].[Neo4jSyncQueue]
    WITH STATUS = ON,
         RETENTION = OFF,
         POISON_MESSAGE_HANDLING (STATUS = OFF);
GO

-- Poison handling is off because it would stop every tenant's messages for one bad message: the workers move a bad
-- message to the dead letters instead of rolling it back.
CREATE QUEUE [dbo].[IngestionQueue]
    WITH STATUS = ON,
         RETENTION = OFF,
         POISON_MESSAGE_HANDLING (STATUS = OFF);
GO

-- What comes back on the senders' side of pooled dialogs: EndDialog and Error messages only. The post-deployment script
-- activates dbo.sp_HandleInitiatorMessages_Activated on it. Poison handling stays on: a handler that fails five times
-- in a row must not spin, and senders don't need this queue enabled.
CREATE QUEUE [dbo].[HartonomousInitiatorQueue]
    WITH STATUS = ON,
         RETENTION = OFF,
         POISON_MESSAGE_HANDLING (STATUS = ON);
GO

CREATE SERVICE [Neo4jSyncService]
    ON QUEUE [dbo].[Neo4jSyncQueue] (
        [Neo4jSyncContract]
    );
GO

CREATE SERVICE [IngestionService]
    ON QUEUE [dbo].[IngestionQueue] (
        [IngestionContract]
    );
GO

-- No contract: it begins dialogs and is never the target of one.
CREATE SERVICE [HartonomousInitiatorService]
    ON QUEUE [dbo].[HartonomousInitiatorQueue];
GO

-- Parameter of dbo.sp_EnqueueNeo4jSyncBatch. TenantId NULL: taken from the entity's row.
CREATE TYPE [dbo].[Neo4jSyncRequestList] AS TABLE (
    [EntityType] NVARCHAR(128) NOT NULL,
    [EntityId]   BIGINT        NOT NULL,
    [SyncType]   NVARCHAR(128) NOT NULL DEFAULT (N'CREATE'),
    [TenantId]   INT           NULL
);
GO

-- Atoms of a file for dbo.sp_WriteIngestedAtoms. No two with the same AtomType and ContentHash.
CREATE TYPE [dbo].[IngestedAtomList] AS TABLE (
    -- The caller's number of the atom, for dbo.IngestedEdgeList and for the answer.
    [Slot]          INT           NOT NULL PRIMARY KEY,
    [AtomType]      NVARCHAR(64)  NOT NULL,
    [ContentType]   NVARCHAR(256) NULL,
    [ContentHash]   VARBINARY(32) NOT NULL,
    [AtomicValue]   VARBINARY(64) NULL,
    [CanonicalText] NVARCHAR(MAX) NULL,
    [Metadata]      NVARCHAR(MAX) NULL
);
GO

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
GO

-- Fencing numbers: a batch takes one after its RECEIVE and before its reads, and writes to the graph only where the
-- number there is not greater. Numbers are handed out in rising order whatever the transactions do; a crash loses the
-- cached ones, which leaves a gap and does no harm. A restored backup goes back in the sequence: restart it above the
-- greatest syncSequence of the graph, or the graph refuses every write.
CREATE SEQUENCE [dbo].[GraphSyncSequence]
    AS BIGINT
    START WITH 1
    INCREMENT BY 1
    NO CYCLE
    CACHE 100;
GO

CREATE TABLE [dbo].[Tenant] (
    [TenantId]  INT           NOT NULL,
    [Name]      NVARCHAR(200) NOT NULL,
    [CreatedAt] DATETIME2(7)  NOT NULL CONSTRAINT [DF_Tenant_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_Tenant] PRIMARY KEY CLUSTERED ([TenantId])
);
GO

-- [User] is a reserved word: in T-SQL always with its brackets.
CREATE TABLE [dbo].[User] (
    [UserId]      BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]    INT           NOT NULL,
    [UserName]    NVARCHAR(256) NOT NULL,
    [DisplayName] NVARCHAR(256) NULL,
    [CreatedAt]   DATETIME2(7)  NOT NULL CONSTRAINT [DF_User_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_User] PRIMARY KEY CLUSTERED ([UserId]),
    -- As for dbo.Atom: lets others refer to user and tenant together.
    CONSTRAINT [UQ_User_UserId_TenantId] UNIQUE ([UserId], [TenantId]),
    CONSTRAINT [UQ_User_TenantId_UserName] UNIQUE ([TenantId], [UserName]),
    CONSTRAINT [FK_User_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId])
);
GO

CREATE TABLE [dbo].[Model] (
    [ModelId]   BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]  INT           NOT NULL,
    [Name]      NVARCHAR(200) NOT NULL,
    [ModelType] NVARCHAR(64)  NULL,
    [Provider]  NVARCHAR(200) NULL,
    [CreatedAt] DATETIME2(7)  NOT NULL CONSTRAINT [DF_Model_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_Model] PRIMARY KEY CLUSTERED ([ModelId]),
    -- As for dbo.Atom: lets others refer to model and tenant together.
    CONSTRAINT [UQ_Model_ModelId_TenantId] UNIQUE ([ModelId], [TenantId]),
    CONSTRAINT [FK_Model_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    INDEX [IX_Model_TenantId_Name] NONCLUSTERED ([TenantId], [Name])
);
GO

CREATE TABLE [dbo].[ModelVersion] (
    [ModelVersionId] BIGINT       IDENTITY (1, 1) NOT NULL,
    [TenantId]       INT          NOT NULL,
    [ModelId]        BIGINT       NOT NULL,
    [Version]        NVARCHAR(64) NOT NULL,
    [ParameterCount] BIGINT       NULL,
    [CreatedAt]      DATETIME2(7) NOT NULL CONSTRAINT [DF_ModelVersion_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_ModelVersion] PRIMARY KEY CLUSTERED ([ModelVersionId]),
    -- As for dbo.Atom: lets others refer to version and tenant together.
    CONSTRAINT [UQ_ModelVersion_ModelVersionId_TenantId] UNIQUE ([ModelVersionId], [TenantId]),
    CONSTRAINT [UQ_ModelVersion_ModelId_Version] UNIQUE ([ModelId], [Version]),
    CONSTRAINT [FK_ModelVersion_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_ModelVersion_Model] FOREIGN KEY ([ModelId], [TenantId])
        REFERENCES [dbo].[Model] ([ModelId], [TenantId]),
    CONSTRAINT [CK_ModelVersion_ParameterCount] CHECK ([ParameterCount] >= 0)
);
GO

CREATE TABLE [dbo].[Atom] (
    [AtomId]          BIGINT          IDENTITY (1, 1) NOT NULL,
    [TenantId]        INT             NOT NULL,
    [AtomType]        NVARCHAR(64)    NOT NULL CONSTRAINT [DF_Atom_AtomType] DEFAULT (N'generic'),
    [ContentType]     NVARCHAR(256)   NULL,
    [ContentHash]     VARBINARY(32)   NULL,
    [CanonicalText]   NVARCHAR(MAX)   NULL,
    [Metadata]        NVARCHAR(MAX)   NULL,
    [SyncType]        NVARCHAR(16)    NOT NULL CONSTRAINT [DF_Atom_SyncType] DEFAULT (N'CREATE'),
    [CreatedAt]       DATETIME2(7)    NOT NULL CONSTRAINT [DF_Atom_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    -- Content so short that it needs no place of its own; the graph has no use for it.
    [AtomicValue]     VARBINARY(64)   NULL,
    -- How often the same content has come in; equal content of a tenant is one atom.
    [ReferenceCount]  INT             NOT NULL CONSTRAINT [DF_Atom_ReferenceCount] DEFAULT (1),
    [Classification]  NVARCHAR(16)    NULL,
    -- 384 numbers of 32 bits (IEEE 754), the least significant byte first.
    [Embedding]       VARBINARY(1536) NULL,
    CONSTRAINT [PK_Atom] PRIMARY KEY CLUSTERED ([AtomId]),
    -- Not for uniqueness, which AtomId alone gives: it lets dbo.AtomProvenance refer to atom and tenant together, so
    -- that no edge can lead from one tenant to another.
    CONSTRAINT [UQ_Atom_AtomId_TenantId] UNIQUE ([AtomId], [TenantId]),
    CONSTRAINT [FK_Atom_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [CK_Atom_Metadata] CHECK ([Metadata] IS NULL OR ISJSON([Metadata]) = 1),
    CONSTRAINT [CK_Atom_SyncType] CHECK ([SyncType] IN (N'CREATE', N'UPDATE', N'DELETE')),
    CONSTRAINT [CK_Atom_ReferenceCount] CHECK ([ReferenceCount] >= 0),
    CONSTRAINT [CK_Atom_Classification] CHECK (
        [Classification] IN (N'public', N'internal', N'confidential', N'restricted')
    ),
    CONSTRAINT [CK_Atom_Embedding] CHECK (DATALENGTH([Embedding]) = 1536),
    INDEX [IX_Atom_TenantId_ContentHash] NONCLUSTERED ([TenantId], [ContentHash])
);
GO

-- One row per edge (child)-[RelationType]->(parent) of the graph.
CREATE TABLE [dbo].[AtomProvenance] (
    [AtomProvenanceId] BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]         INT           NOT NULL,
    [ChildAtomId]      BIGINT        NOT NULL,
    [ParentAtomId]     BIGINT        NOT NULL,
    [RelationType]     NVARCHAR(32)  NOT NULL CONSTRAINT [DF_AtomProvenance_RelationType] DEFAULT (N'DERIVED_FROM'),
    [DerivationType]   NVARCHAR(64)  NULL,
    [SequenceNumber]   INT           NULL,
    [CreatedAt]        DATETIME2(7)  NOT NULL CONSTRAINT [DF_AtomProvenance_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    -- Where in the parent the child is; what is counted is for the derivation type to say.
    [StartOffset]      BIGINT        NULL,
    [EndOffset]        BIGINT        NULL,
    CONSTRAINT [PK_AtomProvenance] PRIMARY KEY CLUSTERED ([AtomProvenanceId]),
    CONSTRAINT [FK_AtomProvenance_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_AtomProvenance_ChildAtom] FOREIGN KEY ([ChildAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [FK_AtomProvenance_ParentAtom] FOREIGN KEY ([ParentAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [CK_AtomProvenance_RelationType] CHECK ([RelationType] IN (N'DERIVED_FROM', N'MERGED_FROM')),
    CONSTRAINT [CK_AtomProvenance_NotItself] CHECK ([ChildAtomId] <> [ParentAtomId]),
    CONSTRAINT [CK_AtomProvenance_Offsets] CHECK ([StartOffset] >= 0 AND [EndOffset] >= [StartOffset]),
    INDEX [IX_AtomProvenance_ChildAtomId] NONCLUSTERED ([ChildAtomId], [TenantId]),
    INDEX [IX_AtomProvenance_ParentAtomId] NONCLUSTERED ([ParentAtomId], [TenantId], [SequenceNumber])
);
GO

CREATE TABLE [dbo].[Operation] (
    [OperationId]   BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]      INT           NOT NULL,
    [OperationType] NVARCHAR(64)  NOT NULL,
    -- NULL: nobody in particular, for example a scheduled job.
    [UserId]        BIGINT        NULL,
    [InputAtomId]   BIGINT        NULL,
    [OutputAtomId]  BIGINT        NULL,
    [Metadata]      NVARCHAR(MAX) NULL,
    [CreatedAt]     DATETIME2(7)  NOT NULL CONSTRAINT [DF_Operation_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    -- NULL: still under way.
    [CompletedAt]   DATETIME2(7)  NULL,
    CONSTRAINT [PK_Operation] PRIMARY KEY CLUSTERED ([OperationId]),
    CONSTRAINT [FK_Operation_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_Operation_User] FOREIGN KEY ([UserId], [TenantId])
        REFERENCES [dbo].[User] ([UserId], [TenantId]),
    CONSTRAINT [FK_Operation_InputAtom] FOREIGN KEY ([InputAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [FK_Operation_OutputAtom] FOREIGN KEY ([OutputAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [CK_Operation_Metadata] CHECK ([Metadata] IS NULL OR ISJSON([Metadata]) = 1),
    INDEX [IX_Operation_UserId] NONCLUSTERED ([UserId], [TenantId]),
    INDEX [IX_Operation_InputAtomId] NONCLUSTERED ([InputAtomId], [TenantId]),
    INDEX [IX_Operation_OutputAtomId] NONCLUSTERED ([OutputAtomId], [TenantId])
);
GO

CREATE TABLE [dbo].[Inference] (
    [InferenceId]    BIGINT       IDENTITY (1, 1) NOT NULL,
    [TenantId]       INT          NOT NULL,
    [TaskType]       NVARCHAR(64) NOT NULL,
    [ReasoningMode]  NVARCHAR(32) NULL,
    [ContextDomain]  NVARCHAR(32) NULL,
    -- NULL: made without a model, by rules alone.
    [ModelVersionId] BIGINT       NULL,
    [UserId]         BIGINT       NULL,
    [InputAtomId]    BIGINT       NULL,
    [OutputAtomId]   BIGINT       NULL,
    [DurationMs]     INT          NULL,
    [InferredAt]     DATETIME2(7) NOT NULL CONSTRAINT [DF_Inference_InferredAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_Inference] PRIMARY KEY CLUSTERED ([InferenceId]),
    -- As for dbo.Atom: lets others refer to inference and tenant together.
    CONSTRAINT [UQ_Inference_InferenceId_TenantId] UNIQUE ([InferenceId], [TenantId]),
    CONSTRAINT [FK_Inference_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_Inference_ModelVersion] FOREIGN KEY ([ModelVersionId], [TenantId])
        REFERENCES [dbo].[ModelVersion] ([ModelVersionId], [TenantId]),
    CONSTRAINT [FK_Inference_User] FOREIGN KEY ([UserId], [TenantId])
        REFERENCES [dbo].[User] ([UserId], [TenantId]),
    CONSTRAINT [FK_Inference_InputAtom] FOREIGN KEY ([InputAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [FK_Inference_OutputAtom] FOREIGN KEY ([OutputAtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [CK_Inference_ReasoningMode] CHECK (
        [ReasoningMode] IN (N'vector_similarity', N'spatial_query', N'graph_traversal', N'hybrid', N'symbolic_logic')
    ),
    CONSTRAINT [CK_Inference_ContextDomain] CHECK (
        [ContextDomain] IN (N'text_generation', N'image_generation', N'audio_generation', N'multimodal', N'embedding_generation', N'semantic_search')
    ),
    CONSTRAINT [CK_Inference_DurationMs] CHECK ([DurationMs] >= 0),
    INDEX [IX_Inference_ModelVersionId] NONCLUSTERED ([ModelVersionId], [TenantId]),
    INDEX [IX_Inference_UserId] NONCLUSTERED ([UserId], [TenantId]),
    INDEX [IX_Inference_InputAtomId] NONCLUSTERED ([InputAtomId], [TenantId]),
    INDEX [IX_Inference_OutputAtomId] NONCLUSTERED ([OutputAtomId], [TenantId])
);
GO

CREATE TABLE [dbo].[Decision] (
    [DecisionId]  BIGINT        IDENTITY (1, 1) NOT NULL,
    [TenantId]    INT           NOT NULL,
    [InferenceId] BIGINT        NOT NULL,
    [Outcome]     NVARCHAR(256) NOT NULL,
    [Rationale]   NVARCHAR(MAX) NULL,
    [Confidence]  FLOAT         NOT NULL,
    [CreatedAt]   DATETIME2(7)  NOT NULL CONSTRAINT [DF_Decision_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_Decision] PRIMARY KEY CLUSTERED ([DecisionId]),
    CONSTRAINT [FK_Decision_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_Decision_Inference] FOREIGN KEY ([InferenceId], [TenantId])
        REFERENCES [dbo].[Inference] ([InferenceId], [TenantId]),
    CONSTRAINT [CK_Decision_Confidence] CHECK ([Confidence] BETWEEN 0 AND 1),
    INDEX [IX_Decision_InferenceId] NONCLUSTERED ([InferenceId], [TenantId])
);
GO

CREATE TABLE [dbo].[GenerationStream] (
    [StreamId]    BIGINT       IDENTITY (1, 1) NOT NULL,
    [TenantId]    INT          NOT NULL,
    [InferenceId] BIGINT       NOT NULL,
    -- NULL: not whole yet.
    [AtomId]      BIGINT       NULL,
    [StreamType]  NVARCHAR(64) NOT NULL CONSTRAINT [DF_GenerationStream_StreamType] DEFAULT (N'text'),
    [PieceCount]  INT          NOT NULL CONSTRAINT [DF_GenerationStream_PieceCount] DEFAULT (0),
    [CreatedAt]   DATETIME2(7) NOT NULL CONSTRAINT [DF_GenerationStream_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    [CompletedAt] DATETIME2(7) NULL,
    CONSTRAINT [PK_GenerationStream] PRIMARY KEY CLUSTERED ([StreamId]),
    CONSTRAINT [FK_GenerationStream_Tenant] FOREIGN KEY ([TenantId]) REFERENCES [dbo].[Tenant] ([TenantId]),
    CONSTRAINT [FK_GenerationStream_Inference] FOREIGN KEY ([InferenceId], [TenantId])
        REFERENCES [dbo].[Inference] ([InferenceId], [TenantId]),
    CONSTRAINT [FK_GenerationStream_Atom] FOREIGN KEY ([AtomId], [TenantId])
        REFERENCES [dbo].[Atom] ([AtomId], [TenantId]),
    CONSTRAINT [CK_GenerationStream_PieceCount] CHECK ([PieceCount] >= 0),
    INDEX [IX_GenerationStream_InferenceId] NONCLUSTERED ([InferenceId], [TenantId]),
    INDEX [IX_GenerationStream_AtomId] NONCLUSTERED ([AtomId], [TenantId])
);
GO

-- The open dialog of each sending session. A session only ever touches its own row, so senders neither wait for each
-- other nor deadlock. At most one row per session number and pair of services: rows of closed sessions are taken over
-- by the next session with that number.
CREATE TABLE [dbo].[DialogPool] (
    [FromService]        NVARCHAR(128)    NOT NULL,
    [ToService]          NVARCHAR(128)    NOT NULL,
    [ContractName]       NVARCHAR(128)    NOT NULL,
    [SessionId]          INT              NOT NULL,
    [ConversationHandle] UNIQUEIDENTIFIER NOT NULL,
    [BegunAt]            DATETIME2(7)     NOT NULL CONSTRAINT [DF_DialogPool_BegunAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_DialogPool] PRIMARY KEY CLUSTERED ([FromService], [ToService], [ContractName], [SessionId])
);
GO

-- What became of each entity of each batch; written set-based by dbo.sp_LogNeo4jSync, kept by dbo.sp_PurgeNeo4jSyncLog
-- for a number of days. Rows without an entity tell of the queue itself.
CREATE TABLE [dbo].[Neo4jSyncLog] (
    [Neo4jSyncLogId] BIGINT           IDENTITY (1, 1) NOT NULL,
    [LoggedAt]       DATETIME2(7)     NOT NULL CONSTRAINT [DF_Neo4jSyncLog_LoggedAt] DEFAULT (SYSUTCDATETIME()),
    [Outcome]        NVARCHAR(32)     NOT NULL,
    [EntityType]     NVARCHAR(128)    NULL,
    [EntityId]       BIGINT           NULL,
    [TenantId]       INT              NULL,
    [SyncType]       NVARCHAR(16)     NULL,
    -- The batch's fencing number; with it the rows of one batch are found.
    [SyncSequence]   BIGINT           NULL,
    -- How many messages about the entity the batch had coalesced into this one outcome.
    [MessageCount]   INT              NOT NULL CONSTRAINT [DF_Neo4jSyncLog_MessageCount] DEFAULT (1),
    [EnqueuedAt]     DATETIME2(7)     NULL,
    [Detail]         NVARCHAR(4000)   NULL,
    CONSTRAINT [PK_Neo4jSyncLog] PRIMARY KEY CLUSTERED ([Neo4jSyncLogId]),
    CONSTRAINT [CK_Neo4jSyncLog_Outcome] CHECK (
        [Outcome] IN (N'SYNCED', N'DELETED', N'STALE', N'DEAD_LETTERED', N'ACTIVATION_REFUSED', N'DIALOG_ERROR')
    ),
    INDEX [IX_Neo4jSyncLog_LoggedAt] NONCLUSTERED ([LoggedAt]),
    INDEX [IX_Neo4jSyncLog_Entity] NONCLUSTERED ([EntityType], [EntityId])
);
GO

-- Messages that can't be processed, with all that is needed to understand and to replay them. A table and not a
-- Service Broker queue: people list, show, replay and purge its rows.
CREATE TABLE [dbo].[Neo4jSyncDeadLetterQueue] (
    [DeadLetterId]          BIGINT           IDENTITY (1, 1) NOT NULL,
    [DeadLetteredAt]        DATETIME2(7)     NOT NULL CONSTRAINT [DF_Neo4jSyncDeadLetterQueue_DeadLetteredAt] DEFAULT (SYSUTCDATETIME()),
    [ReasonCode]            NVARCHAR(64)     NOT NULL,
    [ReasonText]            NVARCHAR(4000)   NOT NULL,
    -- The message as it was received; NULL when it had no body.
    [MessageBody]           VARBINARY(MAX)   NULL,
    [MessageTypeName]       NVARCHAR(256)    NOT NULL,
    [ConversationHandle]    UNIQUEIDENTIFIER NOT NULL,
    [MessageSequenceNumber] BIGINT           NULL,
    -- As far as the message could be read.
    [EntityType]            NVARCHAR(128)    NULL,
    [EntityId]              BIGINT           NULL,
    [TenantId]              INT              NULL,
    [SyncType]              NVARCHAR(16)     NULL,
    [EnqueuedAt]            DATETIME2(7)     NULL,
    [ReceivedAt]            DATETIME2(7)     NOT NULL,
    [ReplayState]           NVARCHAR(16)     NOT NULL CONSTRAINT [DF_Neo4jSyncDeadLetterQueue_ReplayState] DEFAULT (N'PENDING'),
    [ReplayCount]           INT              NOT NULL CONSTRAINT [DF_Neo4jSyncDeadLetterQueue_ReplayCount] DEFAULT (0),
    [ReplayedAt]            DATETIME2(7)     NULL,
    CONSTRAINT [PK_Neo4jSyncDeadLetterQueue] PRIMARY KEY CLUSTERED ([DeadLetterId]),
    CONSTRAINT [CK_Neo4jSyncDeadLetterQueue_ReplayState] CHECK ([ReplayState] IN (N'PENDING', N'REPLAYED', N'DISCARDED')),
    INDEX [IX_Neo4jSyncDeadLetterQueue_ReplayState] NONCLUSTERED ([ReplayState], [DeadLetteredAt])
);
GO

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
GO

-- The bytes of a file, in slices from 0 on: one value could hold 2 GB only, and appending to it, or reading a part of
-- it, costs more the larger it is.
CREATE TABLE [dbo].[IngestionFileSlice] (
    [IngestionFileId] BIGINT         NOT NULL,
    [SliceNumber]     INT            NOT NULL,
    [Content]         VARBINARY(MAX) NOT NULL,
    CONSTRAINT [PK_IngestionFileSlice] PRIMARY KEY CLUSTERED ([IngestionFileId], [SliceNumber]),
    CONSTRAINT [FK_IngestionFileSlice_IngestionFile] FOREIGN KEY ([IngestionFileId])
        REFERENCES [dbo].[IngestionFile] ([IngestionFileId]),
    CONSTRAINT [CK_IngestionFileSlice_SliceNumber] CHECK ([SliceNumber] >= 0)
);
GO

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
GO

-- Files that can't be ingested, with all that is needed to understand and to replay them; as
-- dbo.Neo4jSyncDeadLetterQueue is for syncing.
CREATE TABLE [dbo].[IngestionDeadLetterQueue] (
    [DeadLetterId]          BIGINT           IDENTITY (1, 1) NOT NULL,
    [DeadLetteredAt]        DATETIME2(7)     NOT NULL CONSTRAINT [DF_IngestionDeadLetterQueue_DeadLetteredAt] DEFAULT (SYSUTCDATETIME()),
    [ReasonCode]            NVARCHAR(64)     NOT NULL,
    [ReasonText]            NVARCHAR(4000)   NOT NULL,
    -- The message as it was received; NULL when it had no body.
    [MessageBody]           VARBINARY(MAX)   NULL,
    [MessageTypeName]       NVARCHAR(256)    NOT NULL,
    [ConversationHandle]    UNIQUEIDENTIFIER NOT NULL,
    [MessageSequenceNumber] BIGINT           NULL,
    -- As far as the message could be read.
    [IngestionJobId]        BIGINT           NULL,
    [FileName]              NVARCHAR(400)    NULL,
    [SourceUri]             NVARCHAR(2048)   NULL,
    [IngestionFileId]       BIGINT           NULL,
    [TenantId]              INT              NULL,
    [EnqueuedAt]            DATETIME2(7)     NULL,
    [ReceivedAt]            DATETIME2(7)     NOT NULL,
    [ReplayState]           NVARCHAR(16)     NOT NULL CONSTRAINT [DF_IngestionDeadLetterQueue_ReplayState] DEFAULT (N'PENDING'),
    [ReplayCount]           INT              NOT NULL CONSTRAINT [DF_IngestionDeadLetterQueue_ReplayCount] DEFAULT (0),
    [ReplayedAt]            DATETIME2(7)     NULL,
    CONSTRAINT [PK_IngestionDeadLetterQueue] PRIMARY KEY CLUSTERED ([DeadLetterId]),
    CONSTRAINT [CK_IngestionDeadLetterQueue_ReplayState] CHECK ([ReplayState] IN (N'PENDING', N'REPLAYED', N'DISCARDED')),
    INDEX [IX_IngestionDeadLetterQueue_ReplayState] NONCLUSTERED ([ReplayState], [DeadLetteredAt])
);
GO

-- Sends one message on the session's pooled dialog; begins, recycles or replaces the dialog as needed. Internal: the
-- enqueue procedures call it inside their transaction.
-- A caller with many messages passes the same two output variables every time; the pool is then looked up once per
-- dialog and not once per message.
CREATE PROCEDURE [dbo].[sp_SendOnPooledDialog]
    @ContractName       NVARCHAR(128),
    @MessageType        NVARCHAR(128),
    @Body               VARBINARY(MAX),
    @ConversationHandle UNIQUEIDENTIFIER = NULL OUTPUT,
    @Capacity           BIGINT           = 0    OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    -- Much smaller, and beginning dialogs costs more than sending; much larger, and one sender's backlog, which is one
    -- conversation group, can be read by one reader only. A file is much more work than a dialog.
    DECLARE @MaxMessages BIGINT = CASE WHEN @ContractName = N'IngestionContract' THEN 8 ELSE 1000 END;
    -- Much shorter, and quiet sessions begin a dialog per message; much longer, and a dialog outlives redeployments of
    -- the services that it was begun for.
    DECLARE @MaxAgeMinutes INT = 60;

    DECLARE @FromService NVARCHAR(128) = N'HartonomousInitiatorService';
    DECLARE @ToService NVARCHAR(128) = CASE @ContractName
        WHEN N'Neo4jSyncContract' THEN N'Neo4jSyncService'
        WHEN N'IngestionContract' THEN N'IngestionService'
    END;
    DECLARE @Attempt INT = 0;
    DECLARE @Pooled UNIQUEIDENTIFIER, @BegunAt DATETIME2(7), @State CHAR(2), @Sent BIGINT;

    IF @@TRANCOUNT = 0
        THROW 51010, N'dbo.sp_SendOnPooledDialog must run inside a transaction: without one, a dialog could be begun and then lost from the pool. Call dbo.sp_EnqueueNeo4jSync instead.', 1;

    IF @ToService IS NULL
        THROW 51011, N'dbo.sp_SendOnPooledDialog knows no service for that contract. Pass Neo4jSyncContract or IngestionContract.', 1;

    WHILE 1 = 1
    BEGIN
        IF @ConversationHandle IS NULL OR @Capacity < 1
        BEGIN
            SELECT @Pooled = NULL, @BegunAt = NULL, @State = NULL, @Sent = NULL;

            SELECT @Pooled = p.[ConversationHandle], @BegunAt = p.[BegunAt]
            FROM [dbo].[DialogPool] AS p
            WHERE p.[FromService] = @FromService
              AND p.[ToService] = @ToService
              AND p.[ContractName] = @ContractName
              AND p.[SessionId] = @@SPID;

            -- Looked at before SEND because an error of SEND can doom the caller's transaction. send_sequence counts
            -- the dialog's messages, so the pool needs no write per message.
            IF @Pooled IS NOT NULL
                SELECT @State = e.[state], @Sent = e.[send_sequence]
                FROM sys.conversation_endpoints AS e
                WHERE e.[conversation_handle] = @Pooled;

            IF @State IN ('SO', 'CO')
               AND @Sent < @MaxMessages
               AND @BegunAt > DATEADD(MINUTE, -@MaxAgeMinutes, SYSUTCDATETIME())
               -- Set after a failed SEND: this dialog looked well and was not.
               AND (@ConversationHandle IS NULL OR @ConversationHandle <> @Pooled OR @Attempt = 0)
            BEGIN
                SELECT @ConversationHandle = @Pooled, @Capacity = @MaxMessages - @Sent;
            END
            ELSE
            BEGIN
                -- A dialog that has gone bad (DI, ER) has its EndDialog or Error message on the initiator queue, whose
                -- handler ends it; only one that is well and merely old is ended here.
                IF @State IN ('SO', 'CO') AND @Attempt = 0
                BEGIN
                    SET XACT_ABORT OFF;
                    BEGIN TRY
                        END CONVERSATION @Pooled;
                    END TRY
                    BEGIN CATCH
                        SET XACT_ABORT ON;
                        -- 8426, 8427: it was ended in the moment since the look, which is what is wanted.
                        IF ERROR_NUMBER() NOT IN (8426, 8427) OR XACT_STATE() = -1
                            THROW;
                    END CATCH;
                    SET XACT_ABORT ON;
                END;

                -- Names are written out, so that a build of the SQL project checks them. CURRENT DATABASE: other
                -- databases of the server may have a service of that name. No encryption: the dialog never leaves the
                -- database.
                IF @ContractName = N'Neo4jSyncContract'
                    BEGIN DIALOG CONVERSATION @ConversationHandle
                        FROM SERVICE [HartonomousInitiatorService]
                        TO SERVICE N'Neo4jSyncService', N'CURRENT DATABASE'
                        ON CONTRACT [Neo4jSyncContract]
                        WITH ENCRYPTION = OFF;
                ELSE
                    BEGIN DIALOG CONVERSATION @ConversationHandle
                        FROM SERVICE [HartonomousInitiatorService]
                        TO SERVICE N'IngestionService', N'CURRENT DATABASE'
                        ON CONTRACT [IngestionContract]
                        WITH ENCRYPTION = OFF;
                SET @Capacity = @MaxMessages;

                UPDATE [dbo].[DialogPool]
                SET [ConversationHandle] = @ConversationHandle, [BegunAt] = SYSUTCDATETIME()
                WHERE [FromService] = @FromService
                  AND [ToService] = @ToService
                  AND [ContractName] = @ContractName
                  AND [SessionId] = @@SPID;
                IF @@ROWCOUNT = 0
                    INSERT INTO [dbo].[DialogPool] ([FromService], [ToService], [ContractName], [SessionId], [ConversationHandle])
                    VALUES (@FromService, @ToService, @ContractName, @@SPID, @ConversationHandle);
            END;
        END;

        -- The far side may close the dialog between the look and the SEND. With XACT_ABORT off that error leaves the
        -- transaction usable, so the message can go out on a new dialog.
        SET XACT_ABORT OFF;
        BEGIN TRY
            SEND ON CONVERSATION @ConversationHandle MESSAGE TYPE @MessageType (@Body);
            SET XACT_ABORT ON;
            SET @Capacity = @Capacity - 1;
            RETURN 0;
        END TRY
        BEGIN CATCH
            SET XACT_ABORT ON;
            SET @Attempt = @Attempt + 1;
            SET @Capacity = 0;
            IF ERROR_NUMBER() NOT IN (8426, 8427, 8429, 8462) OR XACT_STATE() = -1 OR @Attempt > 2
                THROW;
        END CATCH;
    END;
END;
GO

-- Writes the body of a Neo4jSyncRequest and sends it. Internal: the enqueue procedures call it inside their
-- transaction, with values that they have checked.
CREATE PROCEDURE [dbo].[sp_SendNeo4jSync]
    @EntityType         NVARCHAR(128),
    @EntityId           BIGINT,
    @SyncType           NVARCHAR(16),
    @TenantId           INT,
    @TraceParent        NVARCHAR(55)     = NULL,
    @ConversationHandle UNIQUEIDENTIFIER = NULL OUTPUT,
    @Capacity           BIGINT           = 0    OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    -- Put together as text because nothing in it can need escaping: two words from fixed lists, numbers, a time and 55
    -- hexadecimal digits and dashes. FOR XML costs several times as much per message.
    DECLARE @Text NVARCHAR(1000) = CONCAT(
        N'<Neo4jSync><EntityType>', @EntityType,
        N'</EntityType><EntityId>', @EntityId,
        N'</EntityId><SyncType>', @SyncType,
        N'</SyncType><TenantId>', @TenantId,
        N'</TenantId><EnqueuedAt>', CONVERT(NVARCHAR(27), SYSUTCDATETIME(), 126), N'Z</EnqueuedAt>',
        -- A trace header that is none is left out: tracing must never hold up data.
        CASE
            WHEN LEN(@TraceParent) = 55 AND @TraceParent COLLATE Latin1_General_BIN2 NOT LIKE N'%[^0-9a-f-]%'
                THEN CONCAT(N'<TraceParent>', @TraceParent, N'</TraceParent>')
            ELSE N''
        END,
        N'</Neo4jSync>');

    -- NVARCHAR is UTF-16LE; the byte order mark makes it the same bytes as an XML value.
    DECLARE @Body VARBINARY(MAX) = 0xFFFE + CONVERT(VARBINARY(MAX), @Text);

    EXEC [dbo].[sp_SendOnPooledDialog]
        @ContractName = N'Neo4jSyncContract',
        @MessageType = N'Neo4jSyncRequest',
        @Body = @Body,
        @ConversationHandle = @ConversationHandle OUTPUT,
        @Capacity = @Capacity OUTPUT;
END;
GO

-- Says that an entity has changed, so that the graph follows. Part of the caller's transaction: no row without its
-- message, no message without its row.
-- EXECUTE AS OWNER: callers need EXECUTE on this procedure and no right on queues, services and contracts.
-- Errors: 51001 unknown entity type, 51002 unknown sync type, 51003 no such row and no tenant, 51004 no id.
CREATE PROCEDURE [dbo].[sp_EnqueueNeo4jSync]
    @EntityType  NVARCHAR(128),
    @EntityId    BIGINT,
    @SyncType    NVARCHAR(128) = N'CREATE',
    -- NULL: taken from the row. Must be given for a row that is deleted already.
    @TenantId    INT           = NULL,
    -- W3C trace context; the worker goes on with the trace.
    @TraceParent NVARCHAR(55)  = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT ON;
    -- A caller's transaction that could not enqueue is rolled back: it must not be able to commit the row alone.
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048);
    -- Spelled as declared, whatever the database's collation takes for equal.
    DECLARE @Entity NVARCHAR(128) = CASE @EntityType
        WHEN N'Tenant' THEN N'Tenant'
        WHEN N'User' THEN N'User'
        WHEN N'Model' THEN N'Model'
        WHEN N'ModelVersion' THEN N'ModelVersion'
        WHEN N'Atom' THEN N'Atom'
        WHEN N'AtomProvenance' THEN N'AtomProvenance'
        WHEN N'Operation' THEN N'Operation'
        WHEN N'Inference' THEN N'Inference'
        WHEN N'Decision' THEN N'Decision'
        WHEN N'GenerationStream' THEN N'GenerationStream'
    END;
    DECLARE @Sync NVARCHAR(16) = CASE @SyncType
        WHEN N'CREATE' THEN N'CREATE'
        WHEN N'UPDATE' THEN N'UPDATE'
        WHEN N'DELETE' THEN N'DELETE'
    END;

    IF @Entity IS NULL
    BEGIN
        SET @Problem = CONCAT(N'Unknown entity type ''', @EntityType, N'''. Use Tenant, User, Model, ModelVersion, Atom, ',
            N'AtomProvenance, Operation, Inference, Decision or GenerationStream.');
        THROW 51001, @Problem, 1;
    END;
    IF @Sync IS NULL
    BEGIN
        SET @Problem = CONCAT(N'Unknown sync type ''', @SyncType, N'''. Use CREATE, UPDATE or DELETE.');
        THROW 51002, @Problem, 1;
    END;
    IF @EntityId IS NULL
    BEGIN
        SET @Problem = CONCAT(N'@EntityId is NULL. Pass the id of the ', @Entity, N' that has changed.');
        THROW 51004, @Problem, 1;
    END;

    IF @TenantId IS NULL
    BEGIN
        IF @Entity = N'Atom'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Atom] AS e WHERE e.[AtomId] = @EntityId;
        ELSE IF @Entity = N'AtomProvenance'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[AtomProvenance] AS e WHERE e.[AtomProvenanceId] = @EntityId;
        ELSE IF @Entity = N'Tenant'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Tenant] AS e WHERE e.[TenantId] = @EntityId;
        ELSE IF @Entity = N'User'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[User] AS e WHERE e.[UserId] = @EntityId;
        ELSE IF @Entity = N'Model'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Model] AS e WHERE e.[ModelId] = @EntityId;
        ELSE IF @Entity = N'ModelVersion'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[ModelVersion] AS e WHERE e.[ModelVersionId] = @EntityId;
        ELSE IF @Entity = N'Operation'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Operation] AS e WHERE e.[OperationId] = @EntityId;
        ELSE IF @Entity = N'Inference'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Inference] AS e WHERE e.[InferenceId] = @EntityId;
        ELSE IF @Entity = N'Decision'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Decision] AS e WHERE e.[DecisionId] = @EntityId;
        ELSE IF @Entity = N'GenerationStream'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[GenerationStream] AS e WHERE e.[StreamId] = @EntityId;

        IF @TenantId IS NULL
        BEGIN
            SET @Problem = CONCAT(@Entity, N' ', @EntityId, N' has no row to take the tenant from. ',
                N'Check the id; for a row that is deleted already, pass @TenantId too.');
            THROW 51003, @Problem, 1;
        END;
    END;

    -- With @@TRANCOUNT above 0 this only counts; with 0 it makes dialog, pool row and message one unit.
    BEGIN TRANSACTION;
    EXEC [dbo].[sp_SendNeo4jSync]
        @EntityType = @Entity,
        @EntityId = @EntityId,
        @SyncType = @Sync,
        @TenantId = @TenantId,
        @TraceParent = @TraceParent;
    COMMIT TRANSACTION;
END;
GO

-- Set-based form of dbo.sp_EnqueueNeo4jSync for bulk changes: same rules, same errors, all messages or none.
CREATE PROCEDURE [dbo].[sp_EnqueueNeo4jSyncBatch]
    @Requests    [dbo].[Neo4jSyncRequestList] READONLY,
    @TraceParent NVARCHAR(55) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT ON;
    -- As in dbo.sp_EnqueueNeo4jSync.
    SET XACT_ABORT ON;

    DECLARE @Resolved TABLE (
        [Ordinal]         INT           IDENTITY (1, 1) NOT NULL PRIMARY KEY,
        [GivenEntityType] NVARCHAR(128) NOT NULL,
        [GivenSyncType]   NVARCHAR(128) NOT NULL,
        [EntityType]      NVARCHAR(128) NULL,
        [EntityId]        BIGINT        NOT NULL,
        [SyncType]        NVARCHAR(16)  NULL,
        [TenantId]        INT           NULL
    );
    DECLARE @Problem NVARCHAR(2048);
    DECLARE @Bad NVARCHAR(128);
    DECLARE @EntityType NVARCHAR(128), @EntityId BIGINT;
    DECLARE @Body VARBINARY(2000), @Tail NVARCHAR(200);
    DECLARE @ConversationHandle UNIQUEIDENTIFIER, @Capacity BIGINT = 0;

    INSERT INTO @Resolved ([GivenEntityType], [GivenSyncType], [EntityType], [EntityId], [SyncType], [TenantId])
    SELECT
        r.[EntityType],
        r.[SyncType],
        CASE r.[EntityType]
            WHEN N'Tenant' THEN N'Tenant'
            WHEN N'User' THEN N'User'
            WHEN N'Model' THEN N'Model'
            WHEN N'ModelVersion' THEN N'ModelVersion'
            WHEN N'Atom' THEN N'Atom'
            WHEN N'AtomProvenance' THEN N'AtomProvenance'
            WHEN N'Operation' THEN N'Operation'
            WHEN N'Inference' THEN N'Inference'
            WHEN N'Decision' THEN N'Decision'
            WHEN N'GenerationStream' THEN N'GenerationStream'
        END,
        r.[EntityId],
        CASE r.[SyncType]
            WHEN N'CREATE' THEN N'CREATE'
            WHEN N'UPDATE' THEN N'UPDATE'
            WHEN N'DELETE' THEN N'DELETE'
        END,
        r.[TenantId]
    FROM @Requests AS r;

    -- Most callers pass the tenant and spell the rest right: a single look at their rows.
    IF EXISTS (
        SELECT 1 FROM @Resolved AS r WHERE r.[EntityType] IS NULL OR r.[SyncType] IS NULL OR r.[TenantId] IS NULL
    )
    BEGIN
        SELECT TOP (1) @Bad = r.[GivenEntityType] FROM @Resolved AS r WHERE r.[EntityType] IS NULL ORDER BY r.[Ordinal];
        IF @Bad IS NOT NULL
        BEGIN
            SET @Problem = CONCAT(N'Unknown entity type ''', @Bad, N'''. Use Tenant, User, Model, ModelVersion, Atom, ',
                N'AtomProvenance, Operation, Inference, Decision or GenerationStream.');
            THROW 51001, @Problem, 1;
        END;

        SELECT TOP (1) @Bad = r.[GivenSyncType] FROM @Resolved AS r WHERE r.[SyncType] IS NULL ORDER BY r.[Ordinal];
        IF @Bad IS NOT NULL
        BEGIN
            SET @Problem = CONCAT(N'Unknown sync type ''', @Bad, N'''. Use CREATE, UPDATE or DELETE.');
            THROW 51002, @Problem, 1;
        END;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Atom] AS e ON e.[AtomId] = r.[EntityId]
        WHERE r.[EntityType] = N'Atom' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[AtomProvenance] AS e ON e.[AtomProvenanceId] = r.[EntityId]
        WHERE r.[EntityType] = N'AtomProvenance' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Tenant] AS e ON e.[TenantId] = r.[EntityId]
        WHERE r.[EntityType] = N'Tenant' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[User] AS e ON e.[UserId] = r.[EntityId]
        WHERE r.[EntityType] = N'User' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Model] AS e ON e.[ModelId] = r.[EntityId]
        WHERE r.[EntityType] = N'Model' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[ModelVersion] AS e ON e.[ModelVersionId] = r.[EntityId]
        WHERE r.[EntityType] = N'ModelVersion' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Operation] AS e ON e.[OperationId] = r.[EntityId]
        WHERE r.[EntityType] = N'Operation' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Inference] AS e ON e.[InferenceId] = r.[EntityId]
        WHERE r.[EntityType] = N'Inference' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[Decision] AS e ON e.[DecisionId] = r.[EntityId]
        WHERE r.[EntityType] = N'Decision' AND r.[TenantId] IS NULL;

        UPDATE r
        SET r.[TenantId] = e.[TenantId]
        FROM @Resolved AS r
        INNER JOIN [dbo].[GenerationStream] AS e ON e.[StreamId] = r.[EntityId]
        WHERE r.[EntityType] = N'GenerationStream' AND r.[TenantId] IS NULL;

        SELECT TOP (1) @EntityType = r.[EntityType], @EntityId = r.[EntityId]
        FROM @Resolved AS r
        WHERE r.[TenantId] IS NULL
        ORDER BY r.[Ordinal];
        IF @EntityType IS NOT NULL
        BEGIN
            SET @Problem = CONCAT(@EntityType, N' ', @EntityId, N' has no row to take the tenant from. ',
                N'Check the id; for a row that is deleted already, pass TenantId too.');
            THROW 51003, @Problem, 1;
        END;
    END;

    -- The body that dbo.sp_SendNeo4jSync writes.
    SET @Tail = CONCAT(
        N'</TenantId><EnqueuedAt>', CONVERT(NVARCHAR(27), SYSUTCDATETIME(), 126), N'Z</EnqueuedAt>',
        CASE
            WHEN LEN(@TraceParent) = 55 AND @TraceParent COLLATE Latin1_General_BIN2 NOT LIKE N'%[^0-9a-f-]%'
                THEN CONCAT(N'<TraceParent>', @TraceParent, N'</TraceParent>')
            ELSE N''
        END,
        N'</Neo4jSync>');

    -- SEND takes one body for all its handles, so a loop is the only way to several messages.
    DECLARE [messages] CURSOR LOCAL FAST_FORWARD FOR
        SELECT
            0xFFFE + CONVERT(VARBINARY(1998), CONCAT(
                N'<Neo4jSync><EntityType>', r.[EntityType],
                N'</EntityType><EntityId>', r.[EntityId],
                N'</EntityId><SyncType>', r.[SyncType],
                N'</SyncType><TenantId>', r.[TenantId], @Tail))
        FROM @Resolved AS r
        ORDER BY r.[Ordinal];

    BEGIN TRANSACTION;
    OPEN [messages];
    FETCH NEXT FROM [messages] INTO @Body;
    WHILE @@FETCH_STATUS = 0
    BEGIN
        EXEC [dbo].[sp_SendOnPooledDialog]
            @ContractName = N'Neo4jSyncContract',
            @MessageType = N'Neo4jSyncRequest',
            @Body = @Body,
            @ConversationHandle = @ConversationHandle OUTPUT,
            @Capacity = @Capacity OUTPUT;
        FETCH NEXT FROM [messages] INTO @Body;
        -- That SEND has locked the dialog for the transaction: it can't go bad before it is full.
        WHILE @Capacity > 0 AND @@FETCH_STATUS = 0
        BEGIN
            SEND ON CONVERSATION @ConversationHandle MESSAGE TYPE [Neo4jSyncRequest] (@Body);
            SET @Capacity = @Capacity - 1;
            FETCH NEXT FROM [messages] INTO @Body;
        END;
    END;
    CLOSE [messages];
    DEALLOCATE [messages];
    COMMIT TRANSACTION;
END;
GO

-- Named by operators as activation procedure of dbo.Neo4jSyncQueue. Nothing inside SQL Server can reach Neo4j, so it
-- receives nothing, says so in dbo.Neo4jSyncLog and turns activation off again: no message is lost, and the external
-- worker, which is the way that works, gets them all.
CREATE PROCEDURE [dbo].[sp_ForwardToNeo4j_Activated]
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    BEGIN TRANSACTION;

    -- One row per time that somebody turns it on, however many readers the queue starts.
    IF EXISTS (
        SELECT 1
        FROM sys.service_queues AS q
        WHERE q.[object_id] = OBJECT_ID(N'dbo.Neo4jSyncQueue') AND q.[is_activation_enabled] = 1
    )
    BEGIN
        ALTER QUEUE [dbo].[Neo4jSyncQueue] WITH ACTIVATION (STATUS = OFF);

        INSERT INTO [dbo].[Neo4jSyncLog] ([Outcome], [MessageCount], [Detail])
        VALUES (
            N'ACTIVATION_REFUSED',
            0,
            N'Internal activation of dbo.Neo4jSyncQueue was turned off again: SQL Server can''t reach Neo4j, and an activated procedure would take messages from the worker. No message was received. Run neo4j-sync-worker.'
        );
    END;

    COMMIT TRANSACTION;
END;
GO

-- Activated on dbo.HartonomousInitiatorQueue: ends the senders' side of dialogs that the far side has closed, so that
-- neither messages nor endpoints pile up. It leaves dbo.DialogPool alone: the sender sees that its dialog is gone and
-- replaces it, and a second writer of that row could deadlock with it.
CREATE PROCEDURE [dbo].[sp_HandleInitiatorMessages_Activated]
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @ConversationHandle UNIQUEIDENTIFIER, @MessageType NVARCHAR(256), @Body VARBINARY(MAX);

    WHILE 1 = 1
    BEGIN
        BEGIN TRANSACTION;

        -- Waits a second before it gives up: activation would have to start it again for the next message.
        WAITFOR (
            RECEIVE TOP (1)
                @ConversationHandle = [conversation_handle],
                @MessageType = [message_type_name],
                @Body = [message_body]
            FROM [dbo].[HartonomousInitiatorQueue]
        ), TIMEOUT 1000;

        IF @@ROWCOUNT = 0
        BEGIN
            COMMIT TRANSACTION;
            RETURN 0;
        END;

        IF @MessageType = N'http://schemas.microsoft.com/SQL/ServiceBroker/Error'
        BEGIN
            -- The body is UTF-16 text, after its byte order mark.
            INSERT INTO [dbo].[Neo4jSyncLog] ([Outcome], [MessageCount], [Detail])
            VALUES (
                N'DIALOG_ERROR',
                0,
                CONCAT(
                    N'Dialog ', @ConversationHandle, N' ended with an error; messages sent on it may not have arrived: ',
                    LEFT(CONVERT(NVARCHAR(MAX),
                        CASE WHEN SUBSTRING(@Body, 1, 2) = 0xFFFE THEN SUBSTRING(@Body, 3, 7000) ELSE @Body END), 3500))
            );
            END CONVERSATION @ConversationHandle;
        END
        ELSE IF @MessageType = N'http://schemas.microsoft.com/SQL/ServiceBroker/EndDialog'
            END CONVERSATION @ConversationHandle;

        COMMIT TRANSACTION;
    END;
END;
GO

-- Writes the outcomes of a batch in one statement. One JSON parameter and not a table type: it needs no type on the
-- client, and one text per batch costs less on the wire than typed rows. NULL and [] write nothing.
-- @Entries: [[outcome, entityType, entityId, tenantId, syncType, syncSequence, messageCount, enqueuedAt, detail], ...], all
-- but outcome may be null; times are ISO 8601 in UTC. Lists, because with objects the names would be most of the text.
CREATE PROCEDURE [dbo].[sp_LogNeo4jSync]
    @Entries NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO [dbo].[Neo4jSyncLog]
        ([Outcome], [EntityType], [EntityId], [TenantId], [SyncType], [SyncSequence], [MessageCount], [EnqueuedAt], [Detail])
    SELECT
        j.[Outcome], j.[EntityType], j.[EntityId], j.[TenantId], j.[SyncType], j.[SyncSequence],
        ISNULL(j.[MessageCount], 1), j.[EnqueuedAt], LEFT(j.[Detail], 4000)
    FROM OPENJSON(@Entries) WITH (
        [Outcome]      NVARCHAR(32)  '$[0]',
        [EntityType]   NVARCHAR(128) '$[1]',
        [EntityId]     BIGINT        '$[2]',
        [TenantId]     INT           '$[3]',
        [SyncType]     NVARCHAR(16)  '$[4]',
        [SyncSequence] BIGINT        '$[5]',
        [MessageCount] INT           '$[6]',
        [EnqueuedAt]   DATETIME2(7)  '$[7]',
        [Detail]       NVARCHAR(MAX) '$[8]'
    ) AS j;
END;
GO

-- Keeps messages that can't be processed, in the transaction that received them. One JSON parameter, as in
-- dbo.sp_LogNeo4jSync; NULL and [] write nothing.
-- @Entries: [{"reasonCode", "reasonText", "messageBody" (hexadecimal digits), "messageTypeName", "conversationHandle",
-- "messageSequenceNumber", "entityType", "entityId", "tenantId", "syncType", "enqueuedAt", "receivedAt"}]; times are
-- ISO 8601 in UTC.
CREATE PROCEDURE [dbo].[sp_DeadLetterNeo4jSync]
    @Entries NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO [dbo].[Neo4jSyncDeadLetterQueue]
        ([ReasonCode], [ReasonText], [MessageBody], [MessageTypeName], [ConversationHandle], [MessageSequenceNumber],
         [EntityType], [EntityId], [TenantId], [SyncType], [EnqueuedAt], [ReceivedAt])
    SELECT
        j.[ReasonCode], LEFT(j.[ReasonText], 4000), CONVERT(VARBINARY(MAX), j.[MessageBody], 2), j.[MessageTypeName],
        j.[ConversationHandle], j.[MessageSequenceNumber], LEFT(j.[EntityType], 128), j.[EntityId], j.[TenantId],
        LEFT(j.[SyncType], 16), j.[EnqueuedAt], ISNULL(j.[ReceivedAt], SYSUTCDATETIME())
    FROM OPENJSON(@Entries) WITH (
        [ReasonCode]            NVARCHAR(64)     '$.reasonCode',
        [ReasonText]            NVARCHAR(MAX)    '$.reasonText',
        [MessageBody]           NVARCHAR(MAX)    '$.messageBody',
        [MessageTypeName]       NVARCHAR(256)    '$.messageTypeName',
        [ConversationHandle]    UNIQUEIDENTIFIER '$.conversationHandle',
        [MessageSequenceNumber] BIGINT           '$.messageSequenceNumber',
        [EntityType]            NVARCHAR(MAX)    '$.entityType',
        [EntityId]              BIGINT           '$.entityId',
        [TenantId]              INT              '$.tenantId',
        [SyncType]              NVARCHAR(MAX)    '$.syncType',
        [EnqueuedAt]            DATETIME2(7)     '$.enqueuedAt',
        [ReceivedAt]            DATETIME2(7)     '$.receivedAt'
    ) AS j;
END;
GO

-- Deletes log rows past their retention, in slices: one big DELETE would escalate to a lock on the whole table and stop
-- the workers. Not to be called inside a transaction, which would keep the locks of all slices.
CREATE PROCEDURE [dbo].[sp_PurgeNeo4jSyncLog]
    @RetentionDays INT = 30,
    @Purged        BIGINT = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    -- Lock escalation starts at about 5,000 locks of one statement.
    DECLARE @SliceSize INT = 4000;
    DECLARE @Deleted INT = @SliceSize;
    DECLARE @Before DATETIME2(7) = DATEADD(DAY, -@RetentionDays, SYSUTCDATETIME());

    IF @RetentionDays IS NULL OR @RetentionDays < 0
        THROW 51005, N'@RetentionDays must be 0 or more.', 1;

    SET @Purged = 0;
    WHILE @Deleted = @SliceSize
    BEGIN
        DELETE TOP (@SliceSize) FROM [dbo].[Neo4jSyncLog] WHERE [LoggedAt] < @Before;
        SET @Deleted = @@ROWCOUNT;
        SET @Purged = @Purged + @Deleted;
    END;
END;
GO

-- Begins the upload of a file that is too large for one parameter. Then dbo.sp_AppendIngestionFile for each slice,
-- dbo.sp_CompleteIngestionFile, and dbo.sp_EnqueueIngestion with @IngestionFileId. Needs no transaction: an upload that
-- isn't completed is purged.
-- Errors: 51030 file name, 51033 tenant.
CREATE PROCEDURE [dbo].[sp_BeginIngestionFile]
    @FileName        NVARCHAR(400),
    @TenantId        INT    = 0,
    @IngestionFileId BIGINT = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048);

    IF @FileName IS NULL OR LEN(@FileName) = 0
        THROW 51030, N'@FileName is empty. Pass the name of the file; its extension helps to tell what the file is.', 1;
    IF @TenantId IS NULL OR NOT EXISTS (SELECT 1 FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = @TenantId)
    BEGIN
        SET @Problem = CONCAT(N'There is no tenant ', ISNULL(CONVERT(NVARCHAR(11), @TenantId), N'NULL'),
            N'. Insert its row into dbo.Tenant first.');
        THROW 51033, @Problem, 1;
    END;

    INSERT INTO [dbo].[IngestionFile] ([TenantId], [FileName]) VALUES (@TenantId, @FileName);
    SET @IngestionFileId = SCOPE_IDENTITY();
END;
GO

-- Adds a slice to a file that is uploaded; slices are numbered from 0. Up to 8 MB, better 1 MB.
-- Errors: 51032 no such upload, 51034 the slice.
CREATE PROCEDURE [dbo].[sp_AppendIngestionFile]
    @IngestionFileId BIGINT,
    @SliceNumber     INT,
    @Content         VARBINARY(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048);

    IF @Content IS NULL OR DATALENGTH(@Content) = 0 OR DATALENGTH(@Content) > 8388608
        THROW 51034, N'@Content is empty or larger than 8 MB. Send slices of 1 MB.', 1;
    IF NOT EXISTS (
        SELECT 1 FROM [dbo].[IngestionFile] AS f WHERE f.[IngestionFileId] = @IngestionFileId AND f.[State] = N'UPLOADING'
    )
    BEGIN
        SET @Problem = CONCAT(N'No file ', @IngestionFileId, N' is being uploaded. Begin with dbo.sp_BeginIngestionFile; ',
            N'a file that is complete takes no more slices.');
        THROW 51032, @Problem, 1;
    END;
    IF @SliceNumber IS NULL OR EXISTS (
        SELECT 1
        FROM [dbo].[IngestionFileSlice] AS s
        WHERE s.[IngestionFileId] = @IngestionFileId AND s.[SliceNumber] = @SliceNumber
    )
        THROW 51034, N'@SliceNumber is NULL or was sent before. Number the slices from 0.', 1;

    INSERT INTO [dbo].[IngestionFileSlice] ([IngestionFileId], [SliceNumber], [Content])
    VALUES (@IngestionFileId, @SliceNumber, @Content);
END;
GO

-- Ends the upload of a file: from now on it can be enqueued.
-- Errors: 51032 no such upload, 51035 not all of it is there.
CREATE PROCEDURE [dbo].[sp_CompleteIngestionFile]
    @IngestionFileId BIGINT,
    -- Bytes that were sent, so that a lost slice shows.
    @ByteCount       BIGINT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048);
    DECLARE @Bytes BIGINT, @Slices INT, @Last INT;

    SELECT
        @Bytes = ISNULL(SUM(CONVERT(BIGINT, DATALENGTH(s.[Content]))), 0),
        @Slices = COUNT(*),
        @Last = ISNULL(MAX(s.[SliceNumber]), -1)
    FROM [dbo].[IngestionFileSlice] AS s
    WHERE s.[IngestionFileId] = @IngestionFileId;

    IF @ByteCount IS NULL OR @Bytes <> @ByteCount OR @Last <> @Slices - 1
    BEGIN
        SET @Problem = CONCAT(N'File ', @IngestionFileId, N' is not all there: ', @Bytes, N' bytes in ', @Slices,
            N' slices, the last with number ', @Last, N', and not ', @ByteCount, N' bytes. Upload it again.');
        THROW 51035, @Problem, 1;
    END;

    UPDATE f
    SET f.[State] = N'COMPLETE', f.[ByteCount] = @ByteCount
    FROM [dbo].[IngestionFile] AS f
    WHERE f.[IngestionFileId] = @IngestionFileId AND f.[State] = N'UPLOADING';
    IF @@ROWCOUNT = 0
    BEGIN
        SET @Problem = CONCAT(N'No file ', @IngestionFileId, N' is being uploaded. Begin with dbo.sp_BeginIngestionFile.');
        THROW 51032, @Problem, 1;
    END;
END;
GO

-- Says that a file is to be ingested: its atoms come into dbo.Atom, and by their sync into the graph. Part of the
-- caller's transaction, like dbo.sp_EnqueueNeo4jSync. The bytes are @FileData, or those of an uploaded file
-- (@IngestionFileId), or what the worker finds at @SourceUri (file:// or https://, within what its settings allow);
-- with one of the first two, @SourceUri only says where the file came from.
-- EXECUTE AS OWNER: callers need EXECUTE on this procedure and no right on tables, queues, services and contracts.
-- Errors: 51030 file name, 51031 source, 51032 uploaded file, 51033 tenant.
CREATE PROCEDURE [dbo].[sp_EnqueueIngestion]
    @FileName        NVARCHAR(400),
    @FileData        VARBINARY(MAX) = NULL,
    @TenantId        INT            = 0,
    @SourceUri       NVARCHAR(2048) = NULL,
    @IngestionFileId BIGINT         = NULL,
    -- W3C trace context; the worker goes on with the trace.
    @TraceParent     NVARCHAR(55)   = NULL,
    -- The row of dbo.IngestionJob that will tell what became of the file.
    @IngestionJobId  BIGINT         = NULL OUTPUT
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT ON;
    -- A caller's transaction that could not enqueue is rolled back.
    SET XACT_ABORT ON;

    -- As text of XML in UTF-16 a byte is four bytes of message. Much larger, and messages are slow to receive; much
    -- smaller, and small files take two more tables.
    DECLARE @MaxInlineBytes BIGINT = 65536;
    DECLARE @SliceBytes BIGINT = 1048576;
    DECLARE @Problem NVARCHAR(2048);
    DECLARE @Name NVARCHAR(MAX), @Uri NVARCHAR(MAX), @Text NVARCHAR(MAX), @Body VARBINARY(MAX);
    DECLARE @Bytes BIGINT = DATALENGTH(@FileData), @Slice INT = 0, @EnqueuedAt DATETIME2(7) = SYSUTCDATETIME();

    IF @FileName IS NULL OR LEN(@FileName) = 0
        THROW 51030, N'@FileName is empty. Pass the name of the file; its extension helps to tell what the file is.', 1;

    SET @Name = REPLACE(REPLACE(REPLACE(@FileName, N'&', N'&amp;'), N'<', N'&lt;'), N'>', N'&gt;');
    SET @Uri = REPLACE(REPLACE(REPLACE(@SourceUri, N'&', N'&amp;'), N'<', N'&lt;'), N'>', N'&gt;');
    -- What XML can't hold (control characters, half of a surrogate pair) would fail only on its way to the queue, where
    -- the caller doesn't see it.
    IF TRY_CONVERT(XML, CONCAT(N'<a>', @Name, N'</a>')) IS NULL
        THROW 51030, N'@FileName has characters that no message can hold, for example control characters. Rename the file.', 1;
    IF TRY_CONVERT(XML, CONCAT(N'<a>', @Uri, N'</a>')) IS NULL
        THROW 51031, N'@SourceUri has characters that no message can hold. Escape them as in any URI.', 1;

    IF @TenantId IS NULL OR NOT EXISTS (SELECT 1 FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = @TenantId)
    BEGIN
        SET @Problem = CONCAT(N'There is no tenant ', ISNULL(CONVERT(NVARCHAR(11), @TenantId), N'NULL'),
            N'. Insert its row into dbo.Tenant first.');
        THROW 51033, @Problem, 1;
    END;

    IF @FileData IS NOT NULL AND @IngestionFileId IS NOT NULL
        THROW 51031, N'The file''s bytes are given twice. Pass @FileData or @IngestionFileId, not both.', 1;
    IF @FileData IS NULL AND @IngestionFileId IS NULL
       AND (@SourceUri IS NULL OR (@SourceUri NOT LIKE N'file://%' AND @SourceUri NOT LIKE N'https://%'))
        THROW 51031, N'The file has no bytes. Pass @FileData, @IngestionFileId, or a @SourceUri that begins with file:// or https://.', 1;

    IF @IngestionFileId IS NOT NULL AND NOT EXISTS (
        SELECT 1
        FROM [dbo].[IngestionFile] AS f
        WHERE f.[IngestionFileId] = @IngestionFileId AND f.[TenantId] = @TenantId AND f.[State] = N'COMPLETE'
    )
    BEGIN
        SET @Problem = CONCAT(N'Tenant ', @TenantId, N' has no uploaded file ', @IngestionFileId,
            N'. Upload it with dbo.sp_BeginIngestionFile, dbo.sp_AppendIngestionFile and dbo.sp_CompleteIngestionFile.');
        THROW 51032, @Problem, 1;
    END;

    BEGIN TRANSACTION;
    IF @Bytes > @MaxInlineBytes
    BEGIN
        INSERT INTO [dbo].[IngestionFile] ([TenantId], [FileName], [State], [ByteCount])
        VALUES (@TenantId, @FileName, N'COMPLETE', @Bytes);
        SET @IngestionFileId = SCOPE_IDENTITY();
        WHILE @Slice * @SliceBytes < @Bytes
        BEGIN
            INSERT INTO [dbo].[IngestionFileSlice] ([IngestionFileId], [SliceNumber], [Content])
            VALUES (@IngestionFileId, @Slice, SUBSTRING(@FileData, @Slice * @SliceBytes + 1, @SliceBytes));
            SET @Slice = @Slice + 1;
        END;
        SET @FileData = NULL;
    END;

    INSERT INTO [dbo].[IngestionJob] ([TenantId], [FileName], [SourceUri], [IngestionFileId], [EnqueuedAt])
    VALUES (@TenantId, @FileName, @SourceUri, @IngestionFileId, @EnqueuedAt);
    SET @IngestionJobId = SCOPE_IDENTITY();

    SET @Text = CONCAT(
        N'<IngestionRequest><FileName>', @Name,
        N'</FileName><TenantId>', @TenantId, N'</TenantId>',
        CASE WHEN @Uri IS NOT NULL THEN CONCAT(N'<SourceUri>', @Uri, N'</SourceUri>') ELSE N'' END,
        CASE
            WHEN @FileData IS NOT NULL
                THEN CONCAT(N'<FileDataHex>', CONVERT(NVARCHAR(MAX), @FileData, 2), N'</FileDataHex>')
            WHEN @IngestionFileId IS NOT NULL
                THEN CONCAT(N'<IngestionFileId>', @IngestionFileId, N'</IngestionFileId>')
            ELSE N''
        END,
        N'<IngestionJobId>', @IngestionJobId,
        N'</IngestionJobId><EnqueuedAt>', CONVERT(NVARCHAR(27), @EnqueuedAt, 126), N'Z</EnqueuedAt>',
        -- A trace header that is none is left out: tracing must never hold up data.
        CASE
            WHEN LEN(@TraceParent) = 55 AND @TraceParent COLLATE Latin1_General_BIN2 NOT LIKE N'%[^0-9a-f-]%'
                THEN CONCAT(N'<TraceParent>', @TraceParent, N'</TraceParent>')
            ELSE N''
        END,
        N'</IngestionRequest>');
    -- NVARCHAR is UTF-16LE; the byte order mark makes it the same bytes as an XML value.
    SET @Body = 0xFFFE + CONVERT(VARBINARY(MAX), @Text);

    EXEC [dbo].[sp_SendOnPooledDialog]
        @ContractName = N'IngestionContract',
        @MessageType = N'IngestionRequest',
        @Body = @Body;
    COMMIT TRANSACTION;
END;
GO

-- A worker begins with a file. Called outside the transaction that received the message, so that the row is seen at
-- once and survives a worker that vanishes. Answers with the job, with how many workers in a row have begun with the
-- file and then vanished, whether the tenant is there, and, where the file was found to be refused already, the reason.
-- A sender past dbo.sp_EnqueueIngestion gives no job, or one that isn't there: then the message's own is found or made.
-- No two workers have the same message, so nothing can come between the look and the insert.
CREATE PROCEDURE [dbo].[sp_StartIngestionJob]
    @IngestionJobId        BIGINT,
    @TenantId              INT,
    @FileName              NVARCHAR(400),
    @SourceUri             NVARCHAR(2048),
    @IngestionFileId       BIGINT,
    @EnqueuedAt            DATETIME2(7),
    @ConversationHandle    UNIQUEIDENTIFIER,
    @MessageSequenceNumber BIGINT,
    @WorkerId              UNIQUEIDENTIFIER
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @JobId BIGINT;

    SELECT @JobId = j.[IngestionJobId]
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;
    IF @JobId IS NULL
        SELECT @JobId = MAX(j.[IngestionJobId])
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[ConversationHandle] = @ConversationHandle AND j.[MessageSequenceNumber] = @MessageSequenceNumber;

    IF @JobId IS NULL
    BEGIN
        INSERT INTO [dbo].[IngestionJob]
            ([TenantId], [FileName], [SourceUri], [IngestionFileId], [EnqueuedAt], [ConversationHandle], [MessageSequenceNumber])
        VALUES
            (@TenantId, @FileName, @SourceUri, @IngestionFileId, @EnqueuedAt, @ConversationHandle, @MessageSequenceNumber);
        SET @JobId = SCOPE_IDENTITY();
    END;

    UPDATE j
    SET
        j.[Attempts] = CASE
            WHEN j.[Status] NOT IN (N'RUNNING', N'REFUSED') THEN 1
            WHEN j.[Status] = N'RUNNING' AND j.[WorkerId] <> @WorkerId THEN j.[Attempts] + 1
            ELSE j.[Attempts]
        END,
        j.[ErrorCode] = CASE WHEN j.[Status] = N'REFUSED' THEN j.[ErrorCode] END,
        j.[ErrorText] = CASE WHEN j.[Status] = N'REFUSED' THEN j.[ErrorText] END,
        j.[Status] = CASE WHEN j.[Status] = N'REFUSED' THEN N'REFUSED' ELSE N'RUNNING' END,
        j.[WorkerId] = @WorkerId,
        j.[StartedAt] = SYSUTCDATETIME(),
        j.[FinishedAt] = NULL
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @JobId;

    SELECT
        j.[IngestionJobId],
        j.[Attempts],
        j.[ErrorCode],
        j.[ErrorText],
        CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = @TenantId) THEN 1 ELSE 0 END AS [TenantExists]
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @JobId;
END;
GO

-- A worker has rolled a file back, and its message is in the queue again: to be tried again (@ErrorCode NULL), or, when
-- it can't be ingested, for whichever worker receives it to put among the dead letters without doing the work again.
CREATE PROCEDURE [dbo].[sp_ReleaseIngestionJob]
    @IngestionJobId BIGINT,
    @WorkerId       UNIQUEIDENTIFIER,
    @ErrorCode      NVARCHAR(64)   = NULL,
    @ErrorText      NVARCHAR(4000) = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    UPDATE j
    SET
        j.[Status] = CASE WHEN @ErrorCode IS NULL THEN N'QUEUED' ELSE N'REFUSED' END,
        j.[ErrorCode] = @ErrorCode,
        j.[ErrorText] = @ErrorText
    FROM [dbo].[IngestionJob] AS j
    -- Another worker may have it by now.
    WHERE j.[IngestionJobId] = @IngestionJobId AND j.[WorkerId] = @WorkerId AND j.[Status] = N'RUNNING';
END;
GO

-- Begins to write the atoms of a file: answers with the atom of the file as a whole, and whether it is new. When it isn't, the
-- tenant has this very file, and there is nothing to write. Internal to ces-consumer, inside its transaction.
-- From here to the end of the transaction this tenant's other ingestions wait, for a lock on the tenant's row that
-- hinders no reader. They write many rows with random hashes in common with each other: ranges of an index that each of
-- them locked in its own order would end in deadlocks, and without locks equal content would come in twice. Reading files
-- and taking them apart isn't under the lock. How long to wait is for the caller's SET LOCK_TIMEOUT to say.
-- Errors: 51033 tenant, 51040 no transaction.
CREATE PROCEDURE [dbo].[sp_BeginIngestedDocument]
    @TenantId      INT,
    @ContentType   NVARCHAR(256),
    @ContentHash   VARBINARY(32),
    @AtomicValue   VARBINARY(64),
    @Metadata      NVARCHAR(MAX),
    @TraceParent   NVARCHAR(55) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @AtomId BIGINT, @IsNew BIT = 0, @Locked INT, @Problem NVARCHAR(2048);

    IF @@TRANCOUNT = 0
        THROW 51040, N'dbo.sp_BeginIngestedDocument must run inside a transaction, which is what holds its lock. Call dbo.sp_EnqueueIngestion to ingest a file.', 1;

    SELECT @Locked = t.[TenantId] FROM [dbo].[Tenant] AS t WITH (UPDLOCK, ROWLOCK) WHERE t.[TenantId] = @TenantId;
    IF @Locked IS NULL
    BEGIN
        SET @Problem = CONCAT(N'There is no tenant ', @TenantId, N'. Insert its row into dbo.Tenant first.');
        THROW 51033, @Problem, 1;
    END;

    SELECT @AtomId = MIN(a.[AtomId])
    FROM [dbo].[Atom] AS a
    WHERE a.[TenantId] = @TenantId AND a.[ContentHash] = @ContentHash AND a.[AtomType] = N'document';

    IF @AtomId IS NULL
    BEGIN
        INSERT INTO [dbo].[Atom] ([TenantId], [AtomType], [ContentType], [ContentHash], [AtomicValue], [Metadata])
        VALUES (@TenantId, N'document', @ContentType, @ContentHash, @AtomicValue, @Metadata);
        SET @AtomId = SCOPE_IDENTITY();
        SET @IsNew = 1;
        EXEC [dbo].[sp_EnqueueNeo4jSync]
            @EntityType = N'Atom',
            @EntityId = @AtomId,
            @SyncType = N'CREATE',
            @TenantId = @TenantId,
            @TraceParent = @TraceParent;
    END;

    SELECT @AtomId AS [AtomId], @IsNew AS [IsNew];
END;
GO

-- Writes a slice of a file's atoms and their DERIVED_FROM edges, and enqueues for sync what is new.
-- Content that the tenant has already, with the same AtomType, becomes one more reference to the atom that is there.
-- ReferenceCount is the number of edges from an atom to its parents, for the atom of a file 1. Internal to
-- ces-consumer, after dbo.sp_BeginIngestedDocument in the same transaction, whose lock it needs.
-- Answers with how many atoms and edges are new, and with the atoms of the open slots; at least one row.
-- Errors: 51040 no transaction.
CREATE PROCEDURE [dbo].[sp_WriteIngestedAtoms]
    @TenantId    INT,
    @Atoms       [dbo].[IngestedAtomList] READONLY,
    @Edges       [dbo].[IngestedEdgeList] READONLY,
    -- JSON array of the slots whose atoms the caller wants to know.
    @OpenSlots   NVARCHAR(MAX),
    @TraceParent NVARCHAR(55) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Known TABLE (
        [Slot]   INT    NOT NULL PRIMARY KEY,
        [AtomId] BIGINT NOT NULL,
        [IsNew]  BIT    NOT NULL
    );
    DECLARE @Added TABLE (
        [AtomId]      BIGINT        NOT NULL PRIMARY KEY,
        [AtomType]    NVARCHAR(64)  NOT NULL,
        [ContentHash] VARBINARY(32) NOT NULL
    );
    DECLARE @NewEdges TABLE (
        [ChildSlot]      INT          NOT NULL,
        [ParentSlot]     INT          NULL,
        [ParentAtomId]   BIGINT       NULL,
        [MayExist]       BIT          NOT NULL,
        [DerivationType] NVARCHAR(64) NOT NULL,
        [SequenceNumber] INT          NOT NULL,
        [StartOffset]    BIGINT       NULL,
        [EndOffset]      BIGINT       NULL
    );
    DECLARE @Requests [dbo].[Neo4jSyncRequestList];
    DECLARE @Locked INT, @AddedAtoms INT, @AddedEdges INT;

    IF @@TRANCOUNT = 0
        THROW 51040, N'dbo.sp_WriteIngestedAtoms must run in the transaction of dbo.sp_BeginIngestedDocument. Call dbo.sp_EnqueueIngestion to ingest a file.', 1;

    -- Held already, in the transaction of dbo.sp_BeginIngestedDocument; taken again so that nothing depends on it.
    SELECT @Locked = t.[TenantId] FROM [dbo].[Tenant] AS t WITH (UPDLOCK, ROWLOCK) WHERE t.[TenantId] = @TenantId;

    -- MIN: applications insert atoms past this procedure, and may have inserted the same content twice.
    INSERT INTO @Known ([Slot], [AtomId], [IsNew])
    SELECT n.[Slot], MIN(a.[AtomId]), 0
    FROM @Atoms AS n
    INNER JOIN [dbo].[Atom] AS a
        ON a.[TenantId] = @TenantId AND a.[ContentHash] = n.[ContentHash] AND a.[AtomType] = n.[AtomType]
    GROUP BY n.[Slot];

    -- Edges that are there already, or twice in this slice, come from parents that occur twice only.
    IF EXISTS (SELECT 1 FROM @Edges AS e WHERE e.[MayExist] = 1)
       OR EXISTS (SELECT 1 FROM @Edges AS e INNER JOIN @Known AS k ON k.[Slot] = e.[ParentSlot])
    BEGIN
        INSERT INTO @NewEdges
            ([ChildSlot], [ParentSlot], [ParentAtomId], [MayExist], [DerivationType], [SequenceNumber], [StartOffset], [EndOffset])
        SELECT
            e.[ChildSlot],
            CASE WHEN k.[AtomId] IS NULL THEN e.[ParentSlot] END,
            ISNULL(k.[AtomId], e.[ParentAtomId]),
            MAX(CASE WHEN k.[AtomId] IS NOT NULL OR e.[MayExist] = 1 THEN 1 ELSE 0 END),
            e.[DerivationType], e.[SequenceNumber], MIN(e.[StartOffset]), MIN(e.[EndOffset])
        FROM @Edges AS e
        LEFT JOIN @Known AS k ON k.[Slot] = e.[ParentSlot]
        GROUP BY
            e.[ChildSlot], CASE WHEN k.[AtomId] IS NULL THEN e.[ParentSlot] END, ISNULL(k.[AtomId], e.[ParentAtomId]),
            e.[DerivationType], e.[SequenceNumber];

        -- Equal parents have equal children, at the same places in them.
        DELETE n
        FROM @NewEdges AS n
        INNER JOIN @Known AS c ON c.[Slot] = n.[ChildSlot]
        INNER JOIN [dbo].[AtomProvenance] AS x
            ON x.[ParentAtomId] = n.[ParentAtomId]
           AND x.[TenantId] = @TenantId
           AND x.[SequenceNumber] = n.[SequenceNumber]
           AND x.[ChildAtomId] = c.[AtomId]
           AND x.[RelationType] = N'DERIVED_FROM'
           AND x.[DerivationType] = n.[DerivationType]
        WHERE n.[MayExist] = 1;
    END
    ELSE
        INSERT INTO @NewEdges
            ([ChildSlot], [ParentSlot], [ParentAtomId], [MayExist], [DerivationType], [SequenceNumber], [StartOffset], [EndOffset])
        SELECT
            e.[ChildSlot], e.[ParentSlot], e.[ParentAtomId], e.[MayExist], e.[DerivationType], e.[SequenceNumber],
            e.[StartOffset], e.[EndOffset]
        FROM @Edges AS e;

    -- Ids in the order of the file.
    INSERT INTO [dbo].[Atom]
        ([TenantId], [AtomType], [ContentType], [ContentHash], [AtomicValue], [CanonicalText], [Metadata], [ReferenceCount])
    OUTPUT inserted.[AtomId], inserted.[AtomType], inserted.[ContentHash]
        INTO @Added ([AtomId], [AtomType], [ContentHash])
    SELECT
        @TenantId, n.[AtomType], n.[ContentType], n.[ContentHash], n.[AtomicValue], n.[CanonicalText], n.[Metadata],
        ISNULL(g.[Edges], 0)
    FROM @Atoms AS n
    LEFT JOIN (SELECT e.[ChildSlot], COUNT(*) AS [Edges] FROM @NewEdges AS e GROUP BY e.[ChildSlot]) AS g
        ON g.[ChildSlot] = n.[Slot]
    WHERE NOT EXISTS (SELECT 1 FROM @Known AS k WHERE k.[Slot] = n.[Slot])
    ORDER BY n.[Slot];
    SET @AddedAtoms = @@ROWCOUNT;

    INSERT INTO @Known ([Slot], [AtomId], [IsNew])
    SELECT n.[Slot], d.[AtomId], 1
    FROM @Added AS d
    INNER JOIN @Atoms AS n ON n.[ContentHash] = d.[ContentHash] AND n.[AtomType] = d.[AtomType];

    INSERT INTO [dbo].[AtomProvenance]
        ([TenantId], [ChildAtomId], [ParentAtomId], [RelationType], [DerivationType], [SequenceNumber], [StartOffset], [EndOffset])
    OUTPUT N'AtomProvenance', inserted.[AtomProvenanceId], N'CREATE', inserted.[TenantId]
        INTO @Requests ([EntityType], [EntityId], [SyncType], [TenantId])
    SELECT
        @TenantId, c.[AtomId], ISNULL(p.[AtomId], e.[ParentAtomId]), N'DERIVED_FROM', e.[DerivationType],
        e.[SequenceNumber], e.[StartOffset], e.[EndOffset]
    FROM @NewEdges AS e
    INNER JOIN @Known AS c ON c.[Slot] = e.[ChildSlot]
    LEFT JOIN @Known AS p ON p.[Slot] = e.[ParentSlot];
    SET @AddedEdges = @@ROWCOUNT;

    IF @AddedAtoms < (SELECT COUNT(*) FROM @Known)
        UPDATE a
        SET a.[ReferenceCount] = a.[ReferenceCount] + g.[Edges]
        FROM [dbo].[Atom] AS a
        INNER JOIN (
            SELECT k.[AtomId], COUNT(*) AS [Edges]
            FROM @NewEdges AS e
            INNER JOIN @Known AS k ON k.[Slot] = e.[ChildSlot]
            WHERE k.[IsNew] = 0
            GROUP BY k.[AtomId]
        ) AS g ON g.[AtomId] = a.[AtomId];

    INSERT INTO @Requests ([EntityType], [EntityId], [SyncType], [TenantId])
    SELECT N'Atom', d.[AtomId], N'CREATE', @TenantId FROM @Added AS d;
    EXEC [dbo].[sp_EnqueueNeo4jSyncBatch] @Requests = @Requests, @TraceParent = @TraceParent;

    SELECT k.[Slot], k.[AtomId], k.[IsNew], c.[AddedAtoms], c.[AddedEdges]
    FROM (SELECT @AddedAtoms AS [AddedAtoms], @AddedEdges AS [AddedEdges]) AS c
    LEFT JOIN @Known AS k ON k.[Slot] IN (SELECT o.[Slot] FROM OPENJSON(@OpenSlots) WITH ([Slot] INT '$') AS o);
END;
GO

-- Ends the ingestion of a file, in the transaction that received its message and wrote its atoms: the job says what
-- became of it, a new document gets its Operation, an uploaded file is removed. Internal to ces-consumer.
CREATE PROCEDURE [dbo].[sp_FinishIngestion]
    @IngestionJobId  BIGINT,
    @TenantId        INT,
    -- COMPLETED or UNCHANGED.
    @Status          NVARCHAR(16),
    @DocumentAtomId  BIGINT,
    @ByteCount       BIGINT,
    @ContentHash     VARBINARY(32),
    @Atomizer        NVARCHAR(64),
    @PieceCount      INT,
    @AtomCount       INT,
    @EdgeCount       INT,
    @IngestionFileId BIGINT       = NULL,
    @TraceParent     NVARCHAR(55) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @OperationId BIGINT, @Metadata NVARCHAR(MAX), @StartedAt DATETIME2(7);

    IF @Status = N'COMPLETED'
    BEGIN
        SELECT
            @StartedAt = j.[StartedAt],
            @Metadata = (
                SELECT
                    j.[FileName] AS [fileName], j.[SourceUri] AS [sourceUri], j.[IngestionJobId] AS [ingestionJobId],
                    @Atomizer AS [atomizer], @ByteCount AS [bytes], @PieceCount AS [pieces], @AtomCount AS [atoms],
                    @EdgeCount AS [edges]
                FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
            )
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId;

        INSERT INTO [dbo].[Operation] ([TenantId], [OperationType], [OutputAtomId], [Metadata], [CreatedAt], [CompletedAt])
        VALUES (
            @TenantId, N'ingestion', @DocumentAtomId, @Metadata, ISNULL(@StartedAt, SYSUTCDATETIME()), SYSUTCDATETIME()
        );
        SET @OperationId = SCOPE_IDENTITY();
        EXEC [dbo].[sp_EnqueueNeo4jSync]
            @EntityType = N'Operation',
            @EntityId = @OperationId,
            @SyncType = N'CREATE',
            @TenantId = @TenantId,
            @TraceParent = @TraceParent;
    END;

    UPDATE j
    SET
        j.[Status] = @Status,
        j.[DocumentAtomId] = @DocumentAtomId,
        j.[ByteCount] = @ByteCount,
        j.[ContentHash] = @ContentHash,
        j.[Atomizer] = @Atomizer,
        j.[PieceCount] = @PieceCount,
        j.[AtomCount] = @AtomCount,
        j.[EdgeCount] = @EdgeCount,
        j.[ErrorCode] = NULL,
        j.[ErrorText] = NULL,
        j.[FinishedAt] = SYSUTCDATETIME()
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;

    -- Unless another message still asks for the same upload.
    IF @IngestionFileId IS NOT NULL AND NOT EXISTS (
        SELECT 1
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionFileId] = @IngestionFileId AND j.[Status] NOT IN (N'COMPLETED', N'UNCHANGED')
    )
    BEGIN
        DELETE FROM [dbo].[IngestionFileSlice] WHERE [IngestionFileId] = @IngestionFileId;
        DELETE FROM [dbo].[IngestionFile] WHERE [IngestionFileId] = @IngestionFileId AND [TenantId] = @TenantId;
    END;
END;
GO

-- Keeps files that can't be ingested, in the transaction that received their messages, and says so in their jobs. One
-- JSON parameter, as in dbo.sp_DeadLetterNeo4jSync; NULL and [] write nothing.
-- @Entries: [{"reasonCode", "reasonText", "messageBody" (hexadecimal digits), "messageTypeName", "conversationHandle",
-- "messageSequenceNumber", "ingestionJobId", "fileName", "sourceUri", "ingestionFileId", "tenantId", "enqueuedAt",
-- "receivedAt"}]; times are ISO 8601 in UTC.
CREATE PROCEDURE [dbo].[sp_DeadLetterIngestion]
    @Entries NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO [dbo].[IngestionDeadLetterQueue]
        ([ReasonCode], [ReasonText], [MessageBody], [MessageTypeName], [ConversationHandle], [MessageSequenceNumber],
         [IngestionJobId], [FileName], [SourceUri], [IngestionFileId], [TenantId], [EnqueuedAt], [ReceivedAt])
    SELECT
        j.[ReasonCode], LEFT(j.[ReasonText], 4000), CONVERT(VARBINARY(MAX), j.[MessageBody], 2), j.[MessageTypeName],
        j.[ConversationHandle], j.[MessageSequenceNumber], j.[IngestionJobId], LEFT(j.[FileName], 400),
        LEFT(j.[SourceUri], 2048), j.[IngestionFileId], j.[TenantId], j.[EnqueuedAt],
        ISNULL(j.[ReceivedAt], SYSUTCDATETIME())
    FROM OPENJSON(@Entries) WITH (
        [ReasonCode]            NVARCHAR(64)     '$.reasonCode',
        [ReasonText]            NVARCHAR(MAX)    '$.reasonText',
        [MessageBody]           NVARCHAR(MAX)    '$.messageBody',
        [MessageTypeName]       NVARCHAR(256)    '$.messageTypeName',
        [ConversationHandle]    UNIQUEIDENTIFIER '$.conversationHandle',
        [MessageSequenceNumber] BIGINT           '$.messageSequenceNumber',
        [IngestionJobId]        BIGINT           '$.ingestionJobId',
        [FileName]              NVARCHAR(MAX)    '$.fileName',
        [SourceUri]             NVARCHAR(MAX)    '$.sourceUri',
        [IngestionFileId]       BIGINT           '$.ingestionFileId',
        [TenantId]              INT              '$.tenantId',
        [EnqueuedAt]            DATETIME2(7)     '$.enqueuedAt',
        [ReceivedAt]            DATETIME2(7)     '$.receivedAt'
    ) AS j;

    UPDATE b
    SET
        b.[Status] = N'DEAD_LETTERED',
        b.[ErrorCode] = j.[ReasonCode],
        b.[ErrorText] = LEFT(j.[ReasonText], 4000),
        b.[FinishedAt] = SYSUTCDATETIME()
    FROM OPENJSON(@Entries) WITH (
        [ReasonCode]     NVARCHAR(64)  '$.reasonCode',
        [ReasonText]     NVARCHAR(MAX) '$.reasonText',
        [IngestionJobId] BIGINT        '$.ingestionJobId',
        [TenantId]       INT           '$.tenantId'
    ) AS j
    INNER JOIN [dbo].[IngestionJob] AS b ON b.[IngestionJobId] = j.[IngestionJobId] AND b.[TenantId] = j.[TenantId];
END;
GO

-- Deletes jobs that ended more than @RetentionDays ago, and files that were uploaded more than a day ago and that no
-- job is about; in slices, as dbo.sp_PurgeNeo4jSyncLog does. Not to be called inside a transaction.
CREATE PROCEDURE [dbo].[sp_PurgeIngestion]
    @RetentionDays INT = 30,
    @Purged        BIGINT = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @SliceSize INT = 4000;
    DECLARE @Deleted INT = @SliceSize;
    DECLARE @Before DATETIME2(7) = DATEADD(DAY, -@RetentionDays, SYSUTCDATETIME());
    -- A slow upload of a large file takes hours, not days.
    DECLARE @AbandonedBefore DATETIME2(7) = DATEADD(DAY, -1, SYSUTCDATETIME());
    DECLARE @FileId BIGINT;

    IF @RetentionDays IS NULL OR @RetentionDays < 0
        THROW 51005, N'@RetentionDays must be 0 or more.', 1;

    SET @Purged = 0;
    WHILE @Deleted = @SliceSize
    BEGIN
        DELETE TOP (@SliceSize)
        FROM [dbo].[IngestionJob]
        WHERE [Status] IN (N'COMPLETED', N'UNCHANGED', N'DEAD_LETTERED') AND [FinishedAt] < @Before;
        SET @Deleted = @@ROWCOUNT;
        SET @Purged = @Purged + @Deleted;
    END;

    WHILE 1 = 1
    BEGIN
        SET @FileId = NULL;
        SELECT TOP (1) @FileId = f.[IngestionFileId]
        FROM [dbo].[IngestionFile] AS f
        WHERE f.[CreatedAt] < @AbandonedBefore
          AND NOT EXISTS (SELECT 1 FROM [dbo].[IngestionJob] AS j WHERE j.[IngestionFileId] = f.[IngestionFileId])
        ORDER BY f.[CreatedAt];
        IF @FileId IS NULL
            BREAK;
        BEGIN TRANSACTION;
        DELETE FROM [dbo].[IngestionFileSlice] WHERE [IngestionFileId] = @FileId;
        DELETE FROM [dbo].[IngestionFile] WHERE [IngestionFileId] = @FileId;
        COMMIT TRANSACTION;
        SET @Purged = @Purged + 1;
    END;
END;
GO

-- Runs after every deployment, so everything here can run again without effect.

-- A database made by CREATE DATABASE has an active broker; one that was restored or attached has not.
-- ROLLBACK IMMEDIATE because the statement needs the database for itself and would wait for ever.
IF EXISTS (SELECT 1 FROM sys.databases AS d WHERE d.[database_id] = DB_ID() AND d.[is_broker_enabled] = 0)
    ALTER DATABASE CURRENT SET ENABLE_BROKER WITH ROLLBACK IMMEDIATE;
GO

-- EndDialog and Error messages to senders are handled inside SQL Server: they come whether a worker runs or not.
IF EXISTS (
    SELECT 1
    FROM sys.service_queues AS q
    WHERE q.[object_id] = OBJECT_ID(N'dbo.HartonomousInitiatorQueue')
      AND (q.[is_activation_enabled] = 0 OR q.[activation_procedure] IS NULL)
)
    ALTER QUEUE [dbo].[HartonomousInitiatorQueue] WITH ACTIVATION (
        STATUS = ON,
        PROCEDURE_NAME = [dbo].[sp_HandleInitiatorMessages_Activated],
        MAX_QUEUE_READERS = 1,
        EXECUTE AS OWNER
    );
GO

-- Tenant 0 is the system's own. Row and message together, as for every change.
SET XACT_ABORT ON;
BEGIN TRANSACTION;
IF NOT EXISTS (SELECT 1 FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = 0)
BEGIN
    INSERT INTO [dbo].[Tenant] ([TenantId], [Name]) VALUES (0, N'System');
    EXEC [dbo].[sp_EnqueueNeo4jSync] @EntityType = N'Tenant', @EntityId = 0, @SyncType = N'CREATE';
END;
COMMIT TRANSACTION;
GO

GRANT RECEIVE ON [dbo].[Neo4jSyncQueue] TO [HartonomousWorker];
GRANT RECEIVE ON [dbo].[IngestionQueue] TO [HartonomousWorker];
-- RECEIVE doesn't include looking: the depth of a queue needs SELECT.
GRANT SELECT ON [dbo].[Neo4jSyncQueue] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[IngestionQueue] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Tenant] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[User] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Model] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[ModelVersion] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Atom] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[AtomProvenance] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Operation] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Inference] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Decision] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[GenerationStream] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Neo4jSyncLog] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[Neo4jSyncDeadLetterQueue] TO [HartonomousWorker];
-- NEXT VALUE FOR needs UPDATE on the sequence.
GRANT UPDATE ON [dbo].[GraphSyncSequence] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_LogNeo4jSync] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_DeadLetterNeo4jSync] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_PurgeNeo4jSyncLog] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_EnqueueNeo4jSync] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_EnqueueNeo4jSyncBatch] TO [HartonomousWorker];
GRANT EXECUTE ON TYPE::[dbo].[Neo4jSyncRequestList] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_EnqueueNeo4jSync] TO [HartonomousSender];
GRANT EXECUTE ON [dbo].[sp_EnqueueNeo4jSyncBatch] TO [HartonomousSender];
GRANT EXECUTE ON TYPE::[dbo].[Neo4jSyncRequestList] TO [HartonomousSender];
GO

-- Ingestion. A worker reads uploaded files and jobs; it writes only through procedures.
GRANT SELECT ON [dbo].[IngestionFile] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[IngestionFileSlice] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[IngestionJob] TO [HartonomousWorker];
GRANT SELECT ON [dbo].[IngestionDeadLetterQueue] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_StartIngestionJob] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_ReleaseIngestionJob] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_BeginIngestedDocument] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_WriteIngestedAtoms] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_FinishIngestion] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_DeadLetterIngestion] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_PurgeIngestion] TO [HartonomousWorker];
GRANT EXECUTE ON TYPE::[dbo].[IngestedAtomList] TO [HartonomousWorker];
GRANT EXECUTE ON TYPE::[dbo].[IngestedEdgeList] TO [HartonomousWorker];
GRANT EXECUTE ON [dbo].[sp_EnqueueIngestion] TO [HartonomousSender];
GRANT EXECUTE ON [dbo].[sp_BeginIngestionFile] TO [HartonomousSender];
GRANT EXECUTE ON [dbo].[sp_AppendIngestionFile] TO [HartonomousSender];
GRANT EXECUTE ON [dbo].[sp_CompleteIngestionFile] TO [HartonomousSender];
GO
