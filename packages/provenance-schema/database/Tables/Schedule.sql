-- Recurring work, and when it is due next. No SQL Server Agent: processes of `hartonomous schedule run` claim what is due by
-- dbo.sp_ClaimSchedule, with a lease, so that each due time is worked on by one of them; they know cron expressions, and this table only
-- the next time that comes of one. Written by the procedures alone.
CREATE TABLE [dbo].[Schedule] (
    [ScheduleId]     INT              IDENTITY (1, 1) NOT NULL,
    [Name]           NVARCHAR(64)     NOT NULL,
    [Kind]           NVARCHAR(16)     NOT NULL,
    -- Five parts: minute, hour, day of the month, month, day of the week.
    [CronExpression] NVARCHAR(128)    NOT NULL,
    -- As the IANA names it, for example Europe/Berlin.
    [TimeZone]       NVARCHAR(64)     NOT NULL,
    -- An object of JSON; what it may have depends on the kind. NULL: the kind's defaults.
    [Parameters]     NVARCHAR(2000)   NULL,
    [IsEnabled]      BIT              NOT NULL,
    -- UTC. NULL while it is disabled.
    [DueAt]          DATETIME2(0)     NULL,
    -- Who works on it, and until when without renewing. A claim adds one to LeaseToken; with an older one nothing can be finished.
    [LeaseOwner]     UNIQUEIDENTIFIER NULL,
    [LeaseUntil]     DATETIME2(7)     NULL,
    [LeaseToken]     BIGINT           NOT NULL CONSTRAINT [DF_Schedule_LeaseToken] DEFAULT (0),
    -- Who made it, or changed it last.
    [ChangedBy]      NVARCHAR(128)    NOT NULL,
    [ChangedAt]      DATETIME2(7)     NOT NULL CONSTRAINT [DF_Schedule_ChangedAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_Schedule] PRIMARY KEY CLUSTERED ([ScheduleId]),
    CONSTRAINT [UQ_Schedule_Name] UNIQUE ([Name]),
    CONSTRAINT [CK_Schedule_Kind] CHECK ([Kind] IN (N'PURGE', N'RECONCILE', N'BACKFILL', N'CANARY', N'SELF_REPAIR')),
    CONSTRAINT [CK_Schedule_Parameters] CHECK ([Parameters] IS NULL OR ISJSON([Parameters]) = 1),
    CONSTRAINT [CK_Schedule_DueAt] CHECK (([IsEnabled] = 1 AND [DueAt] IS NOT NULL) OR ([IsEnabled] = 0 AND [DueAt] IS NULL))
);
