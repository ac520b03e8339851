-- Makes the lease of a comparison longer, and writes how far it is where that is given. @IsHeld = 0: it was taken for abandoned, and
-- nothing was written. @IsCancelled = 1: somebody asked for its end.
CREATE PROCEDURE [dbo].[sp_ReportReconcileRun]
    @ReconcileRunId UNIQUEIDENTIFIER,
    @LeaseSeconds   INT,
    -- JSON. NULL leaves what is there.
    @Report         NVARCHAR(MAX) = NULL,
    @Drift          NVARCHAR(MAX) = NULL,
    @IsHeld         BIT           = 0 OUTPUT,
    @IsCancelled    BIT           = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    SET @IsCancelled = 0;
    UPDATE r
    SET
        r.[LeaseUntil] = DATEADD(SECOND, @LeaseSeconds, SYSUTCDATETIME()),
        r.[Report] = ISNULL(@Report, r.[Report]),
        r.[Drift] = ISNULL(@Drift, r.[Drift]),
        @IsCancelled = CASE WHEN r.[CancelRequestedAt] IS NULL THEN 0 ELSE 1 END
    FROM [dbo].[ReconcileRun] AS r
    WHERE r.[ReconcileRunId] = @ReconcileRunId AND r.[State] = N'RUNNING';
    SET @IsHeld = CASE WHEN @@ROWCOUNT = 1 THEN 1 ELSE 0 END;
END;
