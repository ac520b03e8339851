-- Says that the caller's transaction writes under a lease, and makes it longer. The lease's row stays locked until the transaction
-- ends: nobody can take it meanwhile. Then locks the tenant's row, for consumers of the version before leases, whose transactions
-- hold that lock from the first atom of a file to its last. Internal.
-- Errors: 51040 no transaction, 51070 somebody else has the lease.
CREATE PROCEDURE [dbo].[sp_HoldIngestionLease]
    @TenantId   INT,
    @LeaseToken UNIQUEIDENTIFIER,
    @LeaseMs    INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Locked INT, @Problem NVARCHAR(2048);

    IF @@TRANCOUNT = 0
        THROW 51040, N'dbo.sp_HoldIngestionLease must run inside a transaction, which is what holds its lock.', 1;

    UPDATE l
    SET l.[LeaseUntil] = DATEADD(MILLISECOND, @LeaseMs, SYSUTCDATETIME())
    FROM [dbo].[IngestionLease] AS l WITH (ROWLOCK)
    WHERE l.[TenantId] = @TenantId AND l.[LeaseToken] = @LeaseToken;
    IF @@ROWCOUNT = 0
    BEGIN
        SET @Problem = CONCAT(N'The lease on the files of tenant ', @TenantId, N' has run out and another worker has taken it.');
        THROW 51070, @Problem, 1;
    END;

    SELECT @Locked = t.[TenantId] FROM [dbo].[Tenant] AS t WITH (UPDLOCK, ROWLOCK) WHERE t.[TenantId] = @TenantId;
END;
