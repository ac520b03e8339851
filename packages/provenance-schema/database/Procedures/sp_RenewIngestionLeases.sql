-- Makes leases longer between two writes of their holder, and answers with those that it still has. A row that is locked is being
-- written for, which makes its lease longer as well. Waits for nobody.
CREATE PROCEDURE [dbo].[sp_RenewIngestionLeases]
    -- [{"tenantId": 7, "leaseToken": "..."}]
    @Leases  NVARCHAR(MAX),
    @LeaseMs INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Given TABLE (
        [LeaseToken] UNIQUEIDENTIFIER NOT NULL PRIMARY KEY,
        [TenantId]   INT              NOT NULL
    );

    INSERT INTO @Given ([TenantId], [LeaseToken])
    SELECT g.[TenantId], g.[LeaseToken]
    FROM OPENJSON(@Leases) WITH ([TenantId] INT '$.tenantId', [LeaseToken] UNIQUEIDENTIFIER '$.leaseToken') AS g;

    UPDATE l
    SET l.[LeaseUntil] = DATEADD(MILLISECOND, @LeaseMs, SYSUTCDATETIME())
    FROM @Given AS g
    INNER JOIN [dbo].[IngestionLease] AS l WITH (ROWLOCK, READPAST, READCOMMITTEDLOCK)
        ON l.[TenantId] = g.[TenantId] AND l.[LeaseToken] = g.[LeaseToken]
    OPTION (LOOP JOIN);

    SELECT g.[LeaseToken]
    FROM @Given AS g
    INNER JOIN [dbo].[IngestionLease] AS l WITH (NOLOCK) ON l.[TenantId] = g.[TenantId] AND l.[LeaseToken] = g.[LeaseToken]
    OPTION (LOOP JOIN);
END;
