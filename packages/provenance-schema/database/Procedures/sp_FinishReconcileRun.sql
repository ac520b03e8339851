-- Ends a comparison, with a row of the audit. @IsHeld = 0: it was taken for abandoned, and nothing was written.
CREATE PROCEDURE [dbo].[sp_FinishReconcileRun]
    @ReconcileRunId UNIQUEIDENTIFIER,
    -- COMPLETED, NEEDS_CONFIRMATION, FAILED or CANCELLED.
    @State          NVARCHAR(20),
    -- JSON. NULL leaves what is there.
    @Report         NVARCHAR(MAX) = NULL,
    @Drift          NVARCHAR(MAX) = NULL,
    -- JSON for the audit.
    @Detail         NVARCHAR(MAX),
    @IsHeld         BIT           = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @TenantId INT, @Subject NVARCHAR(128), @TraceId CHAR(32), @Target NVARCHAR(400) = LOWER(CONVERT(NVARCHAR(36), @ReconcileRunId));

    BEGIN TRANSACTION;
    UPDATE r
    SET
        r.[State] = @State,
        r.[FinishedAt] = SYSUTCDATETIME(),
        r.[Report] = ISNULL(@Report, r.[Report]),
        r.[Drift] = ISNULL(@Drift, r.[Drift])
    FROM [dbo].[ReconcileRun] AS r
    WHERE r.[ReconcileRunId] = @ReconcileRunId AND r.[State] = N'RUNNING';
    SET @IsHeld = CASE WHEN @@ROWCOUNT = 1 THEN 1 ELSE 0 END;
    IF @IsHeld = 1
    BEGIN
        SELECT @TenantId = r.[TenantId], @Subject = r.[StartedBy], @TraceId = r.[TraceId]
        FROM [dbo].[ReconcileRun] AS r
        WHERE r.[ReconcileRunId] = @ReconcileRunId;
        EXEC [dbo].[sp_LogApiAudit]
            @TenantId = @TenantId,
            @Subject = @Subject,
            @Action = N'reconcile.end',
            @Target = @Target,
            @Detail = @Detail,
            @TraceId = @TraceId;
    END;
    COMMIT TRANSACTION;
END;
