-- A row in every table of schema-b303ad6.sql, as applications and workers of that version left them.
INSERT INTO [dbo].[Tenant] ([TenantId], [Name]) VALUES (7, N'older');
INSERT INTO [dbo].[User] ([TenantId], [UserName], [DisplayName]) VALUES (7, N'ada', N'Ada');
INSERT INTO [dbo].[Model] ([TenantId], [Name], [ModelType], [Provider]) VALUES (7, N'parser', N'rules', N'us');
INSERT INTO [dbo].[ModelVersion] ([TenantId], [ModelId], [Version], [ParameterCount]) VALUES (7, 1, N'1.0', 12);
INSERT INTO [dbo].[Atom]
    ([TenantId], [AtomType], [ContentType], [ContentHash], [CanonicalText], [Metadata], [SyncType], [AtomicValue], [Classification], [Embedding])
VALUES
    (7, N'document', N'text/plain', 0x01, NULL, N'{"name":"a.txt"}', N'CREATE', NULL, N'internal', NULL),
    (7, N'sentence', N'text/plain', 0x02, N'It was so.', NULL, N'UPDATE', 0x4974, NULL, CONVERT(VARBINARY(1536), REPLICATE(CONVERT(VARCHAR(MAX), '0000803f'), 384), 2)),
    (7, N'sentence', N'text/plain', 0x03, N'It is gone.', NULL, N'DELETE', NULL, N'public', NULL);
INSERT INTO [dbo].[AtomProvenance] ([TenantId], [ChildAtomId], [ParentAtomId], [DerivationType], [SequenceNumber], [StartOffset], [EndOffset])
VALUES (7, 2, 1, N'sentence', 0, 0, 10), (7, 3, 1, N'sentence', 1, 11, 22);
INSERT INTO [dbo].[Operation] ([TenantId], [OperationType], [UserId], [InputAtomId], [OutputAtomId], [Metadata])
VALUES (7, N'ingestion', 1, 1, 2, N'{}');
INSERT INTO [dbo].[Inference] ([TenantId], [TaskType], [ReasoningMode], [ContextDomain], [ModelVersionId], [UserId], [InputAtomId], [OutputAtomId], [DurationMs])
VALUES (7, N'summary', N'hybrid', N'text_generation', 1, 1, 1, 2, 5);
INSERT INTO [dbo].[Decision] ([TenantId], [InferenceId], [Outcome], [Rationale], [Confidence]) VALUES (7, 1, N'kept', N'short', 0.5);
INSERT INTO [dbo].[GenerationStream] ([TenantId], [InferenceId], [AtomId], [PieceCount]) VALUES (7, 1, 2, 3);
INSERT INTO [dbo].[Neo4jSyncLog] ([Outcome], [EntityType], [EntityId], [TenantId], [SyncType], [SyncSequence])
VALUES (N'SYNCED', N'Atom', 1, 7, N'CREATE', 1), (N'STALE', N'Atom', 2, 7, N'UPDATE', 2);
INSERT INTO [dbo].[Neo4jSyncDeadLetterQueue]
    ([ReasonCode], [ReasonText], [MessageBody], [MessageTypeName], [ConversationHandle], [EntityType], [EntityId], [TenantId], [SyncType], [ReceivedAt])
VALUES (N'UNKNOWN_ENTITY_TYPE', N'why', 0xFFFE, N'Neo4jSyncRequest', '11111111-2222-3333-4444-555555555555', N'Thing', 9, 7, N'CREATE', '2026-01-02');
INSERT INTO [dbo].[IngestionFile] ([TenantId], [FileName], [State], [ByteCount]) VALUES (7, N'large.txt', N'COMPLETE', 3);
INSERT INTO [dbo].[IngestionFileSlice] ([IngestionFileId], [SliceNumber], [Content]) VALUES (1, 0, 0x616263);
INSERT INTO [dbo].[IngestionJob] ([TenantId], [FileName], [Status], [ByteCount], [DocumentAtomId]) VALUES (7, N'a.txt', N'COMPLETED', 22, 1);
INSERT INTO [dbo].[IngestionDeadLetterQueue]
    ([ReasonCode], [ReasonText], [MessageTypeName], [ConversationHandle], [IngestionJobId], [FileName], [TenantId], [ReceivedAt])
VALUES (N'SOURCE_UNAVAILABLE', N'why', N'IngestionRequest', '11111111-2222-3333-4444-555555555556', 1, N'b.txt', 7, '2026-01-02');
GO
-- Messages that wait, and with them a row of dbo.DialogPool.
EXEC [dbo].[sp_EnqueueNeo4jSync] @EntityType = N'Atom', @EntityId = 1, @SyncType = N'UPDATE';
EXEC [dbo].[sp_EnqueueIngestion] @FileName = N'waits.txt', @FileData = 0x616263, @TenantId = 7;
GO
