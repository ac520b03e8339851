-- Gives a worker jobs of a model for @LeaseSeconds: the smallest priority first, in it as many of each tenant as there are
-- jobs and room, and of a tenant the oldest first. A tenant with a million jobs holds up no other. Jobs whose lease has run out
-- are among them: their worker has vanished. Call it outside of a transaction: what is claimed must be seen at once.
CREATE PROCEDURE [dbo].[sp_ClaimEmbeddingJobs]
    @EmbeddingModelId INT,
    @WorkerId         UNIQUEIDENTIFIER,
    -- Too many: the locks of one claim escalate to the whole table.
    @Count            INT,
    @LeaseSeconds     INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Claimed TABLE (
        [BackgroundJobId] BIGINT NOT NULL PRIMARY KEY,
        [LeaseToken]      BIGINT NOT NULL,
        [Attempts]        INT    NOT NULL,
        [AtomId]          BIGINT NOT NULL,
        [TenantId]        INT    NOT NULL
    );
    DECLARE @Tenants TABLE ([TenantId] INT NOT NULL PRIMARY KEY, [Place] UNIQUEIDENTIFIER NOT NULL);
    DECLARE @Left INT = @Count;
    DECLARE @Priority INT;
    DECLARE @TenantId INT;
    DECLARE @Share INT;
    DECLARE @Rows INT;
    DECLARE @Before INT;

    IF NOT EXISTS (
        SELECT 1 FROM [dbo].[EmbeddingModel] AS m WHERE m.[EmbeddingModelId] = @EmbeddingModelId AND m.[State] = N'ENABLED'
    )
        SET @Left = 0;

    WHILE @Left > 0
    BEGIN
        -- The tenants with jobs of the smallest priority that has any, by one look into the index for each.
        DELETE FROM @Tenants;
        SELECT @TenantId = NULL, @Priority = NULL;
        SELECT TOP (1) @Priority = j.[Priority], @TenantId = j.[TenantId]
        FROM [dbo].[BackgroundJob] AS j WITH (READPAST, READCOMMITTEDLOCK)
        WHERE j.[EmbeddingModelId] = @EmbeddingModelId
          AND j.[Status] IN (N'PENDING', N'RUNNING')
          AND j.[NotBefore] <= SYSUTCDATETIME()
        ORDER BY j.[Priority], j.[TenantId];
        IF @TenantId IS NULL
            BREAK;
        WHILE @TenantId IS NOT NULL
        BEGIN
            INSERT INTO @Tenants ([TenantId], [Place]) VALUES (@TenantId, NEWID());
            SELECT @TenantId = MIN(j.[TenantId])
            FROM [dbo].[BackgroundJob] AS j WITH (READPAST, READCOMMITTEDLOCK)
            WHERE j.[EmbeddingModelId] = @EmbeddingModelId
              AND j.[Status] IN (N'PENDING', N'RUNNING')
              AND j.[Priority] = @Priority
              AND j.[TenantId] > @TenantId
              AND j.[NotBefore] <= SYSUTCDATETIME();
        END;

        -- Each gets its share of the room, in an order by chance: where there are more tenants than room, none is always the last. What
        -- those with few jobs leave is shared by the next round.
        SET @Before = @Left;
        SELECT @Share = CASE WHEN COUNT(*) >= @Left THEN 1 ELSE @Left / COUNT(*) END FROM @Tenants AS t;
        SELECT TOP (1) @TenantId = t.[TenantId] FROM @Tenants AS t ORDER BY t.[Place];
        WHILE @TenantId IS NOT NULL AND @Left > 0
        BEGIN
            -- READPAST: what another worker is claiming, or an application is asking for again, is left to the next claim.
            WITH [Due] AS (
                SELECT TOP (@Share) j.*
                FROM [dbo].[BackgroundJob] AS j WITH (ROWLOCK, UPDLOCK, READPAST, READCOMMITTEDLOCK)
                WHERE j.[EmbeddingModelId] = @EmbeddingModelId
                  AND j.[Status] IN (N'PENDING', N'RUNNING')
                  AND j.[Priority] = @Priority
                  AND j.[TenantId] = @TenantId
                  AND j.[NotBefore] <= SYSUTCDATETIME()
                  AND j.[JobType] = N'GenerateEmbedding'
                  -- A lease of no length at all has run out already.
                  AND NOT EXISTS (SELECT 1 FROM @Claimed AS c WHERE c.[BackgroundJobId] = j.[BackgroundJobId])
                ORDER BY j.[NotBefore], j.[BackgroundJobId]
            )
            UPDATE [Due]
            SET
                [Status] = N'RUNNING',
                [NotBefore] = DATEADD(SECOND, @LeaseSeconds, SYSUTCDATETIME()),
                [LeaseOwner] = @WorkerId,
                [LeaseToken] = [LeaseToken] + 1,
                [Attempts] = [Attempts] + 1
            OUTPUT inserted.[BackgroundJobId], inserted.[LeaseToken], inserted.[Attempts], inserted.[AtomId], inserted.[TenantId]
                INTO @Claimed ([BackgroundJobId], [LeaseToken], [Attempts], [AtomId], [TenantId]);
            SET @Rows = @@ROWCOUNT;
            SET @Left = @Left - @Rows;
            DELETE FROM @Tenants WHERE [TenantId] = @TenantId;
            SET @TenantId = NULL;
            SELECT TOP (1) @TenantId = t.[TenantId] FROM @Tenants AS t ORDER BY t.[Place];
        END;
        -- What is left is in the hands of others at this moment.
        IF @Left = @Before
            BREAK;
    END;

    SELECT c.[BackgroundJobId], c.[LeaseToken], c.[Attempts], c.[AtomId], c.[TenantId]
    FROM @Claimed AS c
    ORDER BY c.[BackgroundJobId];
END;
