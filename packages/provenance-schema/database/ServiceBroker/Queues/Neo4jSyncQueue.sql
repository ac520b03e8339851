-- Poison handling is off because it would stop every tenant's messages for one bad message: the workers move a bad
-- message to the dead letters instead of rolling it back.
CREATE QUEUE [dbo].[Neo4jSyncQueue]
    WITH STATUS = ON,
         RETENTION = OFF,
         POISON_MESSAGE_HANDLING (STATUS = OFF);
