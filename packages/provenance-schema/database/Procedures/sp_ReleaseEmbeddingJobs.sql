-- Gives jobs back that have no result: to be tried again, or as DEAD. Answers with those that were still the worker's.
-- @Entries: [{"backgroundJobId", "leaseToken", "status" (PENDING or DEAD), "delayMs" (until the next try), "isAttempt"
-- (false: an outage or a rate limit, which isn't the job's fault), "errorCode", "errorText"}].
CREATE PROCEDURE [dbo].[sp_ReleaseEmbeddingJobs]
    @WorkerId UNIQUEIDENTIFIER,
    @Entries  NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    UPDATE j
    SET
        j.[Status] = CASE WHEN r.[Status] = N'DEAD' THEN N'DEAD' ELSE N'PENDING' END,
        j.[Attempts] = CASE WHEN r.[IsAttempt] = 0 THEN j.[Attempts] - 1 ELSE j.[Attempts] END,
        j.[NotBefore] = DATEADD(MILLISECOND, ISNULL(r.[DelayMs], 0), SYSUTCDATETIME()),
        j.[LeaseOwner] = NULL,
        j.[ErrorCode] = r.[ErrorCode],
        j.[ErrorText] = CONVERT(NVARCHAR(4000), r.[ErrorText]),
        j.[FinishedAt] = CASE WHEN r.[Status] = N'DEAD' THEN SYSUTCDATETIME() END
    OUTPUT inserted.[BackgroundJobId]
    FROM OPENJSON(@Entries) WITH (
        [BackgroundJobId] BIGINT        '$.backgroundJobId',
        [LeaseToken]      BIGINT        '$.leaseToken',
        [Status]          NVARCHAR(16)  '$.status',
        [DelayMs]         INT           '$.delayMs',
        [IsAttempt]       BIT           '$.isAttempt',
        [ErrorCode]       NVARCHAR(64)  '$.errorCode',
        [ErrorText]       NVARCHAR(MAX) '$.errorText'
    ) AS r
    INNER JOIN [dbo].[BackgroundJob] AS j ON j.[BackgroundJobId] = r.[BackgroundJobId] AND j.[LeaseToken] = r.[LeaseToken]
    WHERE j.[Status] = N'RUNNING' AND j.[LeaseOwner] = @WorkerId
    OPTION (LOOP JOIN);
END;
