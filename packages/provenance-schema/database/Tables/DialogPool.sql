-- The open dialog of each sending session. A session only ever touches its own row, so senders neither wait for each
-- other nor deadlock. At most one row per session number and pair of services: rows of closed sessions are taken over
-- by the next session with that number.
CREATE TABLE [dbo].[DialogPool] (
    [FromService]        NVARCHAR(128)    NOT NULL,
    [ToService]          NVARCHAR(128)    NOT NULL,
    [ContractName]       NVARCHAR(128)    NOT NULL,
    [SessionId]          INT              NOT NULL,
    [ConversationHandle] UNIQUEIDENTIFIER NOT NULL,
    [BegunAt]            DATETIME2(7)     NOT NULL CONSTRAINT [DF_DialogPool_BegunAt] DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT [PK_DialogPool] PRIMARY KEY CLUSTERED ([FromService], [ToService], [ContractName], [SessionId])
);
