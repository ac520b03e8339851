SELECT -1, +2, ~3, - - 4, -a, -(a + b), ~a & b | c ^ d, a + b * c - d / e % f, (((1)))
GO
SELECT -100.0 / -100.0 * 10.0
GO
SELECT CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' ELSE 'z' END, CASE WHEN a = 1 AND b IN (1, 2) THEN 1 ELSE 0 END
GO
SELECT IIF(a > 1, 'x', 'y'), COALESCE(a, b, 1), NULLIF(a, 0), ISNULL(a, 'x'), CHOOSE(1, 'a', 'b')
GO
SELECT CAST(a AS int), CAST(b AS nvarchar(max)), CAST(c AS decimal(10, 2)), TRY_CAST(d AS uniqueidentifier), CONVERT(varchar(10), e, 120), CONVERT(int, f), TRY_CONVERT(date, g), CONVERT(dbo.MyType, h)
GO
SELECT CAST(a AS character varying(10)), CAST(b AS national character(5)), CAST(c AS double precision), CAST(d AS char varying(3)), CAST(e AS binary varying(3)), CAST(f AS sysname), CAST(g AS datetime2(3))
GO
SELECT a COLLATE Latin1_General_BIN2, b COLLATE DATABASE_DEFAULT + 'x', 'a' + 'b' COLLATE Latin1_General_CI_AS
GO
SELECT SYSUTCDATETIME() AT TIME ZONE 'UTC', a AT TIME ZONE @tz AT TIME ZONE 'Central European Standard Time'
GO
SELECT CURRENT_TIMESTAMP, CURRENT_USER, SESSION_USER, SYSTEM_USER, USER, @@ROWCOUNT, @@TRANCOUNT, @@IDENTITY
GO
SELECT DATEADD(day, 1, GETDATE()), DATEDIFF(SECOND, a, b), DATEPART(yy, c), LEFT(a, 1), RIGHT(b, 2), LTRIM(RTRIM(c)), TRIM(d), TRIM('x' FROM e), REPLACE(f, 'a', 'b')
GO
SELECT dbo.fn(1, @a, DEFAULT), db.dbo.fn(), [dbo].[fn](NULL), sys.fn_varbintohexstr(0x01), JSON_VALUE(@j, '$.a'), JSON_QUERY(a, '$'), ISJSON(@j)
GO
SELECT {fn UCASE('a')}, {fn CONCAT('a', 'b')}
GO
SELECT CAST(@s AS xml).value('/a[1]', 'int'), CONVERT(xml, @s).query('/a')
GO
SELECT (SELECT MAX(a) FROM t), ((SELECT 1)), 1 + (SELECT 2), ((SELECT 1) UNION (SELECT 2))
GO
SELECT $action, a.$rowguid FROM t a
GO
SELECT @@x, @_a1$#@b
GO
IF @a = 1 AND (@b IS NULL OR ((@c)) > 2) AND NOT (@d = 1) AND NOT NOT (@e = 2) PRINT 'x'
GO
IF ((((@a = 1)))) AND ((@a + 1)) > ((2)) AND (@a) + 1 = 2 AND (N'x' COLLATE Latin1_General_BIN2) = @x PRINT 'x'
GO
IF (CASE WHEN @a = 1 THEN 1 ELSE 0 END) = 1 PRINT 'x'
GO
IF (@x.exist('/a')) = 1 AND (SELECT COUNT(*) FROM t) > 0 PRINT 'x'
