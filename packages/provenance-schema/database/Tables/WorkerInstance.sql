-- Every process that reads a queue, with its version and when it was last seen: a row per start. Outcomes refer to it, so that
-- it can be told which release did what. Written by dbo.sp_ReportWorker, at every change of state and about four times a minute.
CREATE TABLE [dbo].[WorkerInstance] (
    [WorkerInstanceId] INT              IDENTITY (1, 1) NOT NULL,
    -- Made anew by every process; jobs and leases that it has name it.
    [WorkerId]         UNIQUEIDENTIFIER NOT NULL,
    -- HOST-PID, as telemetry has it (service.instance.id).
    [Instance]         NVARCHAR(128)    NOT NULL,
    [Program]          NVARCHAR(64)     NOT NULL,
    [Version]          NVARCHAR(128)    NOT NULL,
    -- Schema and name without brackets.
    [QueueName]        NVARCHAR(257)    NOT NULL,
    -- RECEIVING; PAUSING: paused, and finishing what it has in hand; PAUSED; STOPPED.
    [State]            NVARCHAR(16)     NOT NULL,
    -- By SQL Server's clock.
    [StartedAt]        DATETIME2(7)     NOT NULL CONSTRAINT [DF_WorkerInstance_StartedAt] DEFAULT (SYSUTCDATETIME()),
    [LastSeenAt]       DATETIME2(7)     NOT NULL CONSTRAINT [DF_WorkerInstance_LastSeenAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_WorkerInstance] PRIMARY KEY CLUSTERED ([WorkerInstanceId]),
    CONSTRAINT [UQ_WorkerInstance_WorkerId] UNIQUE ([WorkerId]),
    CONSTRAINT [CK_WorkerInstance_State] CHECK ([State] IN (N'RECEIVING', N'PAUSING', N'PAUSED', N'STOPPED')),
    INDEX [IX_WorkerInstance_Seen] NONCLUSTERED ([QueueName], [LastSeenAt])
);
