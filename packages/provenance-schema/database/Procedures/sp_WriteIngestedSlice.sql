-- Writes one slice of a file, with how far the file is written now, in a transaction of its own. The first slice brings the atom of
-- the file; with the last one the job has ended as COMPLETED, and the lease with it. A document that is written in more than one
-- transaction says "unfinished" in its metadata until then, in the graph too. A call that is repeated because its answer was lost
-- writes nothing and answers again. Internal to ces-consumer.
-- Answers with the document's atom, its counts so far, and the ids of the open parents.
-- Errors: 51033 tenant, 51070 the lease is lost, 51072 it isn't this slice's turn.
CREATE PROCEDURE [dbo].[sp_WriteIngestedSlice]
    @IngestionJobId  BIGINT,
    @TenantId        INT,
    @LeaseToken      UNIQUEIDENTIFIER,
    @LeaseMs         INT,
    @ContentHash     VARBINARY(32),
    -- From 0.
    @SliceNumber     INT,
    @IsLast          BIT,
    -- SHA-256 over this slice and those before it.
    @SliceDigest     VARBINARY(32),
    -- Edges without a parent lead to the document.
    @Atoms           [dbo].[IngestedAtomList] READONLY,
    @Edges           [dbo].[IngestedEdgeList] READONLY,
    -- Atoms that may get further children: [{"ordinal": 3, "slot": 0}, {"ordinal": 1, "atomId": "17"}].
    @OpenParents     NVARCHAR(MAX),
    -- Of this slice.
    @PieceCount      INT,
    -- The same with each slice of a file.
    @ContentType     NVARCHAR(256),
    @AtomicValue     VARBINARY(64),
    @Metadata        NVARCHAR(MAX),
    @Atomizer        NVARCHAR(64),
    @AtomizerVersion INT,
    @SliceAtoms      INT,
    @SliceBytes      INT,
    @ByteCount       BIGINT,
    @IngestionFileId BIGINT       = NULL,
    @TraceParent     NVARCHAR(55) = NULL,
    -- 1: the file is read anew; its document supersedes the one that is there.
    @Again           BIT          = 0
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @State NVARCHAR(16), @NextSlice INT, @DocumentAtomId BIGINT, @LastToken UNIQUEIDENTIFIER, @CheckEdges BIT = 0;
    DECLARE @Written NVARCHAR(MAX), @OpenSlots NVARCHAR(MAX), @OpenAtoms NVARCHAR(MAX), @AddedAtoms INT, @AddedEdges INT;
    DECLARE @NewDocument INT = 0, @WrittenMetadata NVARCHAR(MAX), @Problem NVARCHAR(2048);
    DECLARE @Pieces INT, @AtomCount INT, @EdgeCount INT, @Supersedes BIGINT, @Classification NVARCHAR(16);
    DECLARE @Open TABLE ([Ordinal] INT NOT NULL PRIMARY KEY, [Slot] INT NULL, [AtomId] BIGINT NULL, [IsNew] BIT NULL);

    BEGIN TRANSACTION;
    EXEC [dbo].[sp_HoldIngestionLease] @TenantId = @TenantId, @LeaseToken = @LeaseToken, @LeaseMs = @LeaseMs;

    IF NOT EXISTS (SELECT 1 FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = @TenantId)
    BEGIN
        SET @Problem = CONCAT(N'There is no tenant ', @TenantId, N'. Insert its row into dbo.Tenant first.');
        THROW 51033, @Problem, 1;
    END;

    SELECT
        @State = d.[State], @NextSlice = d.[NextSlice], @DocumentAtomId = d.[DocumentAtomId], @LastToken = d.[LeaseToken],
        @CheckEdges = d.[ChecksEdges]
    FROM [dbo].[IngestedDocument] AS d
    WHERE d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash;

    IF @State = N'RUNNING' AND @NextSlice = @SliceNumber + 1 AND @LastToken = @LeaseToken
    BEGIN
        COMMIT TRANSACTION;
        SELECT d.[DocumentAtomId], d.[PieceCount], d.[AtomCount], d.[EdgeCount], d.[OpenParents]
        FROM [dbo].[IngestedDocument] AS d
        WHERE d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash;
        RETURN;
    END;
    IF ISNULL(@State, N'RUNNING') <> N'RUNNING' OR ISNULL(@NextSlice, 0) <> @SliceNumber
    BEGIN
        SET @Problem = CONCAT(N'Slice ', @SliceNumber, N' of a file of tenant ', @TenantId, N' is to be written, whose state is ',
            ISNULL(@State, N'new'), N' and whose next slice is ', ISNULL(@NextSlice, 0), N'.');
        THROW 51072, @Problem, 1;
    END;

    -- Between two leases others may have written for the tenant, and consumers of the version before at any time: with equal content
    -- come equal edges.
    IF @SliceNumber > 0
       AND (
           @LastToken <> @LeaseToken
           OR EXISTS (
               SELECT 1 FROM [dbo].[IngestionLease] AS l WHERE l.[TenantId] = @TenantId AND l.[HasIntervened] = 1
           )
       )
        SET @CheckEdges = 1;

    IF @State IS NULL
    BEGIN
        SET @WrittenMetadata = CASE WHEN @IsLast = 1 THEN @Metadata ELSE JSON_MODIFY(@Metadata, '$.unfinished', CONVERT(BIT, 1)) END;
        SELECT @Classification = j.[Classification]
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;
        SELECT @DocumentAtomId = MIN(a.[AtomId])
        FROM [dbo].[Atom] AS a
        WHERE a.[TenantId] = @TenantId
          AND a.[ContentHash] = @ContentHash
          AND a.[AtomType] = N'document'
          AND a.[ReferenceCount] = 0;
        -- Of the same atomizer, if there is one; else the latest.
        IF @Again = 1
            SELECT TOP (1) @Supersedes = r.[DocumentAtomId]
            FROM [dbo].[DocumentReading] AS r
            WHERE r.[TenantId] = @TenantId AND r.[ContentHash] = @ContentHash
            ORDER BY CASE WHEN r.[Atomizer] = @Atomizer THEN 0 ELSE 1 END, r.[DocumentAtomId] DESC;
        IF @DocumentAtomId IS NULL
        BEGIN
            -- With its level from the start: no part of it may be embedded before it has one.
            INSERT INTO [dbo].[Atom]
                ([TenantId], [AtomType], [ContentType], [ContentHash], [AtomicValue], [Metadata], [SyncType], [Classification])
            VALUES (
                @TenantId, N'document', @ContentType, @ContentHash, @AtomicValue, @WrittenMetadata, N'INGEST', @Classification
            );
            SET @DocumentAtomId = SCOPE_IDENTITY();
            SET @NewDocument = 1;
        END
        ELSE
        BEGIN
            -- What undoing had to leave, because something else refers to it.
            UPDATE a
            SET
                a.[ReferenceCount] = 1,
                a.[Metadata] = @WrittenMetadata,
                a.[Classification] = CASE
                    WHEN @Classification IS NULL OR a.[Classification] = N'restricted' THEN a.[Classification]
                    WHEN a.[Classification] = N'confidential' AND @Classification <> N'restricted' THEN a.[Classification]
                    WHEN a.[Classification] = N'internal' AND @Classification = N'public' THEN a.[Classification]
                    ELSE @Classification
                END
            FROM [dbo].[Atom] AS a
            WHERE a.[AtomId] = @DocumentAtomId;
            SET @CheckEdges = 1;
        END;
        EXEC [dbo].[sp_EnqueueNeo4jSync]
            @EntityType = N'Atom',
            @EntityId = @DocumentAtomId,
            @SyncType = N'CREATE',
            @TenantId = @TenantId,
            @TraceParent = @TraceParent;
        INSERT INTO [dbo].[IngestedDocument]
            ([TenantId], [ContentHash], [State], [DocumentAtomId], [Atomizer], [AtomizerVersion], [SliceAtoms], [SliceBytes],
             [AtomCount], [SupersedesAtomId])
        VALUES (
            @TenantId, @ContentHash, N'RUNNING', @DocumentAtomId, @Atomizer, @AtomizerVersion, @SliceAtoms, @SliceBytes, @NewDocument,
            @Supersedes
        );
    END;

    INSERT INTO @Open ([Ordinal], [Slot], [AtomId])
    SELECT o.[Ordinal], o.[Slot], o.[AtomId]
    FROM OPENJSON(@OpenParents) WITH ([Ordinal] INT '$.ordinal', [Slot] INT '$.slot', [AtomId] BIGINT '$.atomId') AS o;
    SET @OpenSlots = CONCAT(N'[', (SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), o.[Slot]), N',') FROM @Open AS o), N']');

    IF @PieceCount > 0
        EXEC [dbo].[sp_WriteIngestedAtoms]
            @TenantId = @TenantId,
            @Atoms = @Atoms,
            @Edges = @Edges,
            @OpenSlots = @OpenSlots,
            @TraceParent = @TraceParent,
            @DocumentAtomId = @DocumentAtomId,
            @CheckEdges = @CheckEdges,
            @Answer = 0,
            @AddedAtoms = @AddedAtoms OUTPUT,
            @AddedEdges = @AddedEdges OUTPUT,
            @OpenAtoms = @OpenAtoms OUTPUT;

    UPDATE o
    SET o.[AtomId] = w.[AtomId], o.[IsNew] = w.[IsNew]
    FROM @Open AS o
    INNER JOIN OPENJSON(@OpenAtoms) WITH ([Slot] INT '$.slot', [AtomId] BIGINT '$.atomId', [IsNew] BIT '$.isNew') AS w
        ON w.[Slot] = o.[Slot];
    -- Ids as text: JSON's numbers are exact only up to 2^53 in many readers.
    SET @Written = (
        SELECT o.[Ordinal] AS [ordinal], CONVERT(NVARCHAR(20), o.[AtomId]) AS [atomId], o.[IsNew] AS [isNew]
        FROM @Open AS o
        ORDER BY o.[Ordinal]
        FOR JSON PATH
    );

    UPDATE d
    SET
        @Pieces = d.[PieceCount] = d.[PieceCount] + @PieceCount,
        @AtomCount = d.[AtomCount] = d.[AtomCount] + ISNULL(@AddedAtoms, 0),
        @EdgeCount = d.[EdgeCount] = d.[EdgeCount] + ISNULL(@AddedEdges, 0),
        d.[NextSlice] = @SliceNumber + 1,
        d.[SliceDigest] = @SliceDigest,
        d.[OpenParents] = @Written,
        d.[LeaseToken] = @LeaseToken,
        d.[ChecksEdges] = @CheckEdges,
        d.[ChangedAt] = SYSUTCDATETIME()
    FROM [dbo].[IngestedDocument] AS d
    WHERE d.[TenantId] = @TenantId AND d.[ContentHash] = @ContentHash;

    IF @IsLast = 0
        UPDATE j
        SET
            j.[DocumentAtomId] = @DocumentAtomId,
            j.[Atomizer] = @Atomizer,
            j.[PieceCount] = @Pieces,
            j.[AtomCount] = @AtomCount,
            j.[EdgeCount] = @EdgeCount
        FROM [dbo].[IngestionJob] AS j
        WHERE j.[IngestionJobId] = @IngestionJobId AND j.[TenantId] = @TenantId;
    ELSE
    BEGIN
        IF @SliceNumber > 0
        BEGIN
            UPDATE a SET a.[Metadata] = @Metadata FROM [dbo].[Atom] AS a WHERE a.[AtomId] = @DocumentAtomId;
            EXEC [dbo].[sp_EnqueueNeo4jSync]
                @EntityType = N'Atom',
                @EntityId = @DocumentAtomId,
                @SyncType = N'UPDATE',
                @TenantId = @TenantId,
                @TraceParent = @TraceParent;
        END;
        EXEC [dbo].[sp_FinishIngestion]
            @IngestionJobId = @IngestionJobId,
            @TenantId = @TenantId,
            @Status = N'COMPLETED',
            @DocumentAtomId = @DocumentAtomId,
            @ByteCount = @ByteCount,
            @ContentHash = @ContentHash,
            @Atomizer = @Atomizer,
            @PieceCount = @Pieces,
            @AtomCount = @AtomCount,
            @EdgeCount = @EdgeCount,
            @IngestionFileId = @IngestionFileId,
            @TraceParent = @TraceParent;
        UPDATE l
        SET l.[LeaseToken] = NULL, l.[LeaseUntil] = NULL, l.[IngestionJobId] = NULL
        FROM [dbo].[IngestionLease] AS l
        WHERE l.[TenantId] = @TenantId;
    END;
    COMMIT TRANSACTION;

    SELECT @DocumentAtomId AS [DocumentAtomId], @Pieces AS [PieceCount], @AtomCount AS [AtomCount], @EdgeCount AS [EdgeCount],
        @Written AS [OpenParents];
END;
