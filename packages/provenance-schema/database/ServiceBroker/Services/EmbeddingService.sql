CREATE SERVICE [EmbeddingService]
    AUTHORIZATION [HartonomousBroker]
    ON QUEUE [dbo].[EmbeddingQueue] (
        [EmbeddingContract]
    );
