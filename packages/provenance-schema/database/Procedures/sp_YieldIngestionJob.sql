-- A worker gives a file back before it is through with it: because it stops, or because a server is away. What is written stays; who
-- claims the file next goes on there. A worker that has lost the lease meanwhile is alive nevertheless, so the file isn't to blame:
-- the attempt that was counted when the lease was taken is taken back. Answers with the job's state and counts.
CREATE PROCEDURE [dbo].[sp_YieldIngestionJob]
    @IngestionJobId BIGINT,
    @TenantId       INT,
    @LeaseToken     UNIQUEIDENTIFIER,
    -- Milliseconds until it may be claimed again.
    @DelayMs        INT,
    -- 1: the file may be to blame (a row that stays locked, for example).
    @IsBlamed       BIT,
    @ReasonCode     NVARCHAR(64)   = NULL,
    @ReasonText     NVARCHAR(4000) = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    BEGIN TRANSACTION;
    UPDATE l
    SET l.[LeaseToken] = NULL, l.[LeaseUntil] = NULL, l.[IngestionJobId] = NULL
    FROM [dbo].[IngestionLease] AS l WITH (ROWLOCK)
    WHERE l.[TenantId] = @TenantId AND l.[LeaseToken] = @LeaseToken;

    IF @@ROWCOUNT = 1
        UPDATE j
        SET
            j.[Status] = CASE j.[Status] WHEN N'REFUSED' THEN N'REFUSED' ELSE N'QUEUED' END,
            j.[ErrorCode] = CASE j.[Status] WHEN N'REFUSED' THEN j.[ErrorCode] ELSE @ReasonCode END,
            j.[ErrorText] = CASE j.[Status] WHEN N'REFUSED' THEN j.[ErrorText] ELSE @ReasonText END,
            j.[DueAt] = DATEADD(MILLISECOND, @DelayMs, SYSUTCDATETIME()),
            j.[Retries] = j.[Retries] + @IsBlamed
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId AND j.[Status] IN (N'RUNNING', N'REFUSED');
    ELSE
        UPDATE j
        SET j.[Attempts] = j.[Attempts] - 1
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId AND j.[Status] = N'RUNNING' AND j.[Attempts] > 1;
    COMMIT TRANSACTION;

    SELECT j.[Status], j.[DocumentAtomId], j.[PieceCount], j.[AtomCount], j.[EdgeCount]
    FROM [dbo].[IngestionJob] AS j
    WHERE j.[IngestionJobId] = @IngestionJobId;
END;
