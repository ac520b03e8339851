-- Has a schedule become due at @DueAt, in UTC, and then by its cron expression; NULL disables it. What is being worked on goes on. For operators.
-- Errors: 51100 no such schedule.
CREATE PROCEDURE [dbo].[sp_EnableSchedule]
    @Name      NVARCHAR(64),
    @DueAt     DATETIME2(0),
    @ChangedBy NVARCHAR(128)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048);

    UPDATE s
    SET
        s.[IsEnabled] = CASE WHEN @DueAt IS NULL THEN 0 ELSE 1 END,
        s.[DueAt] = @DueAt,
        s.[ChangedBy] = @ChangedBy,
        s.[ChangedAt] = SYSUTCDATETIME()
    FROM [dbo].[Schedule] AS s
    WHERE s.[Name] = @Name;
    IF @@ROWCOUNT = 0
    BEGIN
        SET @Problem = CONCAT(N'There is no schedule ', REPLACE(@Name, N'%', N'%%'), N'.');
        THROW 51100, @Problem, 1;
    END;
END;
