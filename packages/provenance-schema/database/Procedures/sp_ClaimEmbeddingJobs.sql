-- Gives a worker jobs of a model, the oldest of the smallest priority first, for @LeaseSeconds. Jobs whose lease has run
-- out are among them: their worker has vanished. Call it outside of a transaction: what is claimed must be seen at once.
CREATE PROCEDURE [dbo].[sp_ClaimEmbeddingJobs]
    @EmbeddingModelId INT,
    @WorkerId         UNIQUEIDENTIFIER,
    -- Much more, and the locks of one claim escalate to the whole table.
    @Count            INT,
    @LeaseSeconds     INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    IF NOT EXISTS (
        SELECT 1 FROM [dbo].[EmbeddingModel] AS m WHERE m.[EmbeddingModelId] = @EmbeddingModelId AND m.[State] = N'ENABLED'
    )
        SET @Count = 0;

    -- READPAST: what another worker is claiming, or an application is asking for again, is left to the next claim.
    WITH [Due] AS (
        SELECT TOP (@Count) j.*
        FROM [dbo].[BackgroundJob] AS j WITH (ROWLOCK, UPDLOCK, READPAST, READCOMMITTEDLOCK)
        WHERE j.[EmbeddingModelId] = @EmbeddingModelId
          AND j.[Status] IN (N'PENDING', N'RUNNING')
          AND j.[NotBefore] <= SYSUTCDATETIME()
          AND j.[JobType] = N'GenerateEmbedding'
        ORDER BY j.[Priority], j.[NotBefore], j.[BackgroundJobId]
    )
    UPDATE [Due]
    SET
        [Status] = N'RUNNING',
        [NotBefore] = DATEADD(SECOND, @LeaseSeconds, SYSUTCDATETIME()),
        [LeaseOwner] = @WorkerId,
        [LeaseToken] = [LeaseToken] + 1,
        [Attempts] = [Attempts] + 1
    OUTPUT inserted.[BackgroundJobId], inserted.[LeaseToken], inserted.[Attempts], inserted.[AtomId], inserted.[TenantId];
END;
