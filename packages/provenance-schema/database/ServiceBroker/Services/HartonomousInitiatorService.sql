-- No contract: it begins dialogs and is never the target of one.
CREATE SERVICE [HartonomousInitiatorService]
    ON QUEUE [dbo].[HartonomousInitiatorQueue];
