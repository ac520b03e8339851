-- Wakes embedding-generator when the caller's transaction commits: the message says only that jobs may be waiting in
-- dbo.BackgroundJob. A transaction sends one, however often it calls.
-- EXECUTE AS 'HartonomousBroker': callers need EXECUTE on this procedure and no right on queues, services and contracts.
CREATE PROCEDURE [dbo].[sp_EnqueueEmbeddingRequest]
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @TransactionId BIGINT, @Body VARBINARY(MAX);

    BEGIN TRANSACTION;
    -- A rollback to a savepoint takes the message back and leaves this note: the generator then finds the jobs at its next
    -- look by itself.
    SET @TransactionId = CURRENT_TRANSACTION_ID();
    IF ISNULL(CONVERT(BIGINT, SESSION_CONTEXT(N'hartonomous_embedding_request')), -1) <> @TransactionId
    BEGIN
        SET @Body = 0xFFFE + CONVERT(VARBINARY(MAX), CONCAT(
            N'<EmbeddingRequest><EnqueuedAt>', CONVERT(NVARCHAR(27), SYSUTCDATETIME(), 126),
            N'Z</EnqueuedAt></EmbeddingRequest>'));
        EXEC [dbo].[sp_SendOnPooledDialog]
            @ContractName = N'EmbeddingContract',
            @ToService = N'EmbeddingService',
            @MaxMessages = 100,
            @MaxAgeMinutes = 60,
            @MessageType = N'EmbeddingRequest',
            @Body = @Body;
        EXEC sys.sp_set_session_context @key = N'hartonomous_embedding_request', @value = @TransactionId;
    END;
    COMMIT TRANSACTION;
END;
