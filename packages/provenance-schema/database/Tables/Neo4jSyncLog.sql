-- The outcome of each entity of each batch; written set-based by dbo.sp_LogNeo4jSync, kept by dbo.sp_PurgeNeo4jSyncLog
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
    -- Who did it: dbo.WorkerInstance, whose rows may go before these. NULL: a worker of the version before, or a procedure.
    [WorkerInstanceId] INT            NULL,
    CONSTRAINT [PK_Neo4jSyncLog] PRIMARY KEY CLUSTERED ([Neo4jSyncLogId]),
    CONSTRAINT [CK_Neo4jSyncLog_Outcome] CHECK (
        [Outcome] IN (N'SYNCED', N'DELETED', N'STALE', N'DEAD_LETTERED', N'ACTIVATION_REFUSED', N'DIALOG_ERROR')
    ),
    INDEX [IX_Neo4jSyncLog_LoggedAt] NONCLUSTERED ([LoggedAt]),
    INDEX [IX_Neo4jSyncLog_Entity] NONCLUSTERED ([EntityType], [EntityId])
);
