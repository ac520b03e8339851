-- Adds what a generator has asked its provider for to the day's sums, and answers with these: of all generators of the model. With
-- zeros it only asks. @MaxTokens and @MaxCost are the caps of a day; NULL: none.
CREATE PROCEDURE [dbo].[sp_RecordEmbeddingUsage]
    @EmbeddingModelId INT,
    @Requests         BIGINT         = 0,
    @Inputs           BIGINT         = 0,
    @Tokens           BIGINT         = 0,
    @Cost             DECIMAL(19, 6) = 0,
    @MaxTokens        BIGINT         = NULL,
    @MaxCost          DECIMAL(19, 6) = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Day DATE = CONVERT(DATE, @Now);

    BEGIN TRANSACTION;
    UPDATE u
    SET
        u.[Requests] = u.[Requests] + @Requests,
        u.[Inputs] = u.[Inputs] + @Inputs,
        u.[Tokens] = u.[Tokens] + @Tokens,
        u.[Cost] = u.[Cost] + @Cost
    FROM [dbo].[EmbeddingUsage] AS u WITH (UPDLOCK, HOLDLOCK)
    WHERE u.[EmbeddingModelId] = @EmbeddingModelId AND u.[Day] = @Day;
    IF @@ROWCOUNT = 0
        INSERT INTO [dbo].[EmbeddingUsage] ([EmbeddingModelId], [Day], [Requests], [Inputs], [Tokens], [Cost])
        VALUES (@EmbeddingModelId, @Day, @Requests, @Inputs, @Tokens, @Cost);
    UPDATE u
    SET u.[CapReachedAt] = CASE WHEN u.[Tokens] >= @MaxTokens OR u.[Cost] >= @MaxCost THEN ISNULL(u.[CapReachedAt], @Now) END
    FROM [dbo].[EmbeddingUsage] AS u
    WHERE u.[EmbeddingModelId] = @EmbeddingModelId AND u.[Day] = @Day;
    COMMIT TRANSACTION;

    SELECT
        u.[Tokens],
        u.[Cost],
        CONVERT(BIT, CASE WHEN u.[CapReachedAt] IS NULL THEN 0 ELSE 1 END) AS [IsCapReached],
        DATEDIFF(SECOND, @Now, DATEADD(DAY, 1, CONVERT(DATETIME2(7), @Day))) AS [SecondsLeft]
    FROM [dbo].[EmbeddingUsage] AS u
    WHERE u.[EmbeddingModelId] = @EmbeddingModelId AND u.[Day] = @Day;
END;
