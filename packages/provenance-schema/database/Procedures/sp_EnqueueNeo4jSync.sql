-- Says that an entity has changed, so that the graph follows. Part of the caller's transaction: no row without its
-- message, no message without its row. Atoms get jobs for their embeddings too, while a model is enabled.
-- EXECUTE AS 'HartonomousBroker': callers need EXECUTE on this procedure and no right on queues, services and contracts.
-- Errors: 51001 unknown entity type, 51002 unknown sync type, 51003 no such row and no tenant, 51004 no id.
CREATE PROCEDURE [dbo].[sp_EnqueueNeo4jSync]
    @EntityType  NVARCHAR(128),
    @EntityId    BIGINT,
    @SyncType    NVARCHAR(128) = N'CREATE',
    -- NULL: taken from the row. Must be given for a row that is deleted already.
    @TenantId    INT           = NULL,
    -- W3C trace context; the worker goes on with the trace.
    @TraceParent NVARCHAR(55)  = NULL
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    -- A caller's transaction that could not enqueue is rolled back: it must not be able to commit the row alone.
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048), @IsEmbedded BIT = 0;
    -- Spelled as declared, whatever the database's collation takes for equal.
    DECLARE @Entity NVARCHAR(128) = CASE @EntityType
        WHEN N'Tenant' THEN N'Tenant'
        WHEN N'User' THEN N'User'
        WHEN N'Model' THEN N'Model'
        WHEN N'ModelVersion' THEN N'ModelVersion'
        WHEN N'Atom' THEN N'Atom'
        WHEN N'AtomProvenance' THEN N'AtomProvenance'
        WHEN N'Operation' THEN N'Operation'
        WHEN N'Inference' THEN N'Inference'
        WHEN N'Decision' THEN N'Decision'
        WHEN N'GenerationStream' THEN N'GenerationStream'
    END;
    DECLARE @Sync NVARCHAR(16) = CASE @SyncType
        WHEN N'CREATE' THEN N'CREATE'
        WHEN N'UPDATE' THEN N'UPDATE'
        WHEN N'DELETE' THEN N'DELETE'
    END;

    -- The caller's trace, where its connection says it (OpenTelemetry's convention for SQL Server). An invalid one is left out below.
    SET @TraceParent = COALESCE(
        @TraceParent, CONVERT(NVARCHAR(55), SESSION_CONTEXT(N'traceparent')), CONVERT(VARCHAR(55), CONTEXT_INFO())
    );

    IF @Entity IS NULL
    BEGIN
        SET @Problem = CONCAT(N'Unknown entity type ''', REPLACE(@EntityType, N'%', N'%%'), N'''. Use Tenant, User, Model, ModelVersion, Atom, ',
            N'AtomProvenance, Operation, Inference, Decision or GenerationStream.');
        THROW 51001, @Problem, 1;
    END;
    IF @Sync IS NULL
    BEGIN
        SET @Problem = CONCAT(N'Unknown sync type ''', REPLACE(@SyncType, N'%', N'%%'), N'''. Use CREATE, UPDATE or DELETE.');
        THROW 51002, @Problem, 1;
    END;
    IF @EntityId IS NULL
    BEGIN
        SET @Problem = CONCAT(N'@EntityId is NULL. Pass the id of the ', @Entity, N' that has changed.');
        THROW 51004, @Problem, 1;
    END;

    IF @TenantId IS NULL
    BEGIN
        IF @Entity = N'Atom'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Atom] AS e WHERE e.[AtomId] = @EntityId;
        ELSE IF @Entity = N'AtomProvenance'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[AtomProvenance] AS e WHERE e.[AtomProvenanceId] = @EntityId;
        ELSE IF @Entity = N'Tenant'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Tenant] AS e WHERE e.[TenantId] = @EntityId;
        ELSE IF @Entity = N'User'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[User] AS e WHERE e.[UserId] = @EntityId;
        ELSE IF @Entity = N'Model'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Model] AS e WHERE e.[ModelId] = @EntityId;
        ELSE IF @Entity = N'ModelVersion'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[ModelVersion] AS e WHERE e.[ModelVersionId] = @EntityId;
        ELSE IF @Entity = N'Operation'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Operation] AS e WHERE e.[OperationId] = @EntityId;
        ELSE IF @Entity = N'Inference'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Inference] AS e WHERE e.[InferenceId] = @EntityId;
        ELSE IF @Entity = N'Decision'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[Decision] AS e WHERE e.[DecisionId] = @EntityId;
        ELSE IF @Entity = N'GenerationStream'
            SELECT @TenantId = e.[TenantId] FROM [dbo].[GenerationStream] AS e WHERE e.[StreamId] = @EntityId;

        IF @TenantId IS NULL
        BEGIN
            SET @Problem = CONCAT(@Entity, N' ', @EntityId, N' has no row to take the tenant from. ',
                N'Check the id; for a row that is deleted already, pass @TenantId too.');
            THROW 51003, @Problem, 1;
        END;
    END;

    -- Where nobody generates embeddings, this look is all that they cost.
    IF @Entity = N'Atom'
       AND @Sync <> N'DELETE'
       AND (
           EXISTS (SELECT 1 FROM [dbo].[EmbeddingModel] AS m WHERE m.[State] = N'ENABLED')
           OR EXISTS (SELECT 1 FROM [dbo].[EmbeddingModel] AS m WHERE m.[State] = N'PAUSED')
       )
        SET @IsEmbedded = 1;

    -- With @@TRANCOUNT above 0 this only counts; with 0 it makes dialog, pool row and message one unit.
    BEGIN TRANSACTION;
    EXEC [dbo].[sp_SendNeo4jSync]
        @EntityType = @Entity,
        @EntityId = @EntityId,
        @SyncType = @Sync,
        @TenantId = @TenantId,
        @TraceParent = @TraceParent;
    IF @IsEmbedded = 1
        EXEC [dbo].[sp_EnqueueEmbeddingJob] @AtomId = @EntityId;
    COMMIT TRANSACTION;
END;
