-- Poison handling is off as for dbo.IngestionQueue.
CREATE QUEUE [dbo].[EmbeddingQueue]
    WITH STATUS = ON,
         RETENTION = OFF,
         POISON_MESSAGE_HANDLING (STATUS = OFF);
