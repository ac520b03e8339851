-- Optional, for SQL Server 2025 or newer: the vectors of one model in a column of type VECTOR, for exact searches in T-SQL. No
-- deployment runs it, and nothing of the product needs it: searches by meaning are the graph's. It has been parsed, and never been run
-- against a server.
-- Set @ModelKey, and run it as db_owner, at compatibility level 160 or higher. Run it again to bring over what has changed since; it is
-- done when it says so. Vectors of a model may have at most 1998 numbers here (float32). There is no vector index: on SQL Server 2025
-- it is a preview that makes its table read-only. VECTOR_DISTANCE compares with every vector of the tenant.
SET XACT_ABORT ON;
SET NOCOUNT ON;

DECLARE @ModelKey VARCHAR(40) = 'bge_small_en_v1_5';
DECLARE @EmbeddingModelId INT, @Dimension INT, @Table NVARCHAR(300), @Sql NVARCHAR(MAX), @Problem NVARCHAR(2048);

SELECT @EmbeddingModelId = m.[EmbeddingModelId], @Dimension = m.[Dimension]
FROM [dbo].[EmbeddingModel] AS m
WHERE m.[ModelKey] = @ModelKey;
IF @EmbeddingModelId IS NULL
BEGIN
    SET @Problem = CONCAT(N'There is no model ', REPLACE(@ModelKey, '%', '%%'), N' in dbo.EmbeddingModel. Set @ModelKey to one of: ',
        (SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), m.[ModelKey]), N', ') FROM [dbo].[EmbeddingModel] AS m), N'.');
    THROW 51080, @Problem, 1;
END;
IF @Dimension > 1998
    THROW 51081, N'A column of type VECTOR has at most 1998 numbers. Enable the model with a smaller --dimension, where it is made for that.', 1;

-- A key has no other characters than a to z, 0 to 9 and _ (CK_EmbeddingModel_ModelKey).
SET @Table = CONCAT(N'[dbo].', QUOTENAME(CONCAT(N'AtomVector_', @ModelKey)));

SET @Sql = CONCAT(
    N'IF OBJECT_ID(N''', @Table, N''') IS NULL
    CREATE TABLE ', @Table, N' (
        [AtomId]    BIGINT NOT NULL PRIMARY KEY,
        [TenantId]  INT    NOT NULL INDEX [IX_TenantId],
        [CreatedAt] DATETIME2(7) NOT NULL,
        [Vector]    VECTOR(', @Dimension, N') NOT NULL,
        FOREIGN KEY ([AtomId], [TenantId]) REFERENCES [dbo].[Atom] ([AtomId], [TenantId]) ON DELETE CASCADE
    );');
EXEC [sys].[sp_executesql] @Sql;

-- The stored bytes are 32-bit floats, the least significant byte first; a VECTOR is made from a JSON array. 17 digits lose nothing.
SET @Sql = CONCAT(
    N'SET XACT_ABORT ON;
    DECLARE @Rows INT = 1;
    DELETE v
    FROM ', @Table, N' AS v
    WHERE NOT EXISTS (
        SELECT 1
        FROM [dbo].[AtomEmbedding] AS e
        WHERE e.[AtomId] = v.[AtomId] AND e.[EmbeddingModelId] = @EmbeddingModelId AND e.[CreatedAt] = v.[CreatedAt]
    )
    OPTION (LOOP JOIN);
    WHILE @Rows > 0
    BEGIN
        INSERT INTO ', @Table, N' ([AtomId], [TenantId], [CreatedAt], [Vector])
        SELECT n.[AtomId], n.[TenantId], n.[CreatedAt], CAST(j.[Json] AS VECTOR(', @Dimension, N'))
        FROM (
            SELECT TOP (500) e.[AtomId], e.[TenantId], e.[CreatedAt], e.[Vector]
            FROM [dbo].[AtomEmbedding] AS e
            WHERE e.[EmbeddingModelId] = @EmbeddingModelId
              AND NOT EXISTS (SELECT 1 FROM ', @Table, N' AS v WHERE v.[AtomId] = e.[AtomId])
            ORDER BY e.[AtomId]
        ) AS n
        CROSS APPLY (
            SELECT CONCAT(
                N''['',
                STRING_AGG(CONVERT(NVARCHAR(MAX), CONVERT(NVARCHAR(40), f.[Number], 3)), N'','') WITHIN GROUP (ORDER BY s.[value]),
                N'']''
            ) AS [Json]
            FROM GENERATE_SERIES(0, @Dimension - 1) AS s
            CROSS APPLY (
                SELECT
                    CONVERT(BIGINT, SUBSTRING(n.[Vector], 4 * s.[value] + 4, 1)) * 16777216
                    + CONVERT(BIGINT, SUBSTRING(n.[Vector], 4 * s.[value] + 3, 1)) * 65536
                    + CONVERT(BIGINT, SUBSTRING(n.[Vector], 4 * s.[value] + 2, 1)) * 256
                    + CONVERT(BIGINT, SUBSTRING(n.[Vector], 4 * s.[value] + 1, 1)) AS [Bits]
            ) AS b
            CROSS APPLY (
                SELECT
                    CASE WHEN b.[Bits] >= 2147483648 THEN -1e0 ELSE 1e0 END
                    * CASE
                        WHEN (b.[Bits] / 8388608) % 256 = 0 THEN (b.[Bits] % 8388608) * POWER(2e0, -149)
                        ELSE (1 + (b.[Bits] % 8388608) / 8388608e0) * POWER(2e0, (b.[Bits] / 8388608) % 256 - 127)
                    END AS [Number]
            ) AS f
        ) AS j
        OPTION (LOOP JOIN);
        SET @Rows = @@ROWCOUNT;
    END;');
EXEC [sys].[sp_executesql]
    @Sql,
    N'@EmbeddingModelId INT, @Dimension INT',
    @EmbeddingModelId = @EmbeddingModelId,
    @Dimension = @Dimension;

PRINT CONCAT(N'Done: ', @Table, N' has the vectors of ', @ModelKey, N'. The nearest to an atom, 0 being the same direction:
    SELECT TOP (10) o.AtomId, VECTOR_DISTANCE(''cosine'', o.Vector, v.Vector) AS Distance
    FROM ', @Table, N' AS v
    INNER JOIN ', @Table, N' AS o ON o.TenantId = v.TenantId AND o.AtomId <> v.AtomId
    WHERE v.AtomId = 12345
    ORDER BY Distance;');
