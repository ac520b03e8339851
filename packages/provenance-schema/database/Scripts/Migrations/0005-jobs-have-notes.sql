-- Jobs whose documents were read with notes have them in columns of their own, as jobs have from now on.
SET XACT_ABORT ON;
-- Little by little, in the order of the key; a job that has notes is passed over.
DECLARE @After BIGINT = 0, @Last BIGINT;
WHILE 1 = 1
BEGIN
    SELECT @Last = MAX(s.[IngestionJobId])
    FROM (
        SELECT TOP (2000) j.[IngestionJobId]
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] > @After
        ORDER BY j.[IngestionJobId]
    ) AS s;
    IF @Last IS NULL
        BREAK;

    UPDATE j
    SET
        j.[Notes] = JSON_QUERY(a.[Metadata], N'$.notes'),
        j.[Letters] = TRY_CONVERT(BIGINT, JSON_VALUE(a.[Metadata], N'$.letters')),
        j.[ShareNotUnderstood] = TRY_CONVERT(FLOAT, JSON_VALUE(a.[Metadata], N'$.shareNotUnderstood'))
    FROM [dbo].[IngestionJob] AS j
    INNER JOIN [dbo].[Atom] AS a ON a.[AtomId] = j.[DocumentAtomId] AND a.[TenantId] = j.[TenantId]
    WHERE j.[IngestionJobId] > @After
      AND j.[IngestionJobId] <= @Last
      AND j.[Notes] IS NULL
      AND j.[Status] IN (N'COMPLETED', N'UNCHANGED')
      AND ISJSON(a.[Metadata]) = 1
    OPTION (LOOP JOIN);
    SET @After = @Last;
END;
