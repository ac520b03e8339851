-- Activated on dbo.HartonomousInitiatorQueue: ends the senders' side of dialogs that the far side has closed, so that
-- neither messages nor endpoints pile up. It leaves dbo.DialogPool alone: the sender sees that its dialog is gone and
-- replaces it, and a second writer of that row could deadlock with it.
CREATE PROCEDURE [dbo].[sp_HandleInitiatorMessages_Activated]
WITH EXECUTE AS 'HartonomousBroker'
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @ConversationHandle UNIQUEIDENTIFIER, @MessageType NVARCHAR(256), @Body VARBINARY(MAX);

    WHILE 1 = 1
    BEGIN
        BEGIN TRANSACTION;

        -- Waits a second before it gives up: activation would have to start it again for the next message.
        WAITFOR (
            RECEIVE TOP (1)
                @ConversationHandle = [conversation_handle],
                @MessageType = [message_type_name],
                @Body = [message_body]
            FROM [dbo].[HartonomousInitiatorQueue]
        ), TIMEOUT 1000;

        IF @@ROWCOUNT = 0
        BEGIN
            COMMIT TRANSACTION;
            RETURN 0;
        END;

        IF @MessageType = N'http://schemas.microsoft.com/SQL/ServiceBroker/Error'
        BEGIN
            -- The body is UTF-16 text, after its byte order mark.
            INSERT INTO [dbo].[Neo4jSyncLog] ([Outcome], [MessageCount], [Detail])
            VALUES (
                N'DIALOG_ERROR',
                0,
                CONCAT(
                    N'Dialog ', @ConversationHandle, N' ended with an error; messages sent on it may not have arrived: ',
                    CONVERT(NVARCHAR(3500), CONVERT(NVARCHAR(MAX),
                        CASE WHEN SUBSTRING(@Body, 1, 2) = 0xFFFE THEN SUBSTRING(@Body, 3, 7000) ELSE @Body END)))
            );
            END CONVERSATION @ConversationHandle;
        END
        ELSE IF @MessageType = N'http://schemas.microsoft.com/SQL/ServiceBroker/EndDialog'
            END CONVERSATION @ConversationHandle;

        COMMIT TRANSACTION;
    END;
END;
