-- What an application of that time sends, with the parameters and names that it knows.
SET XACT_ABORT ON;
BEGIN TRANSACTION;
INSERT INTO [dbo].[Atom] ([TenantId], [ContentType], [ContentHash], [CreatedAt]) VALUES (7, 'application/json', 0xDEADBEEF, GETUTCDATE());
DECLARE @AtomId BIGINT = SCOPE_IDENTITY();
EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'Atom', @EntityId = @AtomId, @SyncType = 'CREATE';
COMMIT TRANSACTION;
SELECT @AtomId AS TestAtomId;
GO
DECLARE @Requests [dbo].[Neo4jSyncRequestList];
INSERT INTO @Requests ([EntityType], [EntityId], [SyncType], [TenantId]) VALUES (N'Atom', 1, N'UPDATE', NULL), (N'User', 1, N'UPDATE', 7);
EXEC [dbo].[sp_EnqueueNeo4jSyncBatch] @Requests = @Requests, @TraceParent = NULL;
GO
DECLARE @JobId BIGINT, @FileId BIGINT;
EXEC [dbo].[sp_EnqueueIngestion] @FileName = N'small.txt', @FileData = 0x616263, @TenantId = 7, @SourceUri = NULL, @IngestionFileId = NULL, @TraceParent = NULL, @IngestionJobId = @JobId OUTPUT;
EXEC [dbo].[sp_BeginIngestionFile] @FileName = N'large.txt', @TenantId = 7, @IngestionFileId = @FileId OUTPUT;
EXEC [dbo].[sp_AppendIngestionFile] @IngestionFileId = @FileId, @SliceNumber = 0, @Content = 0x616263;
EXEC [dbo].[sp_CompleteIngestionFile] @IngestionFileId = @FileId, @ByteCount = 3;
EXEC [dbo].[sp_EnqueueIngestion] @FileName = N'large.txt', @TenantId = 7, @IngestionFileId = @FileId, @IngestionJobId = @JobId OUTPUT;
GO
