-- Copies dbo.Atom.Embedding to dbo.AtomEmbedding as the model legacy-384. The column stays for programs of the version
-- before; what these write later is copied by the next publish of SqlPackage, and not by a deployment, which runs this once.
-- Nobody knows the texts of these vectors, so they have no hash and no projection.
SET XACT_ABORT ON;
DECLARE @EmbeddingModelId INT, @After BIGINT = 0, @Last BIGINT;

SELECT @EmbeddingModelId = m.[EmbeddingModelId] FROM [dbo].[EmbeddingModel] AS m WHERE m.[ModelKey] = 'legacy_384';

WHILE 1 = 1
BEGIN
    SELECT @Last = MAX(p.[AtomId])
    FROM (
        SELECT TOP (2000) a.[AtomId]
        FROM [dbo].[Atom] AS a
        WHERE a.[AtomId] > @After AND a.[Embedding] IS NOT NULL
        ORDER BY a.[AtomId]
    ) AS p;
    IF @Last IS NULL
        BREAK;

    IF @EmbeddingModelId IS NULL
    BEGIN
        INSERT INTO [dbo].[EmbeddingModel] ([ModelKey], [ModelName], [ModelVersion], [Dimension])
        VALUES ('legacy_384', N'legacy-384', N'1', 384);
        SET @EmbeddingModelId = SCOPE_IDENTITY();
    END;

    INSERT INTO [dbo].[AtomEmbedding] ([AtomId], [EmbeddingModelId], [TenantId], [Dimension], [Vector])
    SELECT a.[AtomId], @EmbeddingModelId, a.[TenantId], 384, a.[Embedding]
    FROM [dbo].[Atom] AS a WITH (REPEATABLEREAD, ROWLOCK)
    WHERE a.[AtomId] > @After
      AND a.[AtomId] <= @Last
      AND a.[Embedding] IS NOT NULL
      AND NOT EXISTS (
          SELECT 1
          FROM [dbo].[AtomEmbedding] AS e
          WHERE e.[AtomId] = a.[AtomId] AND e.[EmbeddingModelId] = @EmbeddingModelId
      )
    OPTION (LOOP JOIN);
    SET @After = @Last;
END;
