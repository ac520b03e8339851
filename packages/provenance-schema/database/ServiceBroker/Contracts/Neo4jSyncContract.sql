CREATE CONTRACT [Neo4jSyncContract] AUTHORIZATION [HartonomousBroker] (
    [Neo4jSyncRequest] SENT BY INITIATOR
);
