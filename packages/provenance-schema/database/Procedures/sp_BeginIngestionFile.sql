-- Begins the upload of a file that is too large for one parameter. Then dbo.sp_AppendIngestionFile for each slice,
-- dbo.sp_CompleteIngestionFile, and dbo.sp_EnqueueIngestion with @IngestionFileId. Needs no transaction: an upload that
-- isn't completed is purged.
-- Errors: 51030 file name, 51033 tenant.
CREATE PROCEDURE [dbo].[sp_BeginIngestionFile]
    @FileName        NVARCHAR(400),
    @TenantId        INT    = 0,
    @IngestionFileId BIGINT = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048);

    IF @FileName IS NULL OR LEN(@FileName) = 0
        THROW 51030, N'@FileName is empty. Pass the name of the file; its extension helps to tell what the file is.', 1;
    IF @TenantId IS NULL OR NOT EXISTS (SELECT 1 FROM [dbo].[Tenant] AS t WHERE t.[TenantId] = @TenantId)
    BEGIN
        SET @Problem = CONCAT(N'There is no tenant ', ISNULL(CONVERT(NVARCHAR(11), @TenantId), N'NULL'),
            N'. Insert its row into dbo.Tenant first.');
        THROW 51033, @Problem, 1;
    END;

    INSERT INTO [dbo].[IngestionFile] ([TenantId], [FileName]) VALUES (@TenantId, @FileName);
    SET @IngestionFileId = SCOPE_IDENTITY();
END;
