-- Gives a schedule another time, other parameters, or both. @DueAt: its next time by the new expression, in UTC; one that is disabled stays
-- so and has none. A run in progress continues as it was claimed. For operators.
-- Errors: 51100 no such schedule.
CREATE PROCEDURE [dbo].[sp_ChangeSchedule]
    @Name           NVARCHAR(64),
    @CronExpression NVARCHAR(128),
    @TimeZone       NVARCHAR(64),
    @Parameters     NVARCHAR(2000),
    @DueAt          DATETIME2(0),
    @ChangedBy      NVARCHAR(128)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048);

    UPDATE s
    SET
        s.[CronExpression] = @CronExpression,
        s.[TimeZone] = @TimeZone,
        s.[Parameters] = @Parameters,
        s.[DueAt] = CASE WHEN s.[IsEnabled] = 1 THEN @DueAt END,
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
