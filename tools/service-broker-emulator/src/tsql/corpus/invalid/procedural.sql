--! 102 2 Incorrect syntax near '('.
EXEC p @x = SCOPE_IDENTITY();
GO
--! 102 2 Incorrect syntax near '+'.
EXEC p @a + 1
GO
--! 102 2 Incorrect syntax near '.'.
EXEC sp_help dbo.t
GO
--! 102 2 Incorrect syntax near ','.
EXEC p 1, , 2
GO
--! 102 2 Incorrect syntax near 'CAST'.
EXEC ('SELECT ' + CAST(1 AS varchar(1)))
GO
--! 102 2 Incorrect syntax near 'x'.
THROW 50000 N'x', 1
GO
--! 102 3 Incorrect syntax near '1'.
BEGIN
SELECT 1
GO
--! 102 2 Incorrect syntax near 'END'.
BEGIN END
GO
--! 102 2 Incorrect syntax near 'BEGIN'.
BEGIN
GO
--! 102 2 Incorrect syntax near 'END'.
END
GO
--! 156 2 Incorrect syntax near the keyword 'ELSE'.
ELSE SELECT 1
GO
--! 4145 2 An expression of non-boolean type specified in a context where a condition is expected, near 'SELECT'.
IF 1 SELECT 1
GO
--! 156 2 Incorrect syntax near the keyword 'AND'.
WHILE AND 1 = 1 SELECT 1
GO
--! 102 2 Incorrect syntax near 'TRY'.
BEGIN TRY SELECT 1 END TRY
GO
--! 156 2 Incorrect syntax near the keyword 'SELECT'.
BEGIN TRY SELECT 1 END TRY SELECT 2
GO
--! 102 2 Incorrect syntax near 'int'.
DECLARE a int
GO
--! 156 2 Incorrect syntax near the keyword 'SELECT'.
DECLARE SELECT
GO
--! 102 2 Incorrect syntax near '@a'.
DECLARE @a
GO
--! 195 2 'FOO' is not a recognized SET option.
SET FOO ON
GO
--! 102 2 Incorrect syntax near '1'.
SET NOCOUNT 1
GO
--! 102 2 Incorrect syntax near 'COMMITED'.
SET TRANSACTION ISOLATION LEVEL READ COMMITED
GO
--! 102 2 Incorrect syntax near '@a'.
SET @a
GO
--! 102 2 Incorrect syntax near 'GETDATE'.
RAISERROR (GETDATE(), 16, 1)
GO
--! 102 2 Incorrect syntax near ')'.
RAISERROR ('x')
GO
--! 156 2 Incorrect syntax near the keyword 'SELECT'.
WAITFOR SELECT 1
GO
--! 156 2 Incorrect syntax near the keyword 'SELECT'.
WAITFOR (SELECT 1), TIMEOUT 5
GO
--! 102 2 Incorrect syntax near 'foo'.
SELECT 1; foo
GO
--! 102 2 Incorrect syntax near 'sp_who2'.
SELECT 1; sp_who2
GO
--! 102 2 Incorrect syntax near ')'.
SELECT 1 )
GO
--! 102 2 Incorrect syntax near '1'.
1
