-- Makes the lease of a claimed schedule longer, and writes the journal of its run where one is given. @IsHeld = 0: somebody else has it,
-- or it was removed; nothing was written.
CREATE PROCEDURE [dbo].[sp_RenewSchedule]
    @ScheduleId    INT,
    @LeaseToken    BIGINT,
    @ScheduleRunId BIGINT,
    @LeaseSeconds  INT,
    @Journal       NVARCHAR(MAX) = NULL,
    @IsHeld        BIT           = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    BEGIN TRANSACTION;
    UPDATE s
    SET s.[LeaseUntil] = DATEADD(SECOND, @LeaseSeconds, SYSUTCDATETIME())
    FROM [dbo].[Schedule] AS s WITH (ROWLOCK)
    WHERE s.[ScheduleId] = @ScheduleId AND s.[LeaseToken] = @LeaseToken AND s.[LeaseOwner] IS NOT NULL;
    SET @IsHeld = CASE WHEN @@ROWCOUNT = 1 THEN 1 ELSE 0 END;
    IF @IsHeld = 1 AND @Journal IS NOT NULL
        UPDATE r SET r.[Journal] = @Journal FROM [dbo].[ScheduleRun] AS r WHERE r.[ScheduleRunId] = @ScheduleRunId;
    COMMIT TRANSACTION;
END;
