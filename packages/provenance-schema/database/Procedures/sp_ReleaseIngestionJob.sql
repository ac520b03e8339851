-- A worker has rolled a file back, and its message is in the queue again: to be tried again (@ErrorCode NULL), or, when
-- it can't be ingested, for whichever worker receives it to put among the dead letters without doing the work again.
CREATE PROCEDURE [dbo].[sp_ReleaseIngestionJob]
    @IngestionJobId BIGINT,
    @WorkerId       UNIQUEIDENTIFIER,
    @ErrorCode      NVARCHAR(64)   = NULL,
    @ErrorText      NVARCHAR(4000) = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    UPDATE j
    SET
        j.[Status] = CASE WHEN @ErrorCode IS NULL THEN N'QUEUED' ELSE N'REFUSED' END,
        j.[ErrorCode] = @ErrorCode,
        j.[ErrorText] = @ErrorText
    FROM [dbo].[IngestionJob] AS j
    -- Another worker may have it by now.
    WHERE j.[IngestionJobId] = @IngestionJobId AND j.[WorkerId] = @WorkerId AND j.[Status] = N'RUNNING';
END;
