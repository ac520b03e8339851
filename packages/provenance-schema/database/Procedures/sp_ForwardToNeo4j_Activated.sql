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
