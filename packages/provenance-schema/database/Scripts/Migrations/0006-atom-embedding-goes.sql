-- Takes dbo.Atom.Embedding away, which only programs of the version before read and write. What they have written since their
-- values were copied to dbo.AtomEmbedding (model legacy-384) is copied first, in the same transaction: no value is lost.
SET XACT_ABORT ON;
DECLARE @EmbeddingModelId INT;
IF COL_LENGTH(N'dbo.Atom', N'Embedding') IS NOT NULL
BEGIN
    BEGIN TRANSACTION;
    SELECT @EmbeddingModelId = m.[EmbeddingModelId] FROM [dbo].[EmbeddingModel] AS m WHERE m.[ModelKey] = 'legacy_384';
    -- Statements that name the column are compiled only where it is there: the script may run again.
    EXEC [sys].[sp_executesql]
        N'IF @EmbeddingModelId IS NULL AND EXISTS (SELECT 1 FROM [dbo].[Atom] AS a WITH (TABLOCKX, HOLDLOCK) WHERE a.[Embedding] IS NOT NULL)
          BEGIN
              INSERT INTO [dbo].[EmbeddingModel] ([ModelKey], [ModelName], [ModelVersion], [Dimension])
              VALUES (''legacy_384'', N''legacy-384'', N''1'', 384);
              SET @EmbeddingModelId = SCOPE_IDENTITY();
          END;
          UPDATE e
          SET e.[Vector] = a.[Embedding]
          FROM [dbo].[AtomEmbedding] AS e
          INNER JOIN [dbo].[Atom] AS a WITH (TABLOCKX, HOLDLOCK) ON a.[AtomId] = e.[AtomId]
          WHERE e.[EmbeddingModelId] = @EmbeddingModelId AND e.[Vector] <> a.[Embedding]
          OPTION (LOOP JOIN);
          INSERT INTO [dbo].[AtomEmbedding] ([AtomId], [EmbeddingModelId], [TenantId], [Dimension], [Vector])
          SELECT a.[AtomId], @EmbeddingModelId, a.[TenantId], 384, a.[Embedding]
          FROM [dbo].[Atom] AS a WITH (TABLOCKX, HOLDLOCK)
          WHERE a.[Embedding] IS NOT NULL
            AND NOT EXISTS (
                SELECT 1
                FROM [dbo].[AtomEmbedding] AS e
                WHERE e.[AtomId] = a.[AtomId] AND e.[EmbeddingModelId] = @EmbeddingModelId
            )
          OPTION (LOOP JOIN);',
        N'@EmbeddingModelId INT',
        @EmbeddingModelId = @EmbeddingModelId;
    ALTER TABLE [dbo].[Atom] DROP CONSTRAINT IF EXISTS [CK_Atom_Embedding];
    ALTER TABLE [dbo].[Atom] DROP COLUMN [Embedding];
    COMMIT TRANSACTION;
END;
