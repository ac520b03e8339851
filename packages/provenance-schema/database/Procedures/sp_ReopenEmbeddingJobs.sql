-- Has jobs tried again that were refused for a classification which has become milder since; answers with those that were. Internal to
-- embedding-generator, which judges the texts anew before it sends them.
-- @Jobs: a JSON list of their ids, as texts.
CREATE PROCEDURE [dbo].[sp_ReopenEmbeddingJobs]
    @EmbeddingModelId INT,
    @Jobs             NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    UPDATE j
    SET
        j.[Status] = N'PENDING',
        j.[Attempts] = 0,
        j.[NotBefore] = SYSUTCDATETIME(),
        j.[FinishedAt] = NULL,
        j.[ErrorCode] = NULL,
        j.[ErrorText] = NULL
    OUTPUT inserted.[BackgroundJobId]
    FROM OPENJSON(@Jobs) WITH ([BackgroundJobId] BIGINT '$') AS r
    INNER JOIN [dbo].[BackgroundJob] AS j ON j.[BackgroundJobId] = r.[BackgroundJobId]
    WHERE j.[EmbeddingModelId] = @EmbeddingModelId AND j.[Status] = N'REFUSED' AND j.[ErrorCode] = N'CLASSIFIED'
    OPTION (LOOP JOIN);
END;
