--! 111 3 'CREATE/ALTER PROCEDURE' must be the first statement in a query batch.
SELECT 1
CREATE PROCEDURE p AS SELECT 1
GO
--! 111 2 'CREATE/ALTER PROCEDURE' must be the first statement in a query batch.
DECLARE @a int; ALTER PROCEDURE p AS SELECT 1
GO
--! 111 2 'CREATE VIEW' must be the first statement in a query batch.
SELECT 1; CREATE VIEW v AS SELECT 1 AS a
GO
--! 111 2 'CREATE FUNCTION' must be the first statement in a query batch.
SELECT 1; CREATE FUNCTION f() RETURNS int AS BEGIN RETURN 1 END
GO
--! 111 2 'CREATE TRIGGER' must be the first statement in a query batch.
SELECT 1; CREATE TRIGGER t ON t FOR INSERT AS RETURN
GO
--! 156 2 Incorrect syntax near the keyword 'PROCEDURE'.
IF 1 = 1 CREATE PROCEDURE p AS SELECT 1
GO
--! 156 2 Incorrect syntax near the keyword 'VIEW'.
BEGIN CREATE VIEW v AS SELECT 1 AS a END
GO
--! 343 2 Unknown object type 'FOO' used in a CREATE, DROP, or ALTER statement.
CREATE FOO x
GO
--! 343 2 Unknown object type 'FOO' used in a CREATE, DROP, or ALTER statement.
DROP FOO x
GO
--! 102 2 Incorrect syntax near 't'.
CREATE TABLE t
GO
--! 102 2 Incorrect syntax near ')'.
CREATE TABLE t ()
GO
--! 102 2 Incorrect syntax near ','.
CREATE TABLE t (a, b int)
GO
--! 102 2 Incorrect syntax near 'int'.
CREATE TABLE t (a int int)
GO
--! 156 2 Incorrect syntax near the keyword 'TABLE'.
CREATE TABLE TABLE (a int)
GO
--! 102 2 Incorrect syntax near 'a'.
CREATE PROCEDURE p a int AS SELECT 1
GO
--! 156 2 Incorrect syntax near the keyword 'SELECT'.
CREATE PROCEDURE p SELECT 1
GO
--! 156 2 Incorrect syntax near the keyword 'AS'.
CREATE FUNCTION f() AS BEGIN RETURN 1 END
GO
--! 102 2 Incorrect syntax near 't'.
DROP INDEX t
GO
--! 102 2 Incorrect syntax near 'a'.
ALTER TABLE t a int
GO
--! 156 2 Incorrect syntax near the keyword 'TO'.
GRANT TO u
GO
--! 102 2 Incorrect syntax near 't'.
GRANT SELECT ON t
GO
--! 102 2 Incorrect syntax near ':'.
GRANT SEND ON SERVICE:s TO u
GO
--! 102 2 Incorrect syntax near 'r'.
ALTER ROLE r
