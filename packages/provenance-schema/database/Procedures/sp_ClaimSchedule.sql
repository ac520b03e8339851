-- Gives one schedule that is due to the caller, with a lease, or no row. READPAST: what another process is claiming is left to it, so
-- each due time has one process at a time. A lease that has run out is taken over: its holder has vanished.
CREATE PROCEDURE [dbo].[sp_ClaimSchedule]
    @WorkerId     UNIQUEIDENTIFIER,
    -- HOST-PID.
    @RunBy        NVARCHAR(128),
    -- Those that the caller has the rights for, as an array of JSON: ["PURGE", "CANARY"].
    @Kinds        NVARCHAR(400),
    @LeaseSeconds INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Claimed TABLE (
        [ScheduleId] INT NOT NULL PRIMARY KEY, [Name] NVARCHAR(64) NOT NULL, [Kind] NVARCHAR(16) NOT NULL,
        [CronExpression] NVARCHAR(128) NOT NULL, [TimeZone] NVARCHAR(64) NOT NULL, [Parameters] NVARCHAR(2000) NULL,
        [DueAt] DATETIME2(0) NOT NULL, [LeaseToken] BIGINT NOT NULL
    );

    BEGIN TRANSACTION;
    WITH [Due] AS (
        SELECT TOP (1) s.*
        FROM [dbo].[Schedule] AS s WITH (ROWLOCK, UPDLOCK, READPAST, READCOMMITTEDLOCK)
        WHERE s.[IsEnabled] = 1
          AND s.[DueAt] <= @Now
          AND (s.[LeaseUntil] IS NULL OR s.[LeaseUntil] <= @Now)
          AND s.[Kind] IN (SELECT k.[value] COLLATE DATABASE_DEFAULT FROM OPENJSON(@Kinds) AS k)
        ORDER BY s.[DueAt], s.[ScheduleId]
    )
    UPDATE [Due]
    SET
        [LeaseOwner] = @WorkerId,
        [LeaseUntil] = DATEADD(SECOND, @LeaseSeconds, @Now),
        [LeaseToken] = [LeaseToken] + 1
    OUTPUT
        inserted.[ScheduleId], inserted.[Name], inserted.[Kind], inserted.[CronExpression], inserted.[TimeZone],
        inserted.[Parameters], inserted.[DueAt], inserted.[LeaseToken]
        INTO @Claimed ([ScheduleId], [Name], [Kind], [CronExpression], [TimeZone], [Parameters], [DueAt], [LeaseToken]);

    UPDATE r
    SET
        r.[Attempts] = r.[Attempts] + CASE WHEN r.[Outcome] = N'RUNNING' THEN 1 ELSE 0 END,
        r.[RunBy] = CASE WHEN r.[Outcome] = N'RUNNING' THEN @RunBy ELSE r.[RunBy] END
    FROM @Claimed AS c
    INNER JOIN [dbo].[ScheduleRun] AS r ON r.[ScheduleId] = c.[ScheduleId] AND r.[DueAt] = c.[DueAt];
    IF @@ROWCOUNT = 0
        INSERT INTO [dbo].[ScheduleRun] ([ScheduleId], [Name], [Kind], [DueAt], [RunBy], [StartedAt])
        SELECT c.[ScheduleId], c.[Name], c.[Kind], c.[DueAt], @RunBy, @Now FROM @Claimed AS c;
    -- It was given another time while somebody worked on it who has vanished since: nobody comes back to that one.
    UPDATE r
    SET r.[Outcome] = N'ABANDONED', r.[FinishedAt] = @Now, r.[Summary] = N'Who worked on it vanished, and it was given another time.'
    FROM @Claimed AS c
    CROSS APPLY (
        SELECT TOP (1) l.[ScheduleRunId]
        FROM [dbo].[ScheduleRun] AS l
        WHERE l.[ScheduleId] = c.[ScheduleId] AND l.[DueAt] <> c.[DueAt]
        ORDER BY l.[DueAt] DESC
    ) AS p
    INNER JOIN [dbo].[ScheduleRun] AS r ON r.[ScheduleRunId] = p.[ScheduleRunId]
    WHERE r.[Outcome] = N'RUNNING';
    COMMIT TRANSACTION;

    SELECT
        c.[ScheduleId], c.[Name], c.[Kind], c.[CronExpression], c.[TimeZone], c.[Parameters], c.[DueAt], c.[LeaseToken],
        r.[ScheduleRunId], r.[Attempts], r.[Outcome], r.[Journal], @Now AS [Now]
    FROM @Claimed AS c
    INNER JOIN [dbo].[ScheduleRun] AS r ON r.[ScheduleId] = c.[ScheduleId] AND r.[DueAt] = c.[DueAt];
END;
