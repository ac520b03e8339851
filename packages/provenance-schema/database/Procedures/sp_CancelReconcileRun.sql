-- Asks for the end of a comparison, with a row of the audit; its process sees that within about a second. One that has ended stays as it
-- is: @IsAsked = 0.
CREATE PROCEDURE [dbo].[sp_CancelReconcileRun]
    @ReconcileRunId UNIQUEIDENTIFIER,
    @TenantId       INT,
    @Subject        NVARCHAR(128),
    @TraceId        CHAR(32),
    @IsAsked        BIT = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Target NVARCHAR(400) = LOWER(CONVERT(NVARCHAR(36), @ReconcileRunId));

    BEGIN TRANSACTION;
    UPDATE r
    SET r.[CancelRequestedAt] = ISNULL(r.[CancelRequestedAt], SYSUTCDATETIME())
    FROM [dbo].[ReconcileRun] AS r
    WHERE r.[ReconcileRunId] = @ReconcileRunId AND r.[State] = N'RUNNING';
    SET @IsAsked = CASE WHEN @@ROWCOUNT = 1 THEN 1 ELSE 0 END;
    IF @IsAsked = 1
        EXEC [dbo].[sp_LogApiAudit]
            @TenantId = @TenantId,
            @Subject = @Subject,
            @Action = N'reconcile.cancel',
            @Target = @Target,
            @TraceId = @TraceId;
    COMMIT TRANSACTION;
END;
