-- What a worker reports of Service Broker and may not see itself: sys.transmission_queue and sys.conversation_endpoints show
-- nothing, and no error, to all but db_owner. Three results: messages that could not be delivered yet, by service and status;
-- conversation endpoints by state; conversations by queue whose other side has ended and that nobody here has ended, though
-- no message of theirs is left. Reads without locks, so figures of a busy moment may be off by what is under way.
-- Errors: 51090 HartonomousBroker sees nothing of it, 51091 there is no queue that workers may receive from.
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

    -- Of the queues that workers read, by the grant that this takes: a list would leave out a new one, and then nothing of it would look
    -- leaked. Not of those of other applications, which may be locked, or large.
    DECLARE @Queues NVARCHAR(MAX), @Held NVARCHAR(MAX), @Leaked NVARCHAR(MAX);
    SELECT
        @Queues = STRING_AGG(CONVERT(NVARCHAR(MAX), q.[object_id]), N', '),
        @Held = STRING_AGG(CONVERT(NVARCHAR(MAX), CONCAT(
            N'SELECT m.[conversation_handle] FROM ', QUOTENAME(SCHEMA_NAME(q.[schema_id])), N'.', QUOTENAME(q.[name]),
            N' AS m WITH (NOLOCK)')), N' UNION ALL ')
    FROM sys.service_queues AS q
    WHERE EXISTS (
        SELECT 1
        FROM sys.database_permissions AS p
        WHERE p.[class] = 1
          AND p.[major_id] = q.[object_id]
          AND p.[permission_name] = N'RECEIVE'
          AND p.[state] IN ('G', 'W')
          AND p.[grantee_principal_id] = DATABASE_PRINCIPAL_ID(N'HartonomousWorker')
    );
    IF @Held IS NULL
        THROW 51091, N'HartonomousWorker may RECEIVE from no queue, so which ones to look at for leaked conversations is not known. Run: hartonomous database deploy', 1;

    SET @Leaked = CONCAT(N'
        SELECT
            CONCAT(OBJECT_SCHEMA_NAME(v.[service_queue_id]), N''.'', OBJECT_NAME(v.[service_queue_id])) AS [queue],
            COUNT_BIG(*) AS [conversations]
        FROM sys.conversation_endpoints AS e
        INNER JOIN sys.services AS v ON v.[service_id] = e.[service_id]
        WHERE e.[state] = ''DI''
          AND v.[service_queue_id] IN (', @Queues, N')
          AND NOT EXISTS (SELECT 1 FROM (', @Held, N') AS w WHERE w.[conversation_handle] = e.[conversation_handle])
        GROUP BY v.[service_queue_id];');
    EXEC sys.sp_executesql @Leaked;
END;
