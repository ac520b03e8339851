-- Ends the upload of a file: from now on it can be enqueued.
-- Errors: 51032 no such upload, 51035 not all of it is there.
CREATE PROCEDURE [dbo].[sp_CompleteIngestionFile]
    @IngestionFileId BIGINT,
    -- Bytes that were sent, so that a lost slice shows.
    @ByteCount       BIGINT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048);
    DECLARE @Bytes BIGINT, @Slices INT, @Last INT;

    SELECT
        @Bytes = ISNULL(SUM(CONVERT(BIGINT, DATALENGTH(s.[Content]))), 0),
        @Slices = COUNT(*),
        @Last = ISNULL(MAX(s.[SliceNumber]), -1)
    FROM [dbo].[IngestionFileSlice] AS s
    WHERE s.[IngestionFileId] = @IngestionFileId;

    IF @ByteCount IS NULL OR @Bytes <> @ByteCount OR @Last <> @Slices - 1
    BEGIN
        SET @Problem = CONCAT(N'File ', @IngestionFileId, N' is not all there: ', @Bytes, N' bytes in ', @Slices,
            N' slices, the last with number ', @Last, N', and not ', @ByteCount, N' bytes. Upload it again.');
        THROW 51035, @Problem, 1;
    END;

    UPDATE f
    SET f.[State] = N'COMPLETE', f.[ByteCount] = @ByteCount
    FROM [dbo].[IngestionFile] AS f
    WHERE f.[IngestionFileId] = @IngestionFileId AND f.[State] = N'UPLOADING';
    IF @@ROWCOUNT = 0
    BEGIN
        SET @Problem = CONCAT(N'No file ', @IngestionFileId, N' is being uploaded. Begin with dbo.sp_BeginIngestionFile.');
        THROW 51032, @Problem, 1;
    END;
END;
