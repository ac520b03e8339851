-- Comparisons of the tables with the graph that were asked for over the HTTP API, one at a time. The process that compares holds a lease;
-- rows are what all other processes know of it. Written by the procedures alone.
CREATE TABLE [dbo].[ReconcileRun] (
    [ReconcileRunId]    UNIQUEIDENTIFIER NOT NULL,
    -- RUNNING. COMPLETED. NEEDS_CONFIRMATION: a repair would have deleted much, and nothing was enqueued. FAILED. CANCELLED: by somebody,
    -- or its process was stopped. ABANDONED: its process vanished; a row that is RUNNING after LeaseUntil is one too.
    [State]             NVARCHAR(20)     NOT NULL CONSTRAINT [DF_ReconcileRun_State] DEFAULT (N'RUNNING'),
    [TenantId]          INT              NOT NULL,
    -- As in dbo.ApiAudit.
    [StartedBy]         NVARCHAR(128)    NOT NULL,
    [TraceId]           CHAR(32)         NOT NULL,
    [StartedAt]         DATETIME2(7)     NOT NULL CONSTRAINT [DF_ReconcileRun_StartedAt] DEFAULT (SYSUTCDATETIME()),
    [FinishedAt]        DATETIME2(7)     NULL,
    [LeaseUntil]        DATETIME2(7)     NOT NULL,
    -- When somebody asked for its end.
    [CancelRequestedAt] DATETIME2(7)     NULL,
    -- JSON: what was asked for; how far it is and what it came to; the entities that differ.
    [Choice]            NVARCHAR(MAX)    NOT NULL,
    [Report]            NVARCHAR(MAX)    NULL,
    [Drift]             NVARCHAR(MAX)    NULL,
    CONSTRAINT [PK_ReconcileRun] PRIMARY KEY CLUSTERED ([ReconcileRunId]),
    CONSTRAINT [CK_ReconcileRun_State] CHECK (
        [State] IN (N'RUNNING', N'COMPLETED', N'NEEDS_CONFIRMATION', N'FAILED', N'CANCELLED', N'ABANDONED')
    ),
    INDEX [IX_ReconcileRun_State] NONCLUSTERED ([State], [LeaseUntil]),
    INDEX [IX_ReconcileRun_StartedAt] NONCLUSTERED ([StartedAt])
);
