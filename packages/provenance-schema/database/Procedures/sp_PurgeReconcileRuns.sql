-- Ends comparisons whose process has vanished, as ABANDONED, each with a row of the audit; deletes those that ended more than
-- @RetentionDays ago. There are few: one runs at a time.
CREATE PROCEDURE [dbo].[sp_PurgeReconcileRuns]
    @RetentionDays INT = 30,
    @Purged        BIGINT = 0 OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Ended TABLE ([Id] UNIQUEIDENTIFIER NOT NULL, [TenantId] INT NOT NULL, [StartedBy] NVARCHAR(128) NOT NULL, [TraceId] CHAR(32) NOT NULL);

    IF @RetentionDays IS NULL OR @RetentionDays < 0
        THROW 51005, N'@RetentionDays must be 0 or more.', 1;

    BEGIN TRANSACTION;
    UPDATE r
    SET r.[State] = N'ABANDONED', r.[FinishedAt] = r.[LeaseUntil]
    OUTPUT inserted.[ReconcileRunId], inserted.[TenantId], inserted.[StartedBy], inserted.[TraceId]
        INTO @Ended ([Id], [TenantId], [StartedBy], [TraceId])
    FROM [dbo].[ReconcileRun] AS r
    WHERE r.[State] = N'RUNNING' AND r.[LeaseUntil] <= @Now;
    INSERT INTO [dbo].[ApiAudit] ([TenantId], [Subject], [Action], [Target], [Detail], [TraceId])
    SELECT e.[TenantId], e.[StartedBy], N'reconcile.end', LOWER(CONVERT(NVARCHAR(36), e.[Id])), N'{"state":"ABANDONED"}', e.[TraceId]
    FROM @Ended AS e;
    DELETE r FROM [dbo].[ReconcileRun] AS r WHERE r.[FinishedAt] < DATEADD(DAY, -@RetentionDays, @Now);
    SET @Purged = @@ROWCOUNT;
    COMMIT TRANSACTION;
END;
