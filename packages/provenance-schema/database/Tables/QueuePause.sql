-- Queues whose workers are to receive nothing for a while, on purpose. Workers read it about once a second, through
-- dbo.sp_ReadQueuePause. A queue is paused while any row of it applies, so that one owner's resume doesn't undo another's pause.
CREATE TABLE [dbo].[QueuePause] (
    [QueuePauseId] INT            IDENTITY (1, 1) NOT NULL,
    -- Schema and name without brackets, for example dbo.Neo4jSyncQueue.
    [QueueName]    NVARCHAR(257)  NOT NULL,
    -- ALL: every worker. ONLY and EXCEPT: the one in Instance, or every other one.
    [Scope]        NVARCHAR(16)   NOT NULL CONSTRAINT [DF_QueuePause_Scope] DEFAULT (N'ALL'),
    -- As in dbo.WorkerInstance.
    [Instance]     NVARCHAR(128)  NULL,
    -- Who is to be asked: a person, or a program with its host.
    [Owner]        NVARCHAR(128)  NOT NULL,
    [Reason]       NVARCHAR(1000) NOT NULL,
    [PausedAt]     DATETIME2(7)   NOT NULL CONSTRAINT [DF_QueuePause_PausedAt] DEFAULT (SYSUTCDATETIME()),
    -- NULL: until somebody resumes. A program gives a time, so that its death doesn't stop a queue forever.
    [ExpiresAt]    DATETIME2(7)   NULL,
    CONSTRAINT [PK_QueuePause] PRIMARY KEY CLUSTERED ([QueuePauseId]),
    CONSTRAINT [UQ_QueuePause_Owner] UNIQUE ([QueueName], [Owner]),
    CONSTRAINT [CK_QueuePause_Scope] CHECK (
        ([Scope] = N'ALL' AND [Instance] IS NULL) OR ([Scope] IN (N'ONLY', N'EXCEPT') AND [Instance] IS NOT NULL)
    )
);
