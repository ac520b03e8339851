CREATE CONTRACT [EmbeddingContract] AUTHORIZATION [HartonomousBroker] (
    [EmbeddingRequest] SENT BY INITIATOR
);
