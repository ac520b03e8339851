-- Writes down that the caller begins to compare the tables with the graph, with a row of the audit. Who finds another one running, whose
-- lease has not run out, gets its number in @RunningId, and nothing is written.
CREATE PROCEDURE [dbo].[sp_StartReconcileRun]
    @ReconcileRunId UNIQUEIDENTIFIER,
    @TenantId       INT,
    @Subject        NVARCHAR(128),
    @TraceId        CHAR(32),
    -- JSON.
    @Choice         NVARCHAR(MAX),
    @LeaseSeconds   INT,
    @RunningId      UNIQUEIDENTIFIER = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7), @Target NVARCHAR(400) = LOWER(CONVERT(NVARCHAR(36), @ReconcileRunId));

    EXEC [dbo].[sp_PurgeReconcileRuns];

    SET @RunningId = NULL;
    BEGIN TRANSACTION;
    -- Of two at a time the second waits here, and finds the first.
    SELECT TOP (1) @RunningId = r.[ReconcileRunId]
    FROM [dbo].[ReconcileRun] AS r WITH (UPDLOCK, HOLDLOCK)
    WHERE r.[State] = N'RUNNING';
    IF @RunningId IS NULL
    BEGIN
        SET @Now = SYSUTCDATETIME();
        INSERT INTO [dbo].[ReconcileRun] ([ReconcileRunId], [TenantId], [StartedBy], [TraceId], [StartedAt], [LeaseUntil], [Choice])
        VALUES (@ReconcileRunId, @TenantId, @Subject, @TraceId, @Now, DATEADD(SECOND, @LeaseSeconds, @Now), @Choice);
        EXEC [dbo].[sp_LogApiAudit]
            @TenantId = @TenantId,
            @Subject = @Subject,
            @Action = N'reconcile.start',
            @Target = @Target,
            @Detail = @Choice,
            @TraceId = @TraceId;
    END;
    COMMIT TRANSACTION;
END;
