-- Removes a schedule; what it has done stays in dbo.ScheduleRun. Who works on it at the moment finds that the lease is gone. For operators.
-- Errors: 51100 no such schedule.
CREATE PROCEDURE [dbo].[sp_RemoveSchedule]
    @Name NVARCHAR(64)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @ScheduleId INT, @Problem NVARCHAR(2048);

    BEGIN TRANSACTION;
    SELECT @ScheduleId = s.[ScheduleId] FROM [dbo].[Schedule] AS s WITH (UPDLOCK) WHERE s.[Name] = @Name;
    IF @ScheduleId IS NULL
    BEGIN
        SET @Problem = CONCAT(N'There is no schedule ', REPLACE(@Name, N'%', N'%%'), N'.');
        THROW 51100, @Problem, 1;
    END;
    UPDATE r
    SET r.[Outcome] = N'ABANDONED', r.[FinishedAt] = SYSUTCDATETIME(), r.[Summary] = N'The schedule was removed meanwhile.'
    FROM [dbo].[ScheduleRun] AS r
    WHERE r.[ScheduleId] = @ScheduleId AND r.[Outcome] = N'RUNNING';
    DELETE s FROM [dbo].[Schedule] AS s WHERE s.[ScheduleId] = @ScheduleId;
    COMMIT TRANSACTION;
END;
