-- What comes back on the senders' side of pooled dialogs: EndDialog and Error messages only. The procedure handles them
-- inside SQL Server, whether a worker runs or not. Poison handling stays on: a handler that fails five times in a row
-- must not spin, and senders don't need this queue enabled.
CREATE QUEUE [dbo].[HartonomousInitiatorQueue]
    WITH STATUS = ON,
         RETENTION = OFF,
         ACTIVATION (
             STATUS = ON,
             PROCEDURE_NAME = [dbo].[sp_HandleInitiatorMessages_Activated],
             MAX_QUEUE_READERS = 1,
             EXECUTE AS 'HartonomousBroker'
         ),
         POISON_MESSAGE_HANDLING (STATUS = ON);
