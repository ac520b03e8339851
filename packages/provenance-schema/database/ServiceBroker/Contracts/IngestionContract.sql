CREATE CONTRACT [IngestionContract] AUTHORIZATION [HartonomousBroker] (
    [IngestionRequest] SENT BY INITIATOR
);
