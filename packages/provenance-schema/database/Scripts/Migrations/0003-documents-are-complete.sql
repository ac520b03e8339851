-- Files that were ingested before dbo.IngestedDocument are complete: each was one transaction. Of two atoms of one file the older counts.
SET XACT_ABORT ON;
-- Little by little, in the order of the key; a document that is there already is passed over.
DECLARE @After BIGINT = 0, @Last BIGINT;
WHILE 1 = 1
BEGIN
    SELECT @Last = MAX(s.[AtomId])
    FROM (
        SELECT TOP (4000) a.[AtomId]
        FROM [dbo].[Atom] AS a
        WHERE a.[AtomId] > @After AND a.[AtomType] = N'document' AND a.[ContentHash] IS NOT NULL
        ORDER BY a.[AtomId]
    ) AS s;
    IF @Last IS NULL
        BREAK;

    INSERT INTO [dbo].[IngestedDocument] ([TenantId], [ContentHash], [State], [DocumentAtomId])
    SELECT a.[TenantId], a.[ContentHash], N'COMPLETE', MIN(a.[AtomId])
    FROM [dbo].[Atom] AS a
    WHERE a.[AtomId] > @After AND a.[AtomId] <= @Last AND a.[AtomType] = N'document' AND a.[ContentHash] IS NOT NULL
      AND a.[ReferenceCount] > 0
      AND NOT EXISTS (
          SELECT 1
          FROM [dbo].[IngestedDocument] AS d WITH (UPDLOCK, HOLDLOCK)
          WHERE d.[TenantId] = a.[TenantId] AND d.[ContentHash] = a.[ContentHash]
      )
    GROUP BY a.[TenantId], a.[ContentHash]
    OPTION (LOOP JOIN);
    SET @After = @Last;
END;
