-- Notes that a key was used; at most once a minute, so that a busy key costs nothing.
CREATE PROCEDURE [dbo].[sp_TouchApiKey]
    @ApiKeyId INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();

    UPDATE k
    SET k.[LastUsedAt] = @Now
    FROM [dbo].[ApiKey] AS k
    WHERE k.[ApiKeyId] = @ApiKeyId AND (k.[LastUsedAt] IS NULL OR k.[LastUsedAt] < DATEADD(MINUTE, -1, @Now));
END;
