-- What comes back on the senders' side of pooled dialogs: EndDialog and Error messages only. The post-deployment script
-- activates dbo.sp_HandleInitiatorMessages_Activated on it. Poison handling stays on: a handler that fails five times
-- in a row must not spin, and senders don't need this queue enabled.
CREATE QUEUE [dbo].[HartonomousInitiatorQueue]
    WITH STATUS = ON,
         RETENTION = OFF,
         POISON_MESSAGE_HANDLING (STATUS = ON);
