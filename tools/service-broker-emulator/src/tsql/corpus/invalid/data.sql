--! 102 2 Incorrect syntax near ')'.
INSERT INTO t (a, ) VALUES (1)
GO
--! 102 2 Incorrect syntax near ')'.
INSERT INTO t (a) VALUES ()
GO
--! 102 2 Incorrect syntax near ')'.
INSERT INTO t (a)
GO
--! 156 2 Incorrect syntax near the keyword 'WHERE'.
INSERT INTO t WHERE a = 1
GO
--! 156 2 Incorrect syntax near the keyword 'WHERE'.
UPDATE t WHERE a = 1
GO
--! 156 2 Incorrect syntax near the keyword 'WHERE'.
UPDATE t SET WHERE a = 1
GO
--! 156 2 Incorrect syntax near the keyword 'FROM'.
DELETE FROM FROM t
GO
--! 10713 3 A MERGE statement must be terminated by a semi-colon (;).
MERGE t USING u ON t.a = u.a
WHEN MATCHED THEN DELETE
GO
--! 156 2 Incorrect syntax near the keyword 'UPDATE'.
MERGE t USING u ON t.a = u.a WHEN NOT MATCHED THEN UPDATE SET a = 1;
GO
--! 102 2 Incorrect syntax near 't'.
TRUNCATE t
GO
--! 102 2 Incorrect syntax near '('.
UPDATE t SET (a) = 1
