-- Gives a worker the lease of tenants that have files to be worked on, with one file of each: up to @AnyCount files of any size, and
-- up to @SmallCount more that are known to have no more than @SmallBytes bytes. Tenants take turns; a tenant's files come in their
-- order, but first one whose worker has vanished. Whose lease row is locked is being written for. Waits for nobody.
CREATE PROCEDURE [dbo].[sp_ClaimIngestionJobs]
    @WorkerId   UNIQUEIDENTIFIER,
    @AnyCount   INT,
    @SmallCount INT,
    @SmallBytes BIGINT,
    -- Milliseconds until others may take the lease, unless it is made longer.
    @LeaseMs    INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Until DATETIME2(7) = DATEADD(MILLISECOND, @LeaseMs, @Now);
    DECLARE @Claimed TABLE (
        [TenantId]       INT              NOT NULL PRIMARY KEY,
        [LeaseToken]     UNIQUEIDENTIFIER NOT NULL,
        [MaxBytes]       BIGINT           NULL,
        [IngestionJobId] BIGINT           NULL
    );

    BEGIN TRANSACTION;
    WITH [Free] AS (
        SELECT TOP (@AnyCount) l.*
        FROM [dbo].[IngestionLease] AS l WITH (ROWLOCK, UPDLOCK, READPAST, READCOMMITTEDLOCK)
        WHERE (l.[LeaseUntil] IS NULL OR l.[LeaseUntil] <= @Now)
          AND EXISTS (
              SELECT 1
              FROM [dbo].[IngestionJob] AS j WITH (READPAST, READCOMMITTEDLOCK)
              WHERE j.[TenantId] = l.[TenantId]
                AND j.[Status] IN (N'QUEUED', N'RUNNING', N'REFUSED')
                AND j.[ReceivedAt] IS NOT NULL
                AND (j.[DueAt] IS NULL OR j.[DueAt] <= @Now)
          )
        ORDER BY l.[LastClaimedAt], l.[TenantId]
    )
    UPDATE [Free]
    SET [LeaseToken] = NEWID(), [LeaseUntil] = @Until, [WorkerId] = @WorkerId, [LastClaimedAt] = @Now, [HasIntervened] = 0
    OUTPUT inserted.[TenantId], inserted.[LeaseToken] INTO @Claimed ([TenantId], [LeaseToken]);

    WITH [Free] AS (
        SELECT TOP (@SmallCount) l.*
        FROM [dbo].[IngestionLease] AS l WITH (ROWLOCK, UPDLOCK, READPAST, READCOMMITTEDLOCK)
        WHERE (l.[LeaseUntil] IS NULL OR l.[LeaseUntil] <= @Now)
          AND EXISTS (
              SELECT 1
              FROM [dbo].[IngestionJob] AS j WITH (READPAST, READCOMMITTEDLOCK)
              WHERE j.[TenantId] = l.[TenantId]
                AND j.[Status] IN (N'QUEUED', N'RUNNING', N'REFUSED')
                AND j.[ReceivedAt] IS NOT NULL
                AND j.[ByteCount] <= @SmallBytes
                AND (j.[DueAt] IS NULL OR j.[DueAt] <= @Now)
          )
        ORDER BY l.[LastClaimedAt], l.[TenantId]
    )
    UPDATE [Free]
    SET [LeaseToken] = NEWID(), [LeaseUntil] = @Until, [WorkerId] = @WorkerId, [LastClaimedAt] = @Now, [HasIntervened] = 0
    OUTPUT inserted.[TenantId], inserted.[LeaseToken], @SmallBytes INTO @Claimed ([TenantId], [LeaseToken], [MaxBytes]);

    UPDATE c
    SET c.[IngestionJobId] = (
        SELECT TOP (1) j.[IngestionJobId]
        FROM [dbo].[IngestionJob] AS j WITH (READPAST, READCOMMITTEDLOCK)
        WHERE j.[TenantId] = c.[TenantId]
          AND j.[Status] IN (N'QUEUED', N'RUNNING', N'REFUSED')
          AND j.[ReceivedAt] IS NOT NULL
          AND (j.[DueAt] IS NULL OR j.[DueAt] <= @Now)
          AND (c.[MaxBytes] IS NULL OR j.[ByteCount] <= c.[MaxBytes])
        ORDER BY CASE WHEN j.[Status] = N'QUEUED' THEN 1 ELSE 0 END, j.[IngestionJobId]
    )
    FROM @Claimed AS c;

    UPDATE l
    SET
        l.[IngestionJobId] = c.[IngestionJobId],
        l.[LeaseToken] = CASE WHEN c.[IngestionJobId] IS NULL THEN NULL ELSE l.[LeaseToken] END,
        l.[LeaseUntil] = CASE WHEN c.[IngestionJobId] IS NULL THEN NULL ELSE l.[LeaseUntil] END
    FROM @Claimed AS c
    INNER JOIN [dbo].[IngestionLease] AS l ON l.[TenantId] = c.[TenantId]
    OPTION (LOOP JOIN);

    -- Who finds a job RUNNING whose lease is free takes it from a worker that has vanished.
    UPDATE j
    SET
        j.[Attempts] = CASE j.[Status] WHEN N'RUNNING' THEN j.[Attempts] + 1 WHEN N'REFUSED' THEN j.[Attempts] ELSE 1 END,
        j.[Status] = CASE j.[Status] WHEN N'REFUSED' THEN N'REFUSED' ELSE N'RUNNING' END,
        j.[WorkerId] = @WorkerId,
        j.[StartedAt] = @Now
    FROM @Claimed AS c
    INNER JOIN [dbo].[IngestionJob] AS j ON j.[IngestionJobId] = c.[IngestionJobId]
    OPTION (LOOP JOIN);

    SELECT
        j.[IngestionJobId], j.[TenantId], c.[LeaseToken], j.[Status], j.[Attempts], j.[Retries], j.[ByteCount], j.[MessageBody],
        CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = j.[TenantId]) THEN 1 ELSE 0 END AS [TenantExists]
    FROM @Claimed AS c
    INNER JOIN [dbo].[IngestionJob] AS j ON j.[IngestionJobId] = c.[IngestionJobId]
    ORDER BY j.[IngestionJobId]
    OPTION (LOOP JOIN);
    COMMIT TRANSACTION;
END;
