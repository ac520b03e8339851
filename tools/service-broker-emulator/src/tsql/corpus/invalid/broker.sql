--! 156 2 Incorrect syntax near the keyword 'TO'.
BEGIN DIALOG @h TO SERVICE 't'
GO
--! 102 2 Incorrect syntax near 's'.
BEGIN DIALOG @h FROM SERVICE 's' TO SERVICE 't'
GO
--! 102 2 Incorrect syntax near 't'.
BEGIN DIALOG @h FROM SERVICE s TO SERVICE t
GO
--! 102 2 Incorrect syntax near 'x'.
SEND ON CONVERSATION @h 'x'
GO
--! 102 2 Incorrect syntax near ')'.
SEND ON CONVERSATION @h MESSAGE TYPE m ()
GO
--! 102 2 Incorrect syntax near '1'.
RECEIVE TOP 1 * FROM q
GO
--! 102 2 Incorrect syntax near 'status'.
RECEIVE * FROM q WHERE status = 1
GO
--! 102 2 Incorrect syntax near '+'.
RECEIVE * FROM q WHERE conversation_handle = @h + 1
GO
--! 156 2 Incorrect syntax near the keyword 'AND'.
RECEIVE * FROM q WHERE conversation_handle = @h AND 1 = 1
GO
--! 156 2 Incorrect syntax near the keyword 'INTO'.
RECEIVE * INTO @t FROM q
GO
--! 102 2 Incorrect syntax near '#t'.
RECEIVE * FROM q INTO #t
GO
--! 102 2 Incorrect syntax near '5'.
END CONVERSATION @h WITH ERROR = 5
GO
--! 102 2 Incorrect syntax near ')'.
CREATE CONTRACT c ()
GO
--! 102 2 Incorrect syntax near 'BOTH'.
CREATE CONTRACT c (m SENT BY BOTH)
GO
--! 102 2 Incorrect syntax near 'XML'.
CREATE MESSAGE TYPE m VALIDATION = XML
GO
--! 102 2 Incorrect syntax near 's'.
CREATE SERVICE s
GO
--! 102 2 Incorrect syntax near 'FOO'.
CREATE QUEUE q WITH FOO = ON
GO
--! 102 2 Incorrect syntax near 'q'.
ALTER QUEUE q
GO
--! 156 2 Incorrect syntax near the keyword 'DROP'.
CREATE QUEUE q WITH ACTIVATION (DROP)
GO
--! 102 2 Incorrect syntax near '@h'.
BEGIN CONVERSATION TIMER @h TIMEOUT = 5
GO
--! 102 2 Incorrect syntax near 'q'.
GET CONVERSATION GROUP q FROM q
GO
--! 102 2 Incorrect syntax near 'CONTRACT'.
DROP CONTRACT
GO
--! 156 2 Incorrect syntax near the keyword 'ON'.
SELECT 1 SEND ON CONVERSATION @h
