-- Fencing numbers: a batch takes one after its RECEIVE and before its reads, and writes to the graph only where the
-- number there is not greater. Numbers are handed out in rising order whatever the transactions do; a crash loses the
-- cached ones, which leaves a gap and does no harm. A restored backup goes back in the sequence: the worker then
-- receives nothing until it is restarted above the greatest number written to the graph; hartonomous doctor has the statement.
CREATE SEQUENCE [dbo].[GraphSyncSequence]
    AS BIGINT
    START WITH 1
    INCREMENT BY 1
    NO CYCLE
    CACHE 100;
