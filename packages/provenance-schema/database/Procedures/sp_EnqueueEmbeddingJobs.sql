-- Makes a job for each atom and each model that isn't disabled, and wakes the generator. Internal: the enqueue procedures
-- call it inside their transaction, for atoms whose rows are there. Atoms without text get a job only where they have an
-- embedding to lose.
CREATE PROCEDURE [dbo].[sp_EnqueueEmbeddingJobs]
    @Atoms [dbo].[EmbeddingAtomList] READONLY
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Waiting TABLE (
        [AtomId]           BIGINT NOT NULL,
        [EmbeddingModelId] INT    NOT NULL,
        INDEX [IX_AtomId] ([AtomId], [EmbeddingModelId])
    );

    -- A job that waits is enough for any number of changes. Written to, so that nobody claims it before the caller's
    -- transaction commits: who claimed it sooner would read the text of before.
    UPDATE j
    SET j.[RequestedAt] = SYSUTCDATETIME()
    OUTPUT inserted.[AtomId], inserted.[EmbeddingModelId] INTO @Waiting ([AtomId], [EmbeddingModelId])
    FROM @Atoms AS n
    INNER JOIN [dbo].[BackgroundJob] AS j ON j.[AtomId] = n.[AtomId]
    INNER JOIN [dbo].[EmbeddingModel] AS m ON m.[EmbeddingModelId] = j.[EmbeddingModelId]
    WHERE j.[JobType] = N'GenerateEmbedding' AND j.[Status] = N'PENDING' AND m.[State] IN (N'ENABLED', N'PAUSED')
    -- Seeks: a scan would wait for jobs that others hold. RECOMPILE: a plan for one atom is a slow one for thousands.
    OPTION (LOOP JOIN, RECOMPILE);

    INSERT INTO [dbo].[BackgroundJob] ([JobType], [EmbeddingModelId], [TenantId], [AtomId])
    SELECT N'GenerateEmbedding', m.[EmbeddingModelId], a.[TenantId], a.[AtomId]
    FROM @Atoms AS n
    INNER JOIN [dbo].[Atom] AS a ON a.[AtomId] = n.[AtomId]
    INNER JOIN [dbo].[EmbeddingModelAtomType] AS t ON t.[AtomType] = a.[AtomType]
    INNER JOIN [dbo].[EmbeddingModel] AS m ON m.[EmbeddingModelId] = t.[EmbeddingModelId]
    WHERE m.[State] IN (N'ENABLED', N'PAUSED')
      AND NOT EXISTS (
          SELECT 1 FROM @Waiting AS w WHERE w.[AtomId] = a.[AtomId] AND w.[EmbeddingModelId] = m.[EmbeddingModelId]
      )
      AND (
          a.[CanonicalText] <> N''
          OR EXISTS (
              SELECT 1
              FROM [dbo].[AtomEmbedding] AS e
              WHERE e.[AtomId] = a.[AtomId] AND e.[EmbeddingModelId] = m.[EmbeddingModelId]
          )
      )
    OPTION (LOOP JOIN, RECOMPILE);

    IF @@ROWCOUNT > 0
        EXEC [dbo].[sp_EnqueueEmbeddingRequest];
END;
