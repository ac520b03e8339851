-- Named by operators as activation procedure of dbo.Neo4jSyncQueue. Nothing inside SQL Server can reach Neo4j, so it
-- receives nothing and says so in dbo.Neo4jSyncLog: no message is lost, and the external worker, which is the way that
-- works, gets them all. It doesn't turn activation off: ALTER QUEUE would wait for every open RECEIVE, and every SEND would
-- wait behind it.
CREATE PROCEDURE [dbo].[sp_ForwardToNeo4j_Activated]
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    -- SQL Server starts it again after each RECEIVE of the worker; one row an hour says as much as thousands. Two readers
    -- at once may write two.
    IF NOT EXISTS (
        SELECT 1
        FROM [dbo].[Neo4jSyncLog] AS l WITH (NOLOCK)
        WHERE l.[LoggedAt] > DATEADD(HOUR, -1, SYSUTCDATETIME()) AND l.[Outcome] = N'ACTIVATION_REFUSED'
    )
        INSERT INTO [dbo].[Neo4jSyncLog] ([Outcome], [MessageCount], [Detail])
        VALUES (
            N'ACTIVATION_REFUSED',
            0,
            N'Internal activation of dbo.Neo4jSyncQueue does nothing: SQL Server can''t reach Neo4j. No message was received; they wait for neo4j-sync-worker. Turn it off: ALTER QUEUE dbo.Neo4jSyncQueue WITH ACTIVATION (STATUS = OFF);'
        );
END;
