-- Prolongs leases to @LeaseSeconds from now; answers with the jobs that are still the worker's.
-- @Jobs: [{"backgroundJobId", "leaseToken"}].
CREATE PROCEDURE [dbo].[sp_RenewEmbeddingLeases]
    @WorkerId     UNIQUEIDENTIFIER,
    @Jobs         NVARCHAR(MAX),
    @LeaseSeconds INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    UPDATE j
    SET j.[NotBefore] = DATEADD(SECOND, @LeaseSeconds, SYSUTCDATETIME())
    OUTPUT inserted.[BackgroundJobId]
    FROM OPENJSON(@Jobs) WITH (
        [BackgroundJobId] BIGINT '$.backgroundJobId',
        [LeaseToken]      BIGINT '$.leaseToken'
    ) AS r
    INNER JOIN [dbo].[BackgroundJob] AS j ON j.[BackgroundJobId] = r.[BackgroundJobId] AND j.[LeaseToken] = r.[LeaseToken]
    WHERE j.[Status] = N'RUNNING' AND j.[LeaseOwner] = @WorkerId
    OPTION (LOOP JOIN);
END;
