-- Makes jobs for atoms that have no embedding of a model and no job for one: those of @Count atoms after @AfterAtomId, by
-- their ids. For operators, who call it until @LastAtomId is NULL. Each call is a transaction of its own.
-- Errors: 51060 no such model, or it is disabled.
CREATE PROCEDURE [dbo].[sp_BackfillEmbeddings]
    @EmbeddingModelId INT,
    @AfterAtomId      BIGINT = 0,
    -- Too many: the locks of one call escalate to the whole table.
    @Count            INT    = 2000,
    -- 1 counts only.
    @IsDryRun         BIT    = 0,
    @LastAtomId       BIGINT = NULL OUTPUT,
    @Jobs             INT    = 0 OUTPUT,
    -- Characters of their texts, for an estimate of tokens.
    @Characters       BIGINT = 0 OUTPUT
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Missing TABLE ([AtomId] BIGINT NOT NULL PRIMARY KEY, [TenantId] INT NOT NULL, [Characters] BIGINT NOT NULL);

    IF NOT EXISTS (
        SELECT 1
        FROM [dbo].[EmbeddingModel] AS m
        WHERE m.[EmbeddingModelId] = @EmbeddingModelId AND (m.[State] <> N'DISABLED' OR @IsDryRun = 1)
    )
        THROW 51060, N'There is no such model, or it is disabled. Enable it first: hartonomous embeddings enable.', 1;

    SELECT @LastAtomId = MAX(p.[AtomId])
    FROM (
        SELECT TOP (@Count) a.[AtomId] FROM [dbo].[Atom] AS a WHERE a.[AtomId] > @AfterAtomId ORDER BY a.[AtomId]
    ) AS p;
    SELECT @Jobs = 0, @Characters = 0;
    IF @LastAtomId IS NULL
        RETURN 0;

    BEGIN TRANSACTION;
    -- READCOMMITTEDLOCK: an atom whose transaction began before the model was enabled made no job, and is waited for.
    INSERT INTO @Missing ([AtomId], [TenantId], [Characters])
    SELECT a.[AtomId], a.[TenantId], DATALENGTH(a.[CanonicalText]) / 2
    FROM [dbo].[Atom] AS a WITH (READCOMMITTEDLOCK)
    INNER JOIN [dbo].[EmbeddingModelAtomType] AS t
        ON t.[EmbeddingModelId] = @EmbeddingModelId AND t.[AtomType] = a.[AtomType]
    WHERE a.[AtomId] > @AfterAtomId
      AND a.[AtomId] <= @LastAtomId
      AND a.[CanonicalText] <> N''
      AND NOT EXISTS (
          SELECT 1
          FROM [dbo].[AtomEmbedding] AS e
          WHERE e.[AtomId] = a.[AtomId] AND e.[EmbeddingModelId] = @EmbeddingModelId
      )
      AND NOT EXISTS (
          SELECT 1
          FROM [dbo].[BackgroundJob] AS j
          WHERE j.[AtomId] = a.[AtomId]
            AND j.[EmbeddingModelId] = @EmbeddingModelId
            AND j.[Status] IN (N'PENDING', N'RUNNING', N'DEAD', N'REFUSED')
      )
    OPTION (RECOMPILE);

    SELECT @Jobs = COUNT(*), @Characters = ISNULL(SUM(m.[Characters]), 0) FROM @Missing AS m;
    IF @IsDryRun = 0 AND @Jobs > 0
    BEGIN
        INSERT INTO [dbo].[BackgroundJob] ([JobType], [EmbeddingModelId], [TenantId], [AtomId], [Priority])
        SELECT N'GenerateEmbedding', @EmbeddingModelId, m.[TenantId], m.[AtomId], 10 FROM @Missing AS m;
        EXEC [dbo].[sp_EnqueueEmbeddingRequest];
    END;
    COMMIT TRANSACTION;
END;
