-- One batch of the neo4j-sync-worker of that time: its RECEIVE, its reads, its records.
SET NOCOUNT ON;
SET XACT_ABORT ON;
BEGIN TRANSACTION;
DECLARE @BatchSize int = 100, @WaitMs int = 50;
DECLARE @Received TABLE ([queuing_order] bigint NOT NULL, [conversation_group_id] uniqueidentifier NOT NULL, [conversation_handle] uniqueidentifier NOT NULL, [message_sequence_number] bigint NOT NULL, [service_name] nvarchar(512) NOT NULL, [service_contract_name] nvarchar(256) NULL, [message_type_name] nvarchar(256) COLLATE Latin1_General_BIN2 NOT NULL, [message_body] varbinary(max) NULL, [message_enqueue_time] datetime NULL);
DECLARE @Remaining int = @BatchSize, @Count int;
WAITFOR (RECEIVE TOP (@Remaining) [queuing_order], [conversation_group_id], [conversation_handle], [message_sequence_number], [service_name], [service_contract_name], [message_type_name], [message_body], [message_enqueue_time] FROM [dbo].[Neo4jSyncQueue] INTO @Received), TIMEOUT @WaitMs;
SET @Count = @@ROWCOUNT;
WHILE @Count > 0 AND @Count < @Remaining
BEGIN
  SET @Remaining = @Remaining - @Count;
  RECEIVE TOP (@Remaining) [queuing_order], [conversation_group_id], [conversation_handle], [message_sequence_number], [service_name], [service_contract_name], [message_type_name], [message_body], [message_enqueue_time] FROM [dbo].[Neo4jSyncQueue] INTO @Received;
  SET @Count = @@ROWCOUNT;
END;
SELECT DISTINCT CAST(DENSE_RANK() OVER (ORDER BY [conversation_handle], [message_type_name]) AS int) AS [origin], [conversation_group_id], [conversation_handle], [service_name], [service_contract_name], [message_type_name] FROM @Received;
DECLARE @ids nvarchar(max) = N'[1,2,3]';
SELECT NEXT VALUE FOR [dbo].[GraphSyncSequence] AS [sequence];
SET LOCK_TIMEOUT 10000;
SELECT e.[AtomId], e.[TenantId], e.[AtomType], e.[ContentType], e.[ContentHash], e.[CanonicalText], e.[Metadata], e.[CreatedAt], e.[Classification], e.[Embedding] FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k INNER JOIN [dbo].[Atom] AS e ON e.[AtomId] = k.[Id];
SELECT e.[AtomProvenanceId], e.[TenantId], e.[ChildAtomId], e.[ParentAtomId], e.[RelationType], e.[DerivationType], e.[SequenceNumber], e.[CreatedAt], e.[StartOffset], e.[EndOffset] FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k INNER JOIN [dbo].[AtomProvenance] AS e ON e.[AtomProvenanceId] = k.[Id];
SELECT e.[DecisionId], e.[TenantId], e.[InferenceId], e.[Outcome], e.[Rationale], e.[Confidence], e.[CreatedAt] FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k INNER JOIN [dbo].[Decision] AS e ON e.[DecisionId] = k.[Id];
SELECT e.[StreamId], e.[TenantId], e.[InferenceId], e.[AtomId], e.[StreamType], e.[PieceCount], e.[CreatedAt], e.[CompletedAt] FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k INNER JOIN [dbo].[GenerationStream] AS e ON e.[StreamId] = k.[Id];
SELECT e.[InferenceId], e.[TenantId], e.[TaskType], e.[ReasoningMode], e.[ContextDomain], e.[ModelVersionId], e.[UserId], e.[InputAtomId], e.[OutputAtomId], e.[DurationMs], e.[InferredAt] FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k INNER JOIN [dbo].[Inference] AS e ON e.[InferenceId] = k.[Id];
SELECT e.[ModelId], e.[TenantId], e.[Name], e.[ModelType], e.[Provider], e.[CreatedAt] FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k INNER JOIN [dbo].[Model] AS e ON e.[ModelId] = k.[Id];
SELECT e.[ModelVersionId], e.[TenantId], e.[ModelId], e.[Version], e.[ParameterCount], e.[CreatedAt] FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k INNER JOIN [dbo].[ModelVersion] AS e ON e.[ModelVersionId] = k.[Id];
SELECT e.[OperationId], e.[TenantId], e.[OperationType], e.[UserId], e.[InputAtomId], e.[OutputAtomId], e.[Metadata], e.[CreatedAt], e.[CompletedAt] FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k INNER JOIN [dbo].[Operation] AS e ON e.[OperationId] = k.[Id];
SELECT e.[TenantId], e.[Name], e.[CreatedAt] FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k INNER JOIN [dbo].[Tenant] AS e ON e.[TenantId] = k.[Id];
SELECT e.[UserId], e.[TenantId], e.[UserName], e.[DisplayName], e.[CreatedAt] FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k INNER JOIN [dbo].[User] AS e ON e.[UserId] = k.[Id];
EXEC [dbo].[sp_LogNeo4jSync] @Entries = N'[["SYNCED","Atom",1,7,"UPDATE",3,1,"2026-01-02T03:04:05.678Z",null],["STALE","Atom",2,7,"UPDATE",3,2,null,null],["DELETED","Atom",9,7,"DELETE",3,1,null,"row not found"],["DEAD_LETTERED",null,null,null,null,null,1,null,"UNKNOWN_ENTITY_TYPE"]]';
EXEC [dbo].[sp_DeadLetterNeo4jSync] @Entries = N'[{"reasonCode":"UNKNOWN_ENTITY_TYPE","reasonText":"why","messageBody":"fffe","messageTypeName":"Neo4jSyncRequest","conversationHandle":"11111111-2222-3333-4444-555555555555","messageSequenceNumber":"4","entityType":"Thing","entityId":"9","tenantId":7,"syncType":"CREATE","enqueuedAt":null,"receivedAt":"2026-01-02T03:04:05.678Z"}]';
COMMIT TRANSACTION;
GO
DECLARE @Purged BIGINT;
EXEC [dbo].[sp_PurgeNeo4jSyncLog] @RetentionDays = 30, @Purged = @Purged OUTPUT;
GO
