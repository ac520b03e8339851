CREATE SERVICE [Neo4jSyncService]
    AUTHORIZATION [HartonomousBroker]
    ON QUEUE [dbo].[Neo4jSyncQueue] (
        [Neo4jSyncContract]
    );
