CREATE SERVICE [IngestionService]
    AUTHORIZATION [HartonomousBroker]
    ON QUEUE [dbo].[IngestionQueue] (
        [IngestionContract]
    );
