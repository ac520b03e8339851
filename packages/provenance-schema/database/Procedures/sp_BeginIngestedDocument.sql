-- For consumers of the version before leases, which write a file in one transaction; dbo.sp_WriteIngestedSlice has replaced it.
-- Begins to write the atoms of a file: answers with the atom of the file as a whole, and whether it is new. When it isn't, the
-- tenant has this very file, and there is nothing to write. Internal to ces-consumer, inside its transaction.
-- From here to the end of the transaction this tenant's other ingestions wait, for a lock on the tenant's row that
-- hinders no reader. They write many rows with random hashes in common with each other: ranges of an index that each of
-- them locked in its own order would end in deadlocks, and without locks equal content would come in twice. Reading files
-- and taking them apart isn't under the lock. How long to wait is for the caller's SET LOCK_TIMEOUT to say.
-- A file that another worker has begun to write slice by slice is refused: the caller tries again later, and finds it complete.
-- Errors: 51033 tenant, 51040 no transaction, 51071 another worker is writing this file.
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

    -- Before the tenant's row, as dbo.sp_HoldIngestionLease does. Who has the lease has to look for edges that this caller writes.
    UPDATE l
    SET l.[HasIntervened] = 1
    FROM [dbo].[IngestionLease] AS l WITH (ROWLOCK)
    WHERE l.[TenantId] = @TenantId;

    SELECT @Locked = t.[TenantId] FROM [dbo].[Tenant] AS t WITH (UPDLOCK, ROWLOCK) WHERE t.[TenantId] = @TenantId;
    IF @Locked IS NULL
    BEGIN
        SET @Problem = CONCAT(N'There is no tenant ', @TenantId, N'. Insert its row into dbo.Tenant first.');
        THROW 51033, @Problem, 1;
    END;

    IF EXISTS (
        SELECT 1
        FROM [dbo].[IngestedDocument] AS d
        WHERE d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash AND d.[State] <> N'COMPLETE'
    )
        THROW 51071, N'Another worker is writing this file, slice by slice. Nothing is wrong: try again later.', 1;

    SELECT @AtomId = MIN(a.[AtomId])
    FROM [dbo].[Atom] AS a
    WHERE a.[TenantId] = @TenantId AND a.[ContentHash] = @ContentHash AND a.[AtomType] = N'document';

    IF @AtomId IS NULL
    BEGIN
        INSERT INTO [dbo].[Atom] ([TenantId], [AtomType], [ContentType], [ContentHash], [AtomicValue], [Metadata], [SyncType])
        VALUES (@TenantId, N'document', @ContentType, @ContentHash, @AtomicValue, @Metadata, N'INGEST');
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
