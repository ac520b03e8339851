--! 156 2 Incorrect syntax near the keyword 'Exists'.
SELECT 1 AS Exists
GO
--! 102 2 Incorrect syntax near 'FROM'.
SELECT * FROM
GO
--! 156 2 Incorrect syntax near the keyword 'FROM'.
SELECT FROM t
GO
--! 102 2 Incorrect syntax near 'SELECT'.
SELECT
GO
--! 102 3 Incorrect syntax near ','.
SELECT a,
  , b FROM t
GO
--! 156 2 Incorrect syntax near the keyword 'FROM'.
SELECT a, FROM t
GO
--! 102 2 Incorrect syntax near 'b'.
SELECT 'a' AS x 'b'
GO
--! 102 2 Incorrect syntax near 'b c'.
SELECT a [x] [b c]
GO
--! 102 2 Incorrect syntax near '='.
SELECT (1 = 1)
GO
--! 102 2 Incorrect syntax near ')'.
SELECT a FROM t WHERE a IN ()
GO
--! 102 2 Incorrect syntax near '1'.
SELECT (1
GO
--! 4145 2 An expression of non-boolean type specified in a context where a condition is expected, near '1'.
SELECT a FROM t WHERE 1
GO
--! 4145 2 An expression of non-boolean type specified in a context where a condition is expected, near 'AND'.
SELECT a FROM t WHERE a AND b = 1
GO
--! 4145 2 An expression of non-boolean type specified in a context where a condition is expected, near ')'.
SELECT a FROM t WHERE NOT (a = 1 OR b)
GO
--! 156 2 Incorrect syntax near the keyword 'ORDER'.
SELECT a FROM ORDER
GO
--! 156 2 Incorrect syntax near the keyword 'WHERE'.
SELECT a FROM t1 JOIN t2 WHERE a = 1
GO
--! 102 2 Incorrect syntax near 't2'.
SELECT a FROM t1 JOIN t2
GO
--! 102 2 Incorrect syntax near ')'.
SELECT a FROM (SELECT 1 AS a)
GO
--! 102 2 Incorrect syntax near '@n'.
SELECT TOP @n a FROM t
GO
--! 336 2 Incorrect syntax near 'c'. If this is intended to be a common table expression, you need to explicitly terminate the previous statement with a semi-colon.
SELECT * FROM t WITH c AS (SELECT 1 AS a) SELECT * FROM c
GO
--! 102 2 Incorrect syntax near ')'.
WITH c AS (SELECT 1 AS a)
GO
--! 105 3 Unclosed quotation mark after the character string 'abc'.
SELECT 1,
'abc
GO
--! 105 2 Unclosed quotation mark after the character string 'abc'.
SELECT [abc
GO
--! 113 2 Missing end comment mark '*/'.
SELECT 1 /* a /* b */
GO
--! 1038 2 An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.
SELECT 1 AS []
GO
--! 102 2 Incorrect syntax near '?'.
SELECT a FROM t WHERE a = ?
GO
--! 102 2 Incorrect syntax near '\'.
SELECT \
GO
--! 156 2 Incorrect syntax near the keyword 'UNION'.
SELECT 1 UNION UNION SELECT 2
GO
--! 156 2 Incorrect syntax near the keyword 'UNION'.
SELECT 1 ORDER BY 1 UNION SELECT 2
GO
--! 156 2 Incorrect syntax near the keyword 'ORDER'.
(SELECT TOP 1 a FROM t ORDER BY a) UNION (SELECT 2)
GO
--! 102 2 Incorrect syntax near '12'.
SELECT a FROM t ORDER BY 1 OFFSET 5 12
GO
--! 156 2 Incorrect syntax near the keyword 'CASE'.
SELECT a FROM CASE
GO
--! 156 2 Incorrect syntax near the keyword 'ELSE'.
SELECT CASE ELSE 1 END
GO
--! 102 2 Incorrect syntax near '1'.
SELECT CASE WHEN a = 1 THEN 1
GO
--! 102 2 Incorrect syntax near ','.
SELECT CAST(a, int)
GO
--! 156 2 Incorrect syntax near the keyword 'Table'.
SELECT a FROM Table
GO
--! 102 2 Incorrect syntax near '.'.
SELECT a. .b FROM t.
GO
--! 321 2 "foo" is not a recognized table hints option. If it is intended as a parameter to a table-valued function or to the CHANGETABLE function, ensure that your database compatibility mode is set to 90.
SELECT a FROM t WITH (foo)
GO
--! 13620 2 ROOT option and WITHOUT_ARRAY_WRAPPER option cannot be used together in FOR JSON. Remove one of these options.
SELECT a FROM t FOR JSON PATH, ROOT, WITHOUT_ARRAY_WRAPPER
GO
--! 102 2 Incorrect syntax near 'a'.
SELECT a FROM t GROUP a x
GO
--! 102 2 Incorrect syntax near '+='.
SELECT a += 1 FROM t
