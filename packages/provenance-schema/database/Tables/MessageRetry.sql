-- Messages of the worker queues that could not be processed yet and wait for their next try. A worker puts them here in the
-- transaction that received them, and commits: rolling back a RECEIVE is counted by SQL Server, and five in a row make it
-- ask for a schema lock on the queue that holds up every SEND, also where POISON_MESSAGE_HANDLING is OFF.
CREATE TABLE [dbo].[MessageRetry] (
    [MessageRetryId]        BIGINT           IDENTITY (1, 1) NOT NULL,
    -- Schema and name without brackets, for example dbo.Neo4jSyncQueue.
    [QueueName]             NVARCHAR(257)    NOT NULL,
    [DueAt]                 DATETIME2(7)     NOT NULL,
    -- Tries that the message itself may be blamed for; an outage doesn't count.
    [Attempts]              INT              NOT NULL,
    -- Why the last try failed.
    [ReasonCode]            NVARCHAR(64)     NOT NULL,
    [ReasonText]            NVARCHAR(4000)   NOT NULL,
    -- The message as it was received.
    [MessageBody]           VARBINARY(MAX)   NULL,
    [MessageTypeName]       NVARCHAR(256)    NOT NULL,
    [ContractName]          NVARCHAR(256)    NULL,
    [ServiceName]           NVARCHAR(512)    NOT NULL,
    [ConversationHandle]    UNIQUEIDENTIFIER NOT NULL,
    [ConversationGroupId]   UNIQUEIDENTIFIER NOT NULL,
    [MessageSequenceNumber] BIGINT           NOT NULL,
    [QueuingOrder]          BIGINT           NOT NULL,
    [EnqueuedAt]            DATETIME2(7)     NULL,
    CONSTRAINT [PK_MessageRetry] PRIMARY KEY CLUSTERED ([MessageRetryId]),
    INDEX [IX_MessageRetry_DueAt] NONCLUSTERED ([QueueName], [DueAt])
);
