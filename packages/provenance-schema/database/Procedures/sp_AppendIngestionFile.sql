-- Adds a slice to a file that is uploaded; slices are numbered from 0. Up to 8 MB, better 1 MB.
-- Errors: 51032 no such upload, 51034 the slice.
CREATE PROCEDURE [dbo].[sp_AppendIngestionFile]
    @IngestionFileId BIGINT,
    @SliceNumber     INT,
    @Content         VARBINARY(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Problem NVARCHAR(2048);

    IF @Content IS NULL OR DATALENGTH(@Content) = 0 OR DATALENGTH(@Content) > 8388608
        THROW 51034, N'@Content is empty or larger than 8 MB. Send slices of 1 MB.', 1;
    IF NOT EXISTS (
        SELECT 1 FROM [dbo].[IngestionFile] AS f WHERE f.[IngestionFileId] = @IngestionFileId AND f.[State] = N'UPLOADING'
    )
    BEGIN
        SET @Problem = CONCAT(N'No file ', @IngestionFileId, N' is being uploaded. Begin with dbo.sp_BeginIngestionFile; ',
            N'a file that is complete takes no more slices.');
        THROW 51032, @Problem, 1;
    END;
    IF @SliceNumber IS NULL OR EXISTS (
        SELECT 1
        FROM [dbo].[IngestionFileSlice] AS s
        WHERE s.[IngestionFileId] = @IngestionFileId AND s.[SliceNumber] = @SliceNumber
    )
        THROW 51034, N'@SliceNumber is NULL or was sent before. Number the slices from 0.', 1;

    INSERT INTO [dbo].[IngestionFileSlice] ([IngestionFileId], [SliceNumber], [Content])
    VALUES (@IngestionFileId, @SliceNumber, @Content);
END;
