-- A worker says that it is there, and what it does. Gives the number by which its outcomes refer to it. With a new process, rows of
-- processes that nobody has seen for 90 days go.
CREATE PROCEDURE [dbo].[sp_ReportWorker]
    @WorkerId         UNIQUEIDENTIFIER,
    @Instance         NVARCHAR(128),
    @Program          NVARCHAR(64),
    @Version          NVARCHAR(128),
    @QueueName        NVARCHAR(257),
    @State            NVARCHAR(16),
    @WorkerInstanceId INT = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();

    SET @WorkerInstanceId = NULL;
    BEGIN TRANSACTION;
    UPDATE w
    SET w.[State] = @State, w.[LastSeenAt] = @Now, @WorkerInstanceId = w.[WorkerInstanceId]
    FROM [dbo].[WorkerInstance] AS w WITH (UPDLOCK, HOLDLOCK)
    WHERE w.[WorkerId] = @WorkerId;
    IF @WorkerInstanceId IS NULL
    BEGIN
        DELETE w FROM [dbo].[WorkerInstance] AS w WHERE w.[LastSeenAt] < DATEADD(DAY, -90, @Now);
        INSERT INTO [dbo].[WorkerInstance] ([WorkerId], [Instance], [Program], [Version], [QueueName], [State], [StartedAt], [LastSeenAt])
        VALUES (@WorkerId, @Instance, @Program, @Version, @QueueName, @State, @Now, @Now);
        SET @WorkerInstanceId = CONVERT(INT, SCOPE_IDENTITY());
    END;
    COMMIT TRANSACTION;
END;
