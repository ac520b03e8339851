-- Writes what a worker has computed, has the graph follow, and ends the jobs, in one transaction; answers with the jobs that were still the
-- worker's. What belongs to the others is left out: their lease ran out, and somebody else has them.
CREATE PROCEDURE [dbo].[sp_FinishEmbeddingJobs]
    @EmbeddingModelId INT,
    @WorkerId         UNIQUEIDENTIFIER,
    @Results          [dbo].[EmbeddingResultList] READONLY
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Done TABLE (
        [BackgroundJobId] BIGINT       NOT NULL PRIMARY KEY,
        [AtomId]          BIGINT       NOT NULL,
        [TenantId]        INT          NOT NULL,
        [Outcome]         NVARCHAR(16) NOT NULL
    );
    DECLARE @Newest TABLE ([AtomId] BIGINT NOT NULL PRIMARY KEY, [BackgroundJobId] BIGINT NOT NULL);
    DECLARE @Changed [dbo].[EmbeddingAtomList];

    BEGIN TRANSACTION;
    UPDATE j
    SET
        j.[Status] = CASE r.[Outcome] WHEN N'SKIPPED' THEN N'SKIPPED' WHEN N'REFUSED' THEN N'REFUSED' ELSE N'COMPLETED' END,
        j.[LeaseOwner] = NULL,
        j.[ErrorCode] = CASE WHEN r.[Outcome] = N'REFUSED' THEN N'CLASSIFIED' END,
        j.[ErrorText] = CASE
            WHEN r.[Outcome] = N'REFUSED'
                THEN N'The atom, or one that it comes from, is confidential or restricted, and the provider is outside.'
        END,
        j.[FinishedAt] = SYSUTCDATETIME()
    OUTPUT inserted.[BackgroundJobId], inserted.[AtomId], inserted.[TenantId], r.[Outcome]
        INTO @Done ([BackgroundJobId], [AtomId], [TenantId], [Outcome])
    FROM @Results AS r
    INNER JOIN [dbo].[BackgroundJob] AS j ON j.[BackgroundJobId] = r.[BackgroundJobId] AND j.[LeaseToken] = r.[LeaseToken]
    WHERE j.[Status] = N'RUNNING' AND j.[LeaseOwner] = @WorkerId AND j.[EmbeddingModelId] = @EmbeddingModelId
    OPTION (LOOP JOIN);

    -- Of two jobs for an atom, the later one has read the later text.
    INSERT INTO @Newest ([AtomId], [BackgroundJobId])
    SELECT d.[AtomId], MAX(d.[BackgroundJobId])
    FROM @Done AS d
    WHERE NOT EXISTS (
        SELECT 1
        FROM [dbo].[AtomEmbedding] AS e
        WHERE e.[AtomId] = d.[AtomId] AND e.[EmbeddingModelId] = @EmbeddingModelId AND e.[BackgroundJobId] > d.[BackgroundJobId]
    )
    GROUP BY d.[AtomId];

    -- What had failed before is settled.
    DELETE j
    FROM @Done AS d
    INNER JOIN [dbo].[BackgroundJob] AS j ON j.[AtomId] = d.[AtomId] AND j.[EmbeddingModelId] = @EmbeddingModelId
    WHERE j.[Status] IN (N'DEAD', N'REFUSED') AND j.[BackgroundJobId] < d.[BackgroundJobId]
    OPTION (LOOP JOIN);

    -- A refused text is another than that of the vector that is there.
    DELETE e
    OUTPUT deleted.[AtomId] INTO @Changed ([AtomId])
    FROM @Newest AS n
    INNER JOIN @Done AS d ON d.[BackgroundJobId] = n.[BackgroundJobId]
    INNER JOIN [dbo].[AtomEmbedding] AS e ON e.[AtomId] = n.[AtomId] AND e.[EmbeddingModelId] = @EmbeddingModelId
    WHERE d.[Outcome] IN (N'SKIPPED', N'REFUSED')
    OPTION (LOOP JOIN);

    UPDATE e
    SET
        e.[Dimension] = r.[Dimension], e.[Vector] = r.[Vector], e.[TextHash] = r.[TextHash],
        e.[ProjectionX] = r.[ProjectionX], e.[ProjectionY] = r.[ProjectionY], e.[ProjectionZ] = r.[ProjectionZ],
        e.[HilbertValue] = r.[HilbertValue],
        e.[BucketX] = r.[BucketX], e.[BucketY] = r.[BucketY], e.[BucketZ] = r.[BucketZ],
        e.[Windows] = r.[Windows], e.[Tokens] = r.[Tokens],
        e.[BackgroundJobId] = r.[BackgroundJobId], e.[CreatedAt] = SYSUTCDATETIME()
    OUTPUT inserted.[AtomId] INTO @Changed ([AtomId])
    FROM @Newest AS n
    INNER JOIN @Results AS r ON r.[BackgroundJobId] = n.[BackgroundJobId]
    INNER JOIN [dbo].[AtomEmbedding] AS e ON e.[AtomId] = n.[AtomId] AND e.[EmbeddingModelId] = @EmbeddingModelId
    WHERE r.[Outcome] = N'EMBEDDED'
    OPTION (LOOP JOIN);

    INSERT INTO [dbo].[AtomEmbedding]
        ([AtomId], [EmbeddingModelId], [TenantId], [Dimension], [Vector], [TextHash],
         [ProjectionX], [ProjectionY], [ProjectionZ], [HilbertValue], [BucketX], [BucketY], [BucketZ],
         [Windows], [Tokens], [BackgroundJobId])
    OUTPUT inserted.[AtomId] INTO @Changed ([AtomId])
    SELECT
        a.[AtomId], @EmbeddingModelId, a.[TenantId], r.[Dimension], r.[Vector], r.[TextHash],
        r.[ProjectionX], r.[ProjectionY], r.[ProjectionZ], r.[HilbertValue], r.[BucketX], r.[BucketY], r.[BucketZ],
        r.[Windows], r.[Tokens], r.[BackgroundJobId]
    FROM @Newest AS n
    INNER JOIN @Results AS r ON r.[BackgroundJobId] = n.[BackgroundJobId]
    -- The atom may have gone. REPEATABLEREAD: one that is there now must not go before its embedding is written.
    INNER JOIN [dbo].[Atom] AS a WITH (REPEATABLEREAD, ROWLOCK) ON a.[AtomId] = n.[AtomId]
    WHERE r.[Outcome] = N'EMBEDDED'
      AND NOT EXISTS (
          SELECT 1 FROM [dbo].[AtomEmbedding] AS e WHERE e.[AtomId] = n.[AtomId] AND e.[EmbeddingModelId] = @EmbeddingModelId
      )
    OPTION (LOOP JOIN);

    EXEC [dbo].[sp_SyncEmbeddedAtoms] @Atoms = @Changed;
    COMMIT TRANSACTION;

    SELECT d.[BackgroundJobId] FROM @Done AS d;
END;
