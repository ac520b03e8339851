-- One file of the ces-consumer of that time, with the parameters that it sends.
SET NOCOUNT ON;
SET XACT_ABORT ON;
BEGIN TRANSACTION;
DECLARE @Received TABLE ([conversation_handle] uniqueidentifier NOT NULL, [message_sequence_number] bigint NOT NULL, [message_type_name] nvarchar(256) COLLATE Latin1_General_BIN2 NOT NULL, [message_body] varbinary(max) NULL);
WAITFOR (RECEIVE TOP (1) [conversation_handle], [message_sequence_number], [message_type_name], [message_body] FROM [dbo].[IngestionQueue] INTO @Received), TIMEOUT 50;
DECLARE @WorkerId UNIQUEIDENTIFIER = '99999999-2222-3333-4444-555555555555', @Handle UNIQUEIDENTIFIER = NEWID();
EXEC [dbo].[sp_StartIngestionJob] @IngestionJobId = NULL, @TenantId = 7, @FileName = N'small.txt', @SourceUri = NULL, @IngestionFileId = NULL, @EnqueuedAt = '2026-01-02', @ConversationHandle = @Handle, @MessageSequenceNumber = 1, @WorkerId = @WorkerId;
DECLARE @JobId BIGINT = (SELECT MAX(j.[IngestionJobId]) FROM [dbo].[IngestionJob] AS j WHERE j.[ConversationHandle] = @Handle);
DECLARE @Hash VARBINARY(32) = CONVERT(VARBINARY(16), NEWID());
SELECT MIN(a.[AtomId]) AS [AtomId] FROM [dbo].[Atom] AS a WHERE a.[TenantId] = 7 AND a.[ContentHash] = @Hash AND a.[AtomType] = N'document';
EXEC [dbo].[sp_BeginIngestedDocument] @TenantId = 7, @ContentType = N'text/plain', @ContentHash = @Hash, @AtomicValue = NULL, @Metadata = N'{"fileName":"small.txt"}', @TraceParent = NULL;
DECLARE @DocumentId BIGINT = (SELECT MIN(a.[AtomId]) FROM [dbo].[Atom] AS a WHERE a.[TenantId] = 7 AND a.[ContentHash] = @Hash);
DECLARE @Atoms [dbo].[IngestedAtomList], @Edges [dbo].[IngestedEdgeList];
INSERT INTO @Atoms ([Slot], [AtomType], [ContentType], [ContentHash], [AtomicValue], [CanonicalText], [Metadata])
VALUES (0, N'sentence', N'text/plain', CONVERT(VARBINARY(16), NEWID()), 0x6162, N'ab', NULL), (1, N'sentence', N'text/plain', 0x02, NULL, N'It was so.', NULL);
INSERT INTO @Edges ([ChildSlot], [ParentSlot], [ParentAtomId], [MayExist], [DerivationType], [SequenceNumber], [StartOffset], [EndOffset])
VALUES (0, NULL, @DocumentId, 0, N'sentence', 0, 0, 2), (1, NULL, @DocumentId, 0, N'sentence', 1, 2, 12);
EXEC [dbo].[sp_WriteIngestedAtoms] @TenantId = 7, @Atoms = @Atoms, @Edges = @Edges, @OpenSlots = N'[0]', @TraceParent = NULL;
EXEC [dbo].[sp_FinishIngestion] @IngestionJobId = @JobId, @TenantId = 7, @Status = N'COMPLETED', @DocumentAtomId = @DocumentId, @ByteCount = 12, @ContentHash = @Hash, @Atomizer = N'text', @PieceCount = 2, @AtomCount = 2, @EdgeCount = 2, @IngestionFileId = NULL, @TraceParent = NULL;
COMMIT TRANSACTION;
GO
EXEC [dbo].[sp_ReleaseIngestionJob] @IngestionJobId = 1, @WorkerId = '99999999-2222-3333-4444-555555555555', @ErrorCode = NULL, @ErrorText = NULL;
EXEC [dbo].[sp_DeadLetterIngestion] @Entries = N'[{"reasonCode":"SOURCE_UNAVAILABLE","reasonText":"why","messageBody":"fffe","messageTypeName":"IngestionRequest","conversationHandle":"11111111-2222-3333-4444-555555555555","messageSequenceNumber":"4","ingestionJobId":"1","fileName":"a.txt","sourceUri":null,"ingestionFileId":null,"tenantId":7,"enqueuedAt":null,"receivedAt":"2026-01-02T03:04:05.678Z"}]';
DECLARE @Purged BIGINT;
EXEC [dbo].[sp_PurgeIngestion] @RetentionDays = 30, @Purged = @Purged OUTPUT;
GO
