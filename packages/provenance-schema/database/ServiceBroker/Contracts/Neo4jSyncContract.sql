CREATE CONTRACT [Neo4jSyncContract] (
    [Neo4jSyncRequest] SENT BY INITIATOR
);
