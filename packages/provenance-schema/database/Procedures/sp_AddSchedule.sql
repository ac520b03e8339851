-- Makes a schedule. For operators. @DueAt: its first time, in UTC; NULL makes it disabled.
-- Errors: 51101 the name is taken.
CREATE PROCEDURE [dbo].[sp_AddSchedule]
    @Name           NVARCHAR(64),
    @Kind           NVARCHAR(16),
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

    BEGIN TRANSACTION;
    IF EXISTS (SELECT 1 FROM [dbo].[Schedule] AS s WITH (UPDLOCK, HOLDLOCK) WHERE s.[Name] = @Name)
    BEGIN
        SET @Problem = CONCAT(N'There is a schedule ', REPLACE(@Name, N'%', N'%%'), N'.');
        THROW 51101, @Problem, 1;
    END;
    INSERT INTO [dbo].[Schedule] ([Name], [Kind], [CronExpression], [TimeZone], [Parameters], [IsEnabled], [DueAt], [ChangedBy])
    VALUES (
        @Name, @Kind, @CronExpression, @TimeZone, @Parameters,
        CASE WHEN @DueAt IS NULL THEN 0 ELSE 1 END, @DueAt, @ChangedBy
    );
    COMMIT TRANSACTION;
END;
