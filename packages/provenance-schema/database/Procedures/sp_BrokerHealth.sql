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

    -- Of every queue that there is: one that a list here left out would look as if nothing had leaked.
    DECLARE @Held NVARCHAR(MAX), @Leaked NVARCHAR(MAX);
    SELECT @Held = STRING_AGG(CONVERT(NVARCHAR(MAX), CONCAT(
        N'SELECT m.[conversation_handle] FROM ', QUOTENAME(SCHEMA_NAME(q.[schema_id])), N'.', QUOTENAME(q.[name]),
        N' AS m WITH (NOLOCK)')), N' UNION ALL ')
    FROM sys.service_queues AS q
    WHERE q.[is_ms_shipped] = 0;

    SET @Leaked = CONCAT(N'
        SELECT
            CONCAT(OBJECT_SCHEMA_NAME(v.[service_queue_id]), N''.'', OBJECT_NAME(v.[service_queue_id])) AS [queue],
            COUNT_BIG(*) AS [conversations]
        FROM sys.conversation_endpoints AS e
        INNER JOIN sys.services AS v ON v.[service_id] = e.[service_id]
        WHERE e.[state] = ''DI'' AND e.[is_initiator] = 0
          AND NOT EXISTS (SELECT 1 FROM (', @Held, N') AS w WHERE w.[conversation_handle] = e.[conversation_handle])
        GROUP BY v.[service_queue_id];');
    EXEC sys.sp_executesql @Leaked;
END;
