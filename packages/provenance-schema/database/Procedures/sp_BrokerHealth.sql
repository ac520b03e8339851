-- What a worker reports of Service Broker and may not see itself: sys.transmission_queue and sys.conversation_endpoints show
-- nothing, and no error, to all but db_owner. Three results: messages that could not be delivered yet, by service and status;
-- conversation endpoints by state; conversations by queue whose other side has ended and that nobody here has ended, though
-- no message of theirs is left. Reads without locks, so figures of a busy moment may be off by what is under way.
CREATE PROCEDURE [dbo].[sp_BrokerHealth]
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;

    -- Without it the views are empty, and that would read as: nothing is stuck, nothing has leaked.
    IF ISNULL(IS_ROLEMEMBER(N'db_owner'), 0) = 0
        THROW 51090, N'HartonomousBroker is not a member of db_owner, so messages in sys.transmission_queue and conversations cannot be seen. Run: hartonomous database deploy', 1;

    SELECT
        t.[to_service_name] AS [toService],
        t.[transmission_status] AS [status],
        COUNT_BIG(*) AS [messages],
        MIN(t.[enqueue_time]) AS [oldestEnqueuedAt]
    FROM sys.transmission_queue AS t
    GROUP BY t.[to_service_name], t.[transmission_status];

    SELECT e.[state_desc] AS [state], COUNT_BIG(*) AS [endpoints]
    FROM sys.conversation_endpoints AS e
    GROUP BY e.[state_desc]
    ORDER BY e.[state_desc];

    SELECT
        CONCAT(OBJECT_SCHEMA_NAME(v.[service_queue_id]), N'.', OBJECT_NAME(v.[service_queue_id])) AS [queue],
        COUNT_BIG(*) AS [conversations]
    FROM sys.conversation_endpoints AS e
    INNER JOIN sys.services AS v ON v.[service_id] = e.[service_id]
    LEFT JOIN (
        SELECT m.[conversation_handle] FROM [dbo].[Neo4jSyncQueue] AS m WITH (NOLOCK)
        UNION
        SELECT m.[conversation_handle] FROM [dbo].[IngestionQueue] AS m WITH (NOLOCK)
        UNION
        SELECT m.[conversation_handle] FROM [dbo].[EmbeddingQueue] AS m WITH (NOLOCK)
    ) AS w ON w.[conversation_handle] = e.[conversation_handle]
    WHERE e.[state] = 'DI'
      AND v.[service_queue_id] IN (
          OBJECT_ID(N'dbo.Neo4jSyncQueue'), OBJECT_ID(N'dbo.IngestionQueue'), OBJECT_ID(N'dbo.EmbeddingQueue')
      )
      AND w.[conversation_handle] IS NULL
    GROUP BY v.[service_queue_id];
END;
