-- No contract: it begins dialogs and is never the target of one.
CREATE SERVICE [HartonomousInitiatorService]
    AUTHORIZATION [HartonomousBroker]
    ON QUEUE [dbo].[HartonomousInitiatorQueue];
