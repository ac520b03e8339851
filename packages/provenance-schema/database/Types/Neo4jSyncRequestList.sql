-- Parameter of dbo.sp_EnqueueNeo4jSyncBatch. TenantId NULL: taken from the entity's row.
CREATE TYPE [dbo].[Neo4jSyncRequestList] AS TABLE (
    [EntityType] NVARCHAR(128) NOT NULL,
    [EntityId]   BIGINT        NOT NULL,
    [SyncType]   NVARCHAR(128) NOT NULL DEFAULT (N'CREATE'),
    [TenantId]   INT           NULL
);
