-- Requests over the HTTP API that had an Idempotency-Key, for a day: the same request again gets the same answer and does nothing.
CREATE TABLE [dbo].[ApiRequest] (
    [TenantId]       INT          NOT NULL,
    -- SHA-256 of who asks and their key.
    [KeyHash]        BINARY(32)   NOT NULL,
    -- SHA-256 of what was asked for.
    [RequestHash]    BINARY(32)   NOT NULL,
    -- NULL inside the transaction only.
    [IngestionJobId] BIGINT       NULL,
    [CreatedAt]      DATETIME2(7) NOT NULL CONSTRAINT [DF_ApiRequest_CreatedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_ApiRequest] PRIMARY KEY CLUSTERED ([TenantId], [KeyHash]),
    INDEX [IX_ApiRequest_CreatedAt] NONCLUSTERED ([CreatedAt])
);
