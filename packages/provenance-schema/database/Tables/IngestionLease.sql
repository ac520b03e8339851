-- Which worker writes the files of a tenant. One row per tenant, so that at most one file of a tenant is worked on at a time: files
-- share atoms and edges, and two that wrote by turns would each miss what the other has just written. The lease is taken by
-- dbo.sp_ClaimIngestionJobs, made longer with each transaction of its holder, and may be taken by anybody when LeaseUntil has
-- passed. Every procedure that writes for its holder asks for the token in the same transaction, so a worker that was suspended
-- beyond the end of its lease can't write any more.
CREATE TABLE [dbo].[IngestionLease] (
    [TenantId]       INT              NOT NULL,
    -- NULL: nobody has it.
    [LeaseToken]     UNIQUEIDENTIFIER NULL,
    -- By the server's clock, UTC.
    [LeaseUntil]     DATETIME2(7)     NULL,
    [IngestionJobId] BIGINT           NULL,
    [WorkerId]       UNIQUEIDENTIFIER NULL,
    -- Tenants take turns by it.
    [LastClaimedAt]  DATETIME2(7)     NOT NULL CONSTRAINT [DF_IngestionLease_LastClaimedAt] DEFAULT (SYSUTCDATETIME()),
    -- 1: a consumer of the version before leases has written files of the tenant since the lease was taken.
    [HasIntervened]  BIT              NOT NULL CONSTRAINT [DF_IngestionLease_HasIntervened] DEFAULT (0),
    CONSTRAINT [PK_IngestionLease] PRIMARY KEY CLUSTERED ([TenantId])
);
