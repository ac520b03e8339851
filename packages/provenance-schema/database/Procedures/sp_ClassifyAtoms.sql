-- The sensitivity of atoms: the greatest of their own and of all that they come from, by dbo.AtomProvenance. 0 public, 1 internal,
-- 2 confidential, 3 restricted; NULL where none of them has a level. Atoms that are gone are missing.
CREATE PROCEDURE [dbo].[sp_ClassifyAtoms]
    @Atoms [dbo].[EmbeddingAtomList] READONLY
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Reached TABLE (
        [RootAtomId] BIGINT NOT NULL,
        [AtomId]     BIGINT NOT NULL,
        [Depth]      INT    NOT NULL,
        PRIMARY KEY ([RootAtomId], [AtomId])
    );
    DECLARE @Depth INT = 0, @Found INT;

    INSERT INTO @Reached ([RootAtomId], [AtomId], [Depth])
    SELECT n.[AtomId], n.[AtomId], 0 FROM @Atoms AS n;
    SET @Found = @@ROWCOUNT;

    -- Step by step and not by a recursive query: of many ways to an ancestor one is enough, and a circle ends.
    WHILE @Found > 0
    BEGIN
        INSERT INTO @Reached ([RootAtomId], [AtomId], [Depth])
        SELECT DISTINCT r.[RootAtomId], p.[ParentAtomId], @Depth + 1
        FROM @Reached AS r
        INNER JOIN [dbo].[AtomProvenance] AS p ON p.[ChildAtomId] = r.[AtomId]
        WHERE r.[Depth] = @Depth
          AND NOT EXISTS (
              SELECT 1 FROM @Reached AS x WHERE x.[RootAtomId] = r.[RootAtomId] AND x.[AtomId] = p.[ParentAtomId]
          )
        OPTION (LOOP JOIN, RECOMPILE);
        SET @Found = @@ROWCOUNT;
        SET @Depth = @Depth + 1;
    END;

    SELECT
        r.[RootAtomId] AS [AtomId],
        MAX(CASE a.[Classification]
            WHEN N'public' THEN 0
            WHEN N'internal' THEN 1
            WHEN N'confidential' THEN 2
            WHEN N'restricted' THEN 3
        END) AS [Sensitivity]
    FROM @Reached AS r
    INNER JOIN [dbo].[Atom] AS a ON a.[AtomId] = r.[AtomId]
    GROUP BY r.[RootAtomId]
    OPTION (LOOP JOIN, RECOMPILE);
END;
