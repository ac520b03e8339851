-- The outcome of each due time of each schedule: one row, however often it was begun. Stays when the schedule
-- is removed, hence no foreign key; dbo.sp_FinishSchedule deletes what is older than a year.
CREATE TABLE [dbo].[ScheduleRun] (
    [ScheduleRunId] BIGINT         IDENTITY (1, 1) NOT NULL,
    [ScheduleId]    INT            NOT NULL,
    [Name]          NVARCHAR(64)   NOT NULL,
    [Kind]          NVARCHAR(16)   NOT NULL,
    [DueAt]         DATETIME2(0)   NOT NULL,
    -- RUNNING. DONE. FAILED: it found something wrong, or could not be done. SKIPPED: it had a reason to do nothing. ABANDONED: who
    -- worked on it vanished, repeatedly, or the schedule was removed meanwhile.
    [Outcome]       NVARCHAR(16)   NOT NULL CONSTRAINT [DF_ScheduleRun_Outcome] DEFAULT (N'RUNNING'),
    -- How often it was begun; more than once where the lease of the one before ran out.
    [Attempts]      INT            NOT NULL CONSTRAINT [DF_ScheduleRun_Attempts] DEFAULT (1),
    -- HOST-PID of the one that began it last.
    [RunBy]         NVARCHAR(128)  NOT NULL,
    [StartedAt]     DATETIME2(7)   NOT NULL CONSTRAINT [DF_ScheduleRun_StartedAt] DEFAULT (SYSUTCDATETIME()),
    [FinishedAt]    DATETIME2(7)   NULL,
    -- What it has changed: rows deleted or enqueued, jobs made, fixes applied. NULL while it isn't known.
    [Changes]       BIGINT         NULL,
    -- For people, in a sentence or two.
    [Summary]       NVARCHAR(4000) NULL,
    -- The journal, as JSON: of a self-repair what was found and each fix, written before it is made.
    [Journal]       NVARCHAR(MAX)  NULL,
    CONSTRAINT [PK_ScheduleRun] PRIMARY KEY CLUSTERED ([ScheduleRunId]),
    CONSTRAINT [UQ_ScheduleRun_DueAt] UNIQUE ([ScheduleId], [DueAt]),
    CONSTRAINT [CK_ScheduleRun_Outcome] CHECK ([Outcome] IN (N'RUNNING', N'DONE', N'FAILED', N'SKIPPED', N'ABANDONED')),
    INDEX [IX_ScheduleRun_StartedAt] NONCLUSTERED ([StartedAt])
);
