-- Writes the outcomes of a batch in one statement. One JSON parameter and not a table type: it needs no type on the
-- client, and one text per batch costs less on the wire than typed rows. NULL and [] write nothing.
-- @Entries: [[outcome, entityType, entityId, tenantId, syncType, syncSequence, messageCount, enqueuedAt, detail], ...], all
-- but outcome may be null; times are ISO 8601 in UTC. Lists, because with objects the names would be most of the text.
CREATE PROCEDURE [dbo].[sp_LogNeo4jSync]
    @Entries          NVARCHAR(MAX),
    @WorkerInstanceId INT = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO [dbo].[Neo4jSyncLog]
        ([Outcome], [EntityType], [EntityId], [TenantId], [SyncType], [SyncSequence], [MessageCount], [EnqueuedAt], [Detail],
         [WorkerInstanceId])
    SELECT
        j.[Outcome], j.[EntityType], j.[EntityId], j.[TenantId], j.[SyncType], j.[SyncSequence],
        ISNULL(j.[MessageCount], 1), j.[EnqueuedAt], CONVERT(NVARCHAR(4000), j.[Detail]), @WorkerInstanceId
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
