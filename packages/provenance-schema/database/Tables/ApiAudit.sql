-- One row for each change that was asked for over the HTTP API, in the transaction that makes the change.
CREATE TABLE [dbo].[ApiAudit] (
    [ApiAuditId] BIGINT        IDENTITY (1, 1) NOT NULL,
    [At]         DATETIME2(7)  NOT NULL CONSTRAINT [DF_ApiAudit_At] DEFAULT (SYSUTCDATETIME()),
    [TenantId]   INT           NOT NULL,
    -- api-key:3 or entra:<object id>. Names of people can change and aren't kept.
    [Subject]    NVARCHAR(128) NOT NULL,
    -- For example entity.sync.
    [Action]     NVARCHAR(64)  NOT NULL,
    -- What was changed, for example Atom/17.
    [Target]     NVARCHAR(400) NOT NULL,
    -- JSON: before, after, and what was given.
    [Detail]     NVARCHAR(MAX) NULL,
    [TraceId]    CHAR(32)      NOT NULL,
    CONSTRAINT [PK_ApiAudit] PRIMARY KEY CLUSTERED ([ApiAuditId]),
    INDEX [IX_ApiAudit_At] NONCLUSTERED ([At])
);
