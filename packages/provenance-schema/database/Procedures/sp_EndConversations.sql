-- Ends conversations of the queues of this database's workers, for workers: END CONVERSATION is for the owner of a
-- conversation and db_owner, and RECEIVE on the queue isn't enough. Part of the caller's transaction.
-- @Handles: one behind the other, 36 characters each, so that any number of them is one text and one plan.
-- Errors: 51050 a conversation of another service; 8426 and 8427 as from END CONVERSATION.
CREATE PROCEDURE [dbo].[sp_EndConversations]
    @Handles NVARCHAR(MAX)
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    -- The caller decides what happens to its transaction: a conversation that is gone already need not undo its work.
    SET XACT_ABORT OFF;

    DECLARE @Handle UNIQUEIDENTIFIER, @Position INT = 1, @ServiceId INT;

    WHILE @Position < DATALENGTH(@Handles) / 2
    BEGIN
        SET @Handle = CONVERT(UNIQUEIDENTIFIER, SUBSTRING(@Handles, @Position, 36));
        SET @ServiceId = NULL;

        -- An endpoint never changes its service. NOLOCK: the view would wait for any session that begins a dialog.
        SELECT @ServiceId = e.[service_id]
        FROM sys.conversation_endpoints AS e WITH (NOLOCK)
        WHERE e.[conversation_handle] = @Handle;

        IF @ServiceId IS NOT NULL AND NOT EXISTS (
            SELECT 1
            FROM sys.services AS v
            WHERE v.[service_id] = @ServiceId
              AND v.[principal_id] = DATABASE_PRINCIPAL_ID(N'HartonomousBroker')
        )
            THROW 51050, N'dbo.sp_EndConversations ends conversations of the services that HartonomousBroker owns, and was given one of another service.', 1;

        END CONVERSATION @Handle;

        SET @Position = @Position + 36;
    END;
END;
