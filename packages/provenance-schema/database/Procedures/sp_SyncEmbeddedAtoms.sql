-- Has the graph follow where embeddings of atoms have changed. Internal: the embedding procedures call it inside their
-- transaction. Without jobs: these would find that the texts are those of before.
CREATE PROCEDURE [dbo].[sp_SyncEmbeddedAtoms]
    @Atoms [dbo].[EmbeddingAtomList] READONLY
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Requests [dbo].[Neo4jSyncRequestList];

    -- An atom that is gone since has a message of its own.
    INSERT INTO @Requests ([EntityType], [EntityId], [SyncType], [TenantId])
    SELECT N'Atom', a.[AtomId], N'UPDATE', a.[TenantId]
    FROM @Atoms AS n
    INNER JOIN [dbo].[Atom] AS a ON a.[AtomId] = n.[AtomId]
    OPTION (LOOP JOIN, RECOMPILE);

    IF @@ROWCOUNT > 0
        EXEC [dbo].[sp_EnqueueNeo4jSyncBatch] @Requests = @Requests, @MakesEmbeddingJobs = 0;
END;
