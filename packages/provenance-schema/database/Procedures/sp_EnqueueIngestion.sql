-- Says that a file is to be ingested: its atoms come into dbo.Atom, and by their sync into the graph. Part of the
-- caller's transaction, like dbo.sp_EnqueueNeo4jSync. The bytes are @FileData, or those of an uploaded file
-- (@IngestionFileId), or what the worker finds at @SourceUri (file:// or https://, within what its settings allow);
-- with one of the first two, @SourceUri only says where the file came from. A login in it, and what stands behind a question mark or
-- number sign, may open the file for anyone who reads it: the message has it, until the file is fetched, and dbo.IngestionJob doesn't.
-- EXECUTE AS 'HartonomousBroker': callers need EXECUTE on this procedure and no right on tables, queues, services and contracts.
-- Errors: 51030 file name, 51031 source, 51032 uploaded file, 51033 tenant, 51034 encoding, 51036 classification.
CREATE PROCEDURE [dbo].[sp_EnqueueIngestion]
    -- At most 400 characters, and the address 2048. Wider, because a parameter that is too short cuts a text silently: a name would lose
    -- its extension, and an address lead elsewhere.
    @FileName        NVARCHAR(MAX),
    @FileData        VARBINARY(MAX) = NULL,
    @TenantId        INT            = 0,
    @SourceUri       NVARCHAR(MAX)  = NULL,
    @IngestionFileId BIGINT         = NULL,
    -- W3C trace context; the worker goes on with the trace.
    @TraceParent     NVARCHAR(55)   = NULL,
    -- The row of dbo.IngestionJob that will record the file's outcome.
    @IngestionJobId  BIGINT         = NULL OUTPUT,
    -- The encoding of the text, for example windows-1252, where the sender knows it; a byte order mark beats it.
    @Encoding        NVARCHAR(64)   = NULL,
    -- 1: a file about whose reading anything would be noted is refused.
    @Strict          BIT            = 0,
    -- 1: read it anew even if the tenant has these bytes; the new document supersedes the one that is there.
    @Again           BIT            = 0,
    -- public, internal, confidential or restricted: the level of the document, and so of all that is made of it. A document that is there
    -- already gets it where it is the stricter one; none is made milder.
    @Classification  NVARCHAR(16)   = NULL
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    -- A caller's transaction that could not enqueue is rolled back.
    SET XACT_ABORT ON;

    -- As text of XML in UTF-16 a byte is four bytes of message. Too large: messages are slow to receive.
    -- Too small: small files take two more tables.
    DECLARE @MaxInlineBytes BIGINT = 65536;
    DECLARE @SliceBytes BIGINT = 1048576;
    DECLARE @Problem NVARCHAR(2048);
    DECLARE @Name NVARCHAR(MAX), @Uri NVARCHAR(MAX), @Text NVARCHAR(MAX), @Body VARBINARY(MAX);
    DECLARE @ShownName NVARCHAR(400), @Shown NVARCHAR(2048) = @SourceUri, @Host BIGINT, @At BIGINT;
    DECLARE @Bytes BIGINT = DATALENGTH(@FileData), @Slice INT = 0, @EnqueuedAt DATETIME2(7) = SYSUTCDATETIME();

    -- The caller's trace, where its connection says it (OpenTelemetry's convention for SQL Server). An invalid one is left out below.
    SET @TraceParent = COALESCE(
        @TraceParent, CONVERT(NVARCHAR(55), SESSION_CONTEXT(N'traceparent')), CONVERT(VARCHAR(55), CONTEXT_INFO())
    );

    IF @FileName IS NULL OR LEN(@FileName) = 0
        THROW 51030, N'@FileName is empty. Pass the name of the file; its extension helps to tell what the file is.', 1;

    -- As NVARCHAR(MAX): of shorter types REPLACE gives 8000 bytes at most. By bytes: to most collations a fullwidth character is the one
    -- it stands for, and would be replaced with it.
    SET @Name = @FileName;
    SET @Uri = @SourceUri;
    IF DATALENGTH(@FileName) > 800
        THROW 51030, N'@FileName has more than 400 characters. Pass its end: its extension helps to tell what the file is.', 1;
    IF DATALENGTH(@SourceUri) > 4096
        THROW 51031, N'@SourceUri has more than 2048 characters.', 1;
    SET @ShownName = @FileName;

    SET @Name = REPLACE(@Name COLLATE Latin1_General_BIN2, N'&', N'&amp;');
    SET @Name = REPLACE(@Name COLLATE Latin1_General_BIN2, N'<', N'&lt;');
    SET @Name = REPLACE(@Name COLLATE Latin1_General_BIN2, N'>', N'&gt;');
    SET @Uri = REPLACE(@Uri COLLATE Latin1_General_BIN2, N'&', N'&amp;');
    SET @Uri = REPLACE(@Uri COLLATE Latin1_General_BIN2, N'<', N'&lt;');
    SET @Uri = REPLACE(@Uri COLLATE Latin1_General_BIN2, N'>', N'&gt;');
    -- What XML can't hold (control characters, half of a surrogate pair) would fail only on its way to the queue, where
    -- the caller doesn't see it.
    IF TRY_CONVERT(XML, CONCAT(N'<a>', @Name, N'</a>')) IS NULL
        THROW 51030, N'@FileName has characters that no message can hold, for example control characters. Rename the file.', 1;
    IF TRY_CONVERT(XML, CONCAT(N'<a>', @Uri, N'</a>')) IS NULL
        THROW 51031, N'@SourceUri has characters that no message can hold. Escape them as in any URI.', 1;

    IF @Encoding = N'' OR @Encoding COLLATE Latin1_General_BIN2 LIKE N'%[^-A-Za-z0-9._:()]%'
        THROW 51034, N'@Encoding is not the name of an encoding. Pass for example windows-1252, shift_jis or utf-16le.', 1;

    IF @Classification NOT IN (N'public', N'internal', N'confidential', N'restricted')
        THROW 51036, N'@Classification is not a level. Pass public, internal, confidential or restricted, or leave it out.', 1;
    SET @Classification = LOWER(@Classification);

    IF @TenantId IS NULL OR NOT EXISTS (SELECT 1 FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = @TenantId)
    BEGIN
        SET @Problem = CONCAT(N'There is no tenant ', ISNULL(CONVERT(NVARCHAR(11), @TenantId), N'NULL'),
            N'. Insert its row into dbo.Tenant first.');
        THROW 51033, @Problem, 1;
    END;

    IF @FileData IS NOT NULL AND @IngestionFileId IS NOT NULL
        THROW 51031, N'The file''s bytes are given twice. Pass @FileData or @IngestionFileId, not both.', 1;
    IF @FileData IS NULL AND @IngestionFileId IS NULL
       AND (@SourceUri IS NULL OR (@SourceUri NOT LIKE N'file://%' AND @SourceUri NOT LIKE N'https://%'))
        THROW 51031, N'The file has no bytes. Pass @FileData, @IngestionFileId, or a @SourceUri that begins with file:// or https://.', 1;

    IF @IngestionFileId IS NOT NULL AND NOT EXISTS (
        SELECT 1
        FROM [dbo].[IngestionFile] AS f
        WHERE f.[IngestionFileId] = @IngestionFileId AND f.[TenantId] = @TenantId AND f.[State] = N'COMPLETE'
    )
    BEGIN
        SET @Problem = CONCAT(N'Tenant ', @TenantId, N' has no uploaded file ', @IngestionFileId,
            N'. Upload it with dbo.sp_BeginIngestionFile, dbo.sp_AppendIngestionFile and dbo.sp_CompleteIngestionFile.');
        THROW 51032, @Problem, 1;
    END;

    BEGIN TRANSACTION;
    IF @Bytes > @MaxInlineBytes
    BEGIN
        INSERT INTO [dbo].[IngestionFile] ([TenantId], [FileName], [State], [ByteCount])
        VALUES (@TenantId, @ShownName, N'COMPLETE', @Bytes);
        SET @IngestionFileId = SCOPE_IDENTITY();
        WHILE @Slice * @SliceBytes < @Bytes
        BEGIN
            INSERT INTO [dbo].[IngestionFileSlice] ([IngestionFileId], [SliceNumber], [Content])
            VALUES (@IngestionFileId, @Slice, SUBSTRING(@FileData, @Slice * @SliceBytes + 1, @SliceBytes));
            SET @Slice = @Slice + 1;
        END;
        SET @FileData = NULL;
    END;

    -- The name of a local file may have both in it.
    SET @At = CASE WHEN @Shown LIKE N'file:%' THEN 0 ELSE PATINDEX(N'%[?#]%', @Shown) END;
    IF @At > 0 SET @Shown = CONCAT(LEFT(@Shown, @At), N'***');
    -- Slashes may be missing or turned round: the address leads to the same place then. A third one begins the name of a local file.
    SET @Host = CHARINDEX(N':', @Shown) + 1;
    WHILE @Host > 1 AND SUBSTRING(@Shown, @Host, 1) IN (N'/', N'\') AND (@Host < 8 OR @Shown NOT LIKE N'file:%')
        SET @Host = @Host + 1;
    -- Of several the last one before the path ends the login.
    SET @At = PATINDEX(N'%[/\]%', CONCAT(SUBSTRING(@Shown, @Host, 2048), N'/')) + @Host - 2;
    SET @At = @At - CHARINDEX(N'@', REVERSE(LEFT(@Shown, @At))) + 1;
    IF @Host > 1 AND @At > @Host AND SUBSTRING(@Shown, @At, 1) = N'@'
        SET @Shown = STUFF(@Shown, @Host, @At - @Host, N'***');
    INSERT INTO [dbo].[IngestionJob] ([TenantId], [FileName], [SourceUri], [IngestionFileId], [EnqueuedAt], [Classification])
    VALUES (@TenantId, @ShownName, @Shown, @IngestionFileId, @EnqueuedAt, @Classification);
    SET @IngestionJobId = SCOPE_IDENTITY();

    SET @Text = CONCAT(
        N'<IngestionRequest><FileName>', @Name,
        N'</FileName><TenantId>', @TenantId, N'</TenantId>',
        CASE WHEN @Uri IS NOT NULL THEN CONCAT(N'<SourceUri>', @Uri, N'</SourceUri>') ELSE N'' END,
        CASE
            WHEN @FileData IS NOT NULL
                THEN CONCAT(N'<FileDataHex>', CONVERT(NVARCHAR(MAX), @FileData, 2), N'</FileDataHex>')
            WHEN @IngestionFileId IS NOT NULL
                THEN CONCAT(N'<IngestionFileId>', @IngestionFileId, N'</IngestionFileId>')
            ELSE N''
        END,
        CASE WHEN @Encoding IS NOT NULL THEN CONCAT(N'<Encoding>', @Encoding, N'</Encoding>') ELSE N'' END,
        CASE WHEN @Strict = 1 THEN N'<Strict>1</Strict>' ELSE N'' END,
        CASE WHEN @Again = 1 THEN N'<Again>1</Again>' ELSE N'' END,
        CASE
            WHEN @Classification IS NOT NULL THEN CONCAT(N'<Classification>', @Classification, N'</Classification>')
            ELSE N''
        END,
        N'<IngestionJobId>', @IngestionJobId,
        N'</IngestionJobId><EnqueuedAt>', CONVERT(NVARCHAR(27), @EnqueuedAt, 126), N'Z</EnqueuedAt>',
        -- An invalid trace header is left out: tracing must never hold up data.
        CASE
            WHEN LEN(@TraceParent) = 55 AND @TraceParent COLLATE Latin1_General_BIN2 NOT LIKE N'%[^0-9a-f-]%'
                THEN CONCAT(N'<TraceParent>', @TraceParent, N'</TraceParent>')
            ELSE N''
        END,
        N'</IngestionRequest>');
    -- NVARCHAR is UTF-16LE; the byte order mark makes it the same bytes as an XML value.
    SET @Body = 0xFFFE + CONVERT(VARBINARY(MAX), @Text);

    EXEC [dbo].[sp_SendOnPooledDialog]
        @ContractName = N'IngestionContract',
        @ToService = N'IngestionService',
        @MaxMessages = 8,
        @MaxAgeMinutes = 60,
        @MessageType = N'IngestionRequest',
        @Body = @Body;
    COMMIT TRANSACTION;
END;
