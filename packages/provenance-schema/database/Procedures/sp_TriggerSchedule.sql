-- Has a schedule become due at once, and then by its cron expression again. One that is due or being worked on already stays as it is:
-- @IsTriggered = 0. For operators.
-- Errors: 51100 no such schedule; 51102 it is disabled.
CREATE PROCEDURE [dbo].[sp_TriggerSchedule]
    @Name        NVARCHAR(64),
    @ChangedBy   NVARCHAR(128),
    -- UTC.
    @DueAt       DATETIME2(0) = NULL OUTPUT,
    @IsTriggered BIT          = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    -- Not rounded up, or it would not be due yet.
    DECLARE @Due DATETIME2(0) = DATEADD(NANOSECOND, -DATEPART(NANOSECOND, @Now), @Now);
    DECLARE @Last DATETIME2(0), @ScheduleId INT, @IsEnabled BIT, @LeaseUntil DATETIME2(7), @Problem NVARCHAR(2048);

    SET @IsTriggered = 0;
    BEGIN TRANSACTION;
    SELECT @ScheduleId = s.[ScheduleId], @IsEnabled = s.[IsEnabled], @DueAt = s.[DueAt], @LeaseUntil = s.[LeaseUntil]
    FROM [dbo].[Schedule] AS s WITH (UPDLOCK)
    WHERE s.[Name] = @Name;
    IF @ScheduleId IS NULL
    BEGIN
        SET @Problem = CONCAT(N'There is no schedule ', REPLACE(@Name, N'%', N'%%'), N'.');
        THROW 51100, @Problem, 1;
    END;
    IF @IsEnabled = 0
    BEGIN
        SET @Problem = CONCAT(N'The schedule ', REPLACE(@Name, N'%', N'%%'), N' is disabled.');
        THROW 51102, @Problem, 1;
    END;
    -- Within a second, because a trigger in the second of the last run sets that.
    IF @DueAt > DATEADD(SECOND, 1, @Now) AND (@LeaseUntil IS NULL OR @LeaseUntil <= @Now)
    BEGIN
        -- A due time has one run: within the second of the last one it is the next second.
        SELECT @Last = MAX(r.[DueAt]) FROM [dbo].[ScheduleRun] AS r WHERE r.[ScheduleId] = @ScheduleId;
        IF @Last >= @Due
            SET @Due = DATEADD(SECOND, 1, @Last);
        UPDATE s
        SET s.[DueAt] = @Due, s.[ChangedBy] = @ChangedBy, s.[ChangedAt] = @Now
        FROM [dbo].[Schedule] AS s
        WHERE s.[ScheduleId] = @ScheduleId;
        SET @DueAt = @Due;
        SET @IsTriggered = 1;
    END;
    COMMIT TRANSACTION;
END;
