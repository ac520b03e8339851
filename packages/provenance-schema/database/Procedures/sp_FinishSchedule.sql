-- Ends a run, and has its schedule become due again at @NextDueAt, in one transaction; what was missed meanwhile is not made up for one by
-- one. @IsHeld = 0: somebody else has the schedule by now, or it was removed; nothing was written. Deletes runs of more than a year ago.
CREATE PROCEDURE [dbo].[sp_FinishSchedule]
    @ScheduleId    INT,
    @LeaseToken    BIGINT,
    @ScheduleRunId BIGINT,
    -- DONE, FAILED, SKIPPED or ABANDONED.
    @Outcome       NVARCHAR(16),
    @Changes       BIGINT,
    @Summary       NVARCHAR(4000),
    -- NULL leaves the one that is there.
    @Journal       NVARCHAR(MAX) = NULL,
    -- UTC. NULL disables the schedule: its expression gives no time any more.
    @NextDueAt     DATETIME2(0),
    @IsHeld        BIT           = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();

    BEGIN TRANSACTION;
    -- One that was disabled meanwhile stays so; one that was given another time keeps that.
    UPDATE s
    SET
        s.[LeaseOwner] = NULL,
        s.[LeaseUntil] = NULL,
        s.[IsEnabled] = CASE WHEN s.[DueAt] = r.[DueAt] AND @NextDueAt IS NULL THEN 0 ELSE s.[IsEnabled] END,
        s.[DueAt] = CASE WHEN s.[DueAt] = r.[DueAt] THEN @NextDueAt ELSE s.[DueAt] END
    FROM [dbo].[Schedule] AS s WITH (ROWLOCK)
    INNER JOIN [dbo].[ScheduleRun] AS r ON r.[ScheduleRunId] = @ScheduleRunId AND r.[ScheduleId] = s.[ScheduleId]
    WHERE s.[ScheduleId] = @ScheduleId AND s.[LeaseToken] = @LeaseToken AND s.[LeaseOwner] IS NOT NULL;
    SET @IsHeld = CASE WHEN @@ROWCOUNT = 1 THEN 1 ELSE 0 END;
    IF @IsHeld = 1
    BEGIN
        UPDATE r
        SET
            r.[Outcome] = @Outcome,
            r.[FinishedAt] = @Now,
            r.[Changes] = @Changes,
            r.[Summary] = @Summary,
            r.[Journal] = ISNULL(@Journal, r.[Journal])
        FROM [dbo].[ScheduleRun] AS r
        WHERE r.[ScheduleRunId] = @ScheduleRunId AND r.[Outcome] = N'RUNNING';
        DELETE r FROM [dbo].[ScheduleRun] AS r WHERE r.[StartedAt] < DATEADD(YEAR, -1, @Now);
    END;
    COMMIT TRANSACTION;
END;
