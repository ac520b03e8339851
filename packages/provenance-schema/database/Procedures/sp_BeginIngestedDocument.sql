-- Begins to write the atoms of a file: answers with the atom of the file as a whole, and whether it is new. When it isn't, the
-- tenant has this very file, and there is nothing to write. Internal to ces-consumer, inside its transaction.
-- From here to the end of the transaction this tenant's other ingestions wait, for a lock on the tenant's row that
-- hinders no reader. They write many rows with random hashes in common with each other: ranges of an index that each of
-- them locked in its own order would end in deadlocks, and without locks equal content would come in twice. Reading files
-- and taking them apart isn't under the lock. How long to wait is for the caller's SET LOCK_TIMEOUT to say.
-- Errors: 51033 tenant, 51040 no transaction.
CREATE PROCEDURE [dbo].[sp_BeginIngestedDocument]
    @TenantId      INT,
    @ContentType   NVARCHAR(256),
    @ContentHash   VARBINARY(32),
    @AtomicValue   VARBINARY(64),
    @Metadata      NVARCHAR(MAX),
    @TraceParent   NVARCHAR(55) = NULL
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @AtomId BIGINT, @IsNew BIT = 0, @Locked INT, @Problem NVARCHAR(2048);

    IF @@TRANCOUNT = 0
        THROW 51040, N'dbo.sp_BeginIngestedDocument must run inside a transaction, which is what holds its lock. Call dbo.sp_EnqueueIngestion to ingest a file.', 1;

    SELECT @Locked = t.[TenantId] FROM [dbo].[Tenant] AS t WITH (UPDLOCK, ROWLOCK) WHERE t.[TenantId] = @TenantId;
    IF @Locked IS NULL
    BEGIN
        SET @Problem = CONCAT(N'There is no tenant ', @TenantId, N'. Insert its row into dbo.Tenant first.');
        THROW 51033, @Problem, 1;
    END;

    SELECT @AtomId = MIN(a.[AtomId])
    FROM [dbo].[Atom] AS a
    WHERE a.[TenantId] = @TenantId AND a.[ContentHash] = @ContentHash AND a.[AtomType] = N'document';

    IF @AtomId IS NULL
    BEGIN
        INSERT INTO [dbo].[Atom] ([TenantId], [AtomType], [ContentType], [ContentHash], [AtomicValue], [Metadata])
        VALUES (@TenantId, N'document', @ContentType, @ContentHash, @AtomicValue, @Metadata);
        SET @AtomId = SCOPE_IDENTITY();
        SET @IsNew = 1;
        EXEC [dbo].[sp_EnqueueNeo4jSync]
            @EntityType = N'Atom',
            @EntityId = @AtomId,
            @SyncType = N'CREATE',
            @TenantId = @TenantId,
            @TraceParent = @TraceParent;
    END;

    SELECT @AtomId AS [AtomId], @IsNew AS [IsNew];
END;
