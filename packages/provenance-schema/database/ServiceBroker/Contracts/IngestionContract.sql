CREATE CONTRACT [IngestionContract] (
    [IngestionRequest] SENT BY INITIATOR
);
