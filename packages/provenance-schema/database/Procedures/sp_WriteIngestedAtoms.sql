-- Writes a slice of a file's atoms and their DERIVED_FROM edges, and enqueues for sync what is new.
-- Content that the tenant has already, with the same AtomType, becomes one more reference to the atom that is there.
-- ReferenceCount is the number of edges from an atom to its parents, for the atom of a file 1. Internal: of
-- dbo.sp_WriteIngestedSlice, and of consumers of the version before leases, which call it after dbo.sp_BeginIngestedDocument in the
-- same transaction, whose lock it needs.
-- Answers with how many atoms and edges are new, and with the atoms of the open slots: at least one row, or, with @Answer 0, in the
-- output parameters.
-- Errors: 51040 no transaction.
CREATE PROCEDURE [dbo].[sp_WriteIngestedAtoms]
    @TenantId    INT,
    @Atoms       [dbo].[IngestedAtomList] READONLY,
    @Edges       [dbo].[IngestedEdgeList] READONLY,
    -- JSON array of the slots whose atoms the caller wants to know.
    @OpenSlots   NVARCHAR(MAX),
    @TraceParent NVARCHAR(55) = NULL,
    -- The parent of edges that name none.
    @DocumentAtomId BIGINT    = NULL,
    -- 1: look for every edge before inserting it, also where MayExist is 0.
    @CheckEdges  BIT          = 0,
    @Answer      BIT          = 1,
    @AddedAtoms  INT          = NULL OUTPUT,
    @AddedEdges  INT          = NULL OUTPUT,
    -- JSON array: [{"slot": 3, "atomId": 17, "isNew": true}].
    @OpenAtoms   NVARCHAR(MAX) = NULL OUTPUT
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Known TABLE (
        [Slot]   INT    NOT NULL PRIMARY KEY,
        [AtomId] BIGINT NOT NULL,
        [IsNew]  BIT    NOT NULL
    );
    DECLARE @Added TABLE (
        [AtomId]      BIGINT        NOT NULL,
        [AtomType]    NVARCHAR(64)  NOT NULL,
        [ContentHash] VARBINARY(32) NOT NULL,
        PRIMARY KEY ([ContentHash], [AtomType])
    );
    DECLARE @Open TABLE ([Slot] INT NOT NULL PRIMARY KEY);
    DECLARE @NewEdges TABLE (
        [ChildSlot]      INT          NOT NULL,
        [ParentSlot]     INT          NULL,
        [ParentAtomId]   BIGINT       NULL,
        [MayExist]       BIT          NOT NULL,
        [DerivationType] NVARCHAR(64) NOT NULL,
        [SequenceNumber] INT          NOT NULL,
        [StartOffset]    BIGINT       NULL,
        [EndOffset]      BIGINT       NULL,
        INDEX [IX_ChildSlot] ([ChildSlot])
    );
    DECLARE @Requests [dbo].[Neo4jSyncRequestList];
    DECLARE @Locked INT;

    IF @@TRANCOUNT = 0
        THROW 51040, N'dbo.sp_WriteIngestedAtoms must run in the transaction of dbo.sp_BeginIngestedDocument. Call dbo.sp_EnqueueIngestion to ingest a file.', 1;

    -- A table, because OPENJSON is parsed again for every row that a plan may join it to.
    INSERT INTO @Open ([Slot])
    SELECT DISTINCT o.[Slot] FROM OPENJSON(@OpenSlots) WITH ([Slot] INT '$') AS o;

    -- Held already, by what was called before in the transaction; taken again so that nothing depends on it.
    SELECT @Locked = t.[TenantId] FROM [dbo].[Tenant] AS t WITH (UPDLOCK, ROWLOCK) WHERE t.[TenantId] = @TenantId;

    -- MIN: applications insert atoms past this procedure, and may have inserted the same content twice.
    INSERT INTO @Known ([Slot], [AtomId], [IsNew])
    SELECT n.[Slot], MIN(a.[AtomId]), 0
    FROM @Atoms AS n
    INNER JOIN [dbo].[Atom] AS a
        ON a.[TenantId] = @TenantId AND a.[ContentHash] = n.[ContentHash] AND a.[AtomType] = n.[AtomType]
    GROUP BY n.[Slot]
    -- Seeks: a scan would wait for the rows of other tenants' files. RECOMPILE, here and below: a plan that was made for
    -- the three atoms of a small file is a slow one for a slice of thousands.
    OPTION (LOOP JOIN, RECOMPILE);

    -- Edges that are there already, or twice in this slice, come from parents that occur twice only.
    IF @CheckEdges = 1
       OR EXISTS (SELECT 1 FROM @Edges AS e WHERE e.[MayExist] = 1)
       OR EXISTS (SELECT 1 FROM @Edges AS e INNER JOIN @Known AS k ON k.[Slot] = e.[ParentSlot])
    BEGIN
        INSERT INTO @NewEdges
            ([ChildSlot], [ParentSlot], [ParentAtomId], [MayExist], [DerivationType], [SequenceNumber], [StartOffset], [EndOffset])
        SELECT
            e.[ChildSlot],
            CASE WHEN k.[AtomId] IS NULL THEN e.[ParentSlot] END,
            COALESCE(k.[AtomId], e.[ParentAtomId], CASE WHEN e.[ParentSlot] IS NULL THEN @DocumentAtomId END),
            MAX(CASE WHEN k.[AtomId] IS NOT NULL OR e.[MayExist] = 1 OR @CheckEdges = 1 THEN 1 ELSE 0 END),
            e.[DerivationType], e.[SequenceNumber], MIN(e.[StartOffset]), MIN(e.[EndOffset])
        FROM @Edges AS e
        LEFT JOIN @Known AS k ON k.[Slot] = e.[ParentSlot]
        GROUP BY
            e.[ChildSlot], CASE WHEN k.[AtomId] IS NULL THEN e.[ParentSlot] END,
            COALESCE(k.[AtomId], e.[ParentAtomId], CASE WHEN e.[ParentSlot] IS NULL THEN @DocumentAtomId END),
            e.[DerivationType], e.[SequenceNumber];

        -- Equal parents have equal children, at the same places in them.
        DELETE n
        FROM @NewEdges AS n
        INNER JOIN @Known AS c ON c.[Slot] = n.[ChildSlot]
        INNER JOIN [dbo].[AtomProvenance] AS x
            ON x.[ParentAtomId] = n.[ParentAtomId]
           AND x.[TenantId] = @TenantId
           AND x.[SequenceNumber] = n.[SequenceNumber]
           AND x.[ChildAtomId] = c.[AtomId]
           AND x.[RelationType] = N'DERIVED_FROM'
           AND x.[DerivationType] = n.[DerivationType]
        WHERE n.[MayExist] = 1
        OPTION (LOOP JOIN, RECOMPILE);
    END
    ELSE
        INSERT INTO @NewEdges
            ([ChildSlot], [ParentSlot], [ParentAtomId], [MayExist], [DerivationType], [SequenceNumber], [StartOffset], [EndOffset])
        SELECT
            e.[ChildSlot], e.[ParentSlot],
            ISNULL(e.[ParentAtomId], CASE WHEN e.[ParentSlot] IS NULL THEN @DocumentAtomId END), e.[MayExist],
            e.[DerivationType], e.[SequenceNumber], e.[StartOffset], e.[EndOffset]
        FROM @Edges AS e;

    -- Ids in the order of the file. INGEST: undoing a file removes such atoms only, never an application's.
    INSERT INTO [dbo].[Atom]
        ([TenantId], [AtomType], [ContentType], [ContentHash], [AtomicValue], [CanonicalText], [Metadata], [SyncType],
         [ReferenceCount])
    OUTPUT inserted.[AtomId], inserted.[AtomType], inserted.[ContentHash]
        INTO @Added ([AtomId], [AtomType], [ContentHash])
    SELECT
        @TenantId, n.[AtomType], n.[ContentType], n.[ContentHash], n.[AtomicValue], n.[CanonicalText], n.[Metadata], N'INGEST',
        (SELECT COUNT(*) FROM @NewEdges AS e WHERE e.[ChildSlot] = n.[Slot])
    FROM @Atoms AS n
    WHERE NOT EXISTS (SELECT 1 FROM @Known AS k WHERE k.[Slot] = n.[Slot])
    ORDER BY n.[Slot]
    -- Foreign keys are checked by this join too: a merge or hash join would read, and wait for, other tenants' rows.
    OPTION (LOOP JOIN, RECOMPILE);
    SET @AddedAtoms = @@ROWCOUNT;

    INSERT INTO @Known ([Slot], [AtomId], [IsNew])
    SELECT n.[Slot], d.[AtomId], 1
    FROM @Atoms AS n
    -- Seeks of the key of @Added: the other way round each row would be compared with all of @Atoms.
    INNER LOOP JOIN @Added AS d ON d.[ContentHash] = n.[ContentHash] AND d.[AtomType] = n.[AtomType];

    INSERT INTO [dbo].[AtomProvenance]
        ([TenantId], [ChildAtomId], [ParentAtomId], [RelationType], [DerivationType], [SequenceNumber], [StartOffset], [EndOffset])
    OUTPUT N'AtomProvenance', inserted.[AtomProvenanceId], N'CREATE', inserted.[TenantId]
        INTO @Requests ([EntityType], [EntityId], [SyncType], [TenantId])
    SELECT
        @TenantId, c.[AtomId], ISNULL(p.[AtomId], e.[ParentAtomId]), N'DERIVED_FROM', e.[DerivationType],
        e.[SequenceNumber], e.[StartOffset], e.[EndOffset]
    FROM @NewEdges AS e
    INNER JOIN @Known AS c ON c.[Slot] = e.[ChildSlot]
    LEFT JOIN @Known AS p ON p.[Slot] = e.[ParentSlot]
    OPTION (LOOP JOIN, RECOMPILE);
    SET @AddedEdges = @@ROWCOUNT;

    IF @AddedAtoms < (SELECT COUNT(*) FROM @Known)
        UPDATE a
        SET a.[ReferenceCount] = a.[ReferenceCount] + g.[Edges]
        FROM [dbo].[Atom] AS a
        INNER JOIN (
            SELECT k.[AtomId], COUNT(*) AS [Edges]
            FROM @NewEdges AS e
            INNER JOIN @Known AS k ON k.[Slot] = e.[ChildSlot]
            WHERE k.[IsNew] = 0
            GROUP BY k.[AtomId]
        ) AS g ON g.[AtomId] = a.[AtomId]
        OPTION (LOOP JOIN, RECOMPILE);

    INSERT INTO @Requests ([EntityType], [EntityId], [SyncType], [TenantId])
    SELECT N'Atom', d.[AtomId], N'CREATE', @TenantId FROM @Added AS d;
    EXEC [dbo].[sp_EnqueueNeo4jSyncBatch] @Requests = @Requests, @TraceParent = @TraceParent;

    IF @Answer = 0
    BEGIN
        SET @OpenAtoms = (
            SELECT k.[Slot] AS [slot], k.[AtomId] AS [atomId], k.[IsNew] AS [isNew]
            FROM @Open AS o
            INNER JOIN @Known AS k ON k.[Slot] = o.[Slot]
            FOR JSON PATH
        );
        RETURN;
    END;

    SELECT k.[Slot], k.[AtomId], k.[IsNew], c.[AddedAtoms], c.[AddedEdges]
    FROM (SELECT @AddedAtoms AS [AddedAtoms], @AddedEdges AS [AddedEdges]) AS c
    LEFT JOIN (@Known AS k INNER JOIN @Open AS o ON o.[Slot] = k.[Slot]) ON 1 = 1;
END;
