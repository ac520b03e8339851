-- Has searches take the vectors of a model once every atom that can have one has one: all of the model's types that have text, but
-- those whose job was skipped, refused or is dead. Once for each model: who switches back is not overruled. Counts all atoms, so
-- it is for a generator that has nothing left to do. Answers whether it has switched.
CREATE PROCEDURE [dbo].[sp_SwitchEmbeddingReads]
    @EmbeddingModelId INT
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @IsSwitched BIT = 0, @Embedded BIGINT = 0, @Missing BIGINT = 0;
    DECLARE @Atoms [dbo].[EmbeddingAtomList];

    IF EXISTS (
        SELECT 1
        FROM [dbo].[EmbeddingModel] AS m
        WHERE m.[EmbeddingModelId] = @EmbeddingModelId AND m.[FullAt] IS NULL AND m.[State] <> N'DISABLED'
    )
    BEGIN
        SELECT
            @Embedded = COUNT_BIG(e.[AtomId]),
            @Missing = COUNT_BIG(CASE WHEN e.[AtomId] IS NULL AND x.[IsExcused] IS NULL THEN 1 END)
        FROM [dbo].[Atom] AS a
        INNER JOIN [dbo].[EmbeddingModelAtomType] AS t
            ON t.[EmbeddingModelId] = @EmbeddingModelId AND t.[AtomType] = a.[AtomType]
        LEFT JOIN [dbo].[AtomEmbedding] AS e
            ON e.[AtomId] = a.[AtomId] AND e.[EmbeddingModelId] = @EmbeddingModelId
        OUTER APPLY (
            SELECT TOP (1) 1 AS [IsExcused]
            FROM [dbo].[BackgroundJob] AS j
            WHERE j.[AtomId] = a.[AtomId]
              AND j.[EmbeddingModelId] = @EmbeddingModelId
              AND j.[Status] IN (N'SKIPPED', N'REFUSED', N'DEAD')
        ) AS x
        WHERE a.[CanonicalText] <> N'';

        IF @Embedded > 0 AND @Missing = 0
        BEGIN
            BEGIN TRANSACTION;
            -- Of several callers the first one switches.
            UPDATE [dbo].[EmbeddingModel]
            SET [FullAt] = SYSUTCDATETIME()
            WHERE [EmbeddingModelId] = @EmbeddingModelId AND [FullAt] IS NULL AND [State] <> N'DISABLED';
            IF @@ROWCOUNT > 0
            BEGIN
                UPDATE [dbo].[EmbeddingModel] SET [IsRead] = 0 WHERE [IsRead] = 1 AND [EmbeddingModelId] <> @EmbeddingModelId;
                UPDATE [dbo].[EmbeddingModel] SET [IsRead] = 1 WHERE [EmbeddingModelId] = @EmbeddingModelId;
                -- The batch of any atom with its vector announces to the graph which model is read.
                INSERT INTO @Atoms ([AtomId])
                SELECT TOP (1) e.[AtomId] FROM [dbo].[AtomEmbedding] AS e WHERE e.[EmbeddingModelId] = @EmbeddingModelId;
                EXEC [dbo].[sp_SyncEmbeddedAtoms] @Atoms = @Atoms;
                SET @IsSwitched = 1;
            END;
            COMMIT TRANSACTION;
        END;
    END;

    SELECT @IsSwitched AS [IsSwitched];
END;
