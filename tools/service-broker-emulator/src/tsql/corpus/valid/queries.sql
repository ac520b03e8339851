SELECT 1
GO
SELECT 1 AS x, 2 y, z = 3, 'a' = 4, 5 AS 'quoted alias', 6 [bracketed ]] alias], 7 "quoted"
GO
SELECT 1.AS a, .5 b, 1. c, 1e3 d, 1e e, 1.5E-2 f, 0xAB g, 0x h, $1.5 i, -1 k, N'it''s' l, '' m, NULL n
GO
SELECT 1a
GO
SELECT DISTINCT TOP (10) PERCENT WITH TIES a, b.c, s.t.c, d.s.t.c, d..t.c, srv.d.s.t.c FROM t ORDER BY a
GO
SELECT TOP 5 * FROM t
GO
SELECT ALL t.*, dbo.t.* FROM dbo.t
GO
SELECT @a = 1, @b += 2, @c -= 3, @d *= 4, @e /= 5, @f %= 6, @g &= 7, @h |= 8, @i ^= 9
GO
SELECT @a = a, @b = COUNT(*) FROM t GROUP BY a HAVING COUNT(*) > 1
GO
SELECT a INTO #t FROM b
GO
SELECT a FROM t1 INNER JOIN t2 ON t1.a = t2.a LEFT OUTER JOIN t3 ON t3.a = t2.a RIGHT JOIN t4 ON 1 = 1 FULL OUTER JOIN t5 ON 1 = 1 CROSS JOIN t6 INNER HASH JOIN t7 ON t7.a = 1
GO
SELECT a FROM t1 JOIN t2 JOIN t3 ON t2.a = t3.a ON t1.a = t2.a
GO
SELECT a FROM (t1 JOIN t2 ON t1.a = t2.a) JOIN t3 ON 1 = 1
GO
SELECT a FROM ((t1 JOIN t2 ON t1.a = t2.a) JOIN t3 ON 1 = 1)
GO
SELECT a FROM t1, t2 AS x, dbo.t3 y, #tmp, ##global, @t AS tv, @t2
GO
SELECT a FROM t1 CROSS APPLY dbo.f(t1.a, DEFAULT) AS x OUTER APPLY (SELECT TOP (1) b FROM t2 WHERE t2.a = t1.a ORDER BY b) AS y
GO
SELECT a FROM (SELECT 1 AS a) AS d, (SELECT 1, 2) AS e (x, y), (VALUES (1, 'a'), (2, NULL)) AS v (n, s)
GO
SELECT a FROM ((SELECT 1 AS a) UNION ALL (SELECT 2)) AS d
GO
SELECT a FROM ((SELECT TOP 1 a FROM t ORDER BY a) UNION (SELECT TOP 1 b FROM u ORDER BY b)) AS d
GO
SELECT a FROM ((SELECT 1 AS a) AS x CROSS JOIN (SELECT 2 AS b) AS y)
GO
SELECT * FROM (((SELECT 1 AS a))) AS d
GO
SELECT a FROM t WITH (NOLOCK), u WITH (READPAST, UPDLOCK, ROWLOCK) JOIN v (NOLOCK) ON 1 = 1 JOIN w AS x (NOLOCK) ON 1 = 1 JOIN y WITH (INDEX(ix), TABLOCK) ON 1 = 1 JOIN z WITH (INDEX = ix) ON 1 = 1
GO
SELECT COUNT(*) AS PendingMessages FROM dbo.Neo4jSyncQueue WITH (NOLOCK);
GO
SELECT a FROM t HOLDLOCK
GO
SELECT a FROM t WITH (FORCESEEK (ix (a, b)))
GO
SELECT a FROM t WHERE a = 1 AND NOT b <> 2 OR (c > 3 AND (d < 4)) AND ((e)) = ((5))
GO
SELECT a FROM t WHERE a != 1 AND b !< 2 AND c !> 3 AND d > = 4 AND e < > 5
GO
SELECT a FROM t WHERE a BETWEEN 1 AND 2 AND b NOT BETWEEN 3 AND 4 + 1 OR c IN (1, 2, 3) OR d NOT IN (SELECT x FROM y) OR e LIKE 'a%' ESCAPE '\' OR f NOT LIKE N'_b' OR g IS NULL OR h IS NOT NULL
GO
SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u) AND NOT EXISTS (SELECT * FROM v UNION SELECT 1) AND x = ALL (SELECT 1) AND y < ANY (SELECT 2) AND z >= SOME (SELECT 3)
GO
SELECT a FROM t WHERE a IN ((SELECT 1) UNION (SELECT 2)) AND b IN ((SELECT 1), 2)
GO
SELECT a FROM t WHERE (SELECT 1) = 1 AND ((SELECT 1) + 1) = 2 AND (a + 1) * 2 > (b)
GO
SELECT a, SUM(b), COUNT(DISTINCT c), COUNT_BIG(*), AVG(ALL d) FROM t GROUP BY a, YEAR(x) HAVING SUM(b) > 1 ORDER BY a DESC, 2 ASC OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY
GO
SELECT a FROM t ORDER BY a OFFSET @skip ROW
GO
SELECT a FROM t ORDER BY a OFFSET (@p - 1) * @n ROWS FETCH FIRST @n ROW ONLY
GO
SELECT ROW_NUMBER() OVER (ORDER BY a) AS rn, SUM(b) OVER (PARTITION BY c, d ORDER BY e DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), LAG(a, 1, 0) OVER (ORDER BY a), COUNT(*) OVER (), AVG(x) OVER (ORDER BY y ROWS 3 PRECEDING), MAX(x) OVER (ORDER BY y RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM t
GO
SELECT STRING_AGG(a, ',') WITHIN GROUP (ORDER BY b DESC, c), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a) OVER (PARTITION BY b) FROM t
GO
SELECT 1 UNION SELECT 2 UNION ALL SELECT 3 EXCEPT SELECT 4 INTERSECT SELECT 5 ORDER BY 1
GO
(SELECT 1) UNION (SELECT 2 UNION ALL SELECT 3)
GO
(SELECT 1)
GO
WITH a AS (SELECT 1 AS x), b (y) AS (SELECT x FROM a UNION ALL SELECT y + 1 FROM b WHERE y < 10) SELECT * FROM b OPTION (MAXRECURSION 100, RECOMPILE)
GO
SELECT a FROM t OPTION (OPTIMIZE FOR (@x = 1), LOOP JOIN, MAXDOP 1, FORCE ORDER)
GO
SELECT a, b FROM t FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
GO
SELECT a AS [x.y] FROM t FOR JSON AUTO, ROOT('r'), INCLUDE_NULL_VALUES
GO
SELECT a FROM t FOR JSON PATH, ROOT
GO
SELECT a FROM t FOR XML RAW
GO
SELECT a FROM t FOR XML RAW('e'), ROOT('r'), ELEMENTS, TYPE
GO
SELECT a FROM t FOR XML AUTO, BINARY BASE64, TYPE, ROOT
GO
SELECT (SELECT ',' + a FROM t FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)') AS list
GO
SELECT STUFF((SELECT ',' + a FROM t FOR XML PATH('')), 1, 1, '')
GO
SELECT x.value('(/a/b)[1]', 'int'), t.x.query('/a'), t.x.exist('/a[@id = sql:variable("@i")]'), @x.value('/a[1]', 'nvarchar(10)'), c.query('.').value('.', 'int') FROM t CROSS APPLY t.x.nodes('/a/b') AS n(c)
GO
SELECT n.c.value('@id', 'int') FROM @x.nodes('/r/i') AS n(c)
GO
SELECT j.*, k.id FROM OPENJSON(@json) AS j CROSS APPLY OPENJSON(j.value, '$.items') WITH (id int, name nvarchar(50) '$.n', raw nvarchar(max) '$.r' AS JSON) AS k
GO
SELECT value FROM STRING_SPLIT('a,b', ',') AS s WHERE value <> ''
GO
SELECT * FROM sys.dm_exec_sessions AS s, sys.fn_helpcollations(), [sys].[tables], sys..x
GO
SELECT NEXT VALUE FOR dbo.seq, NEXT VALUE FOR seq OVER (ORDER BY a) FROM t
GO
SELECT a AS exists_, [Exists] = 1, "Order" FROM t
GO
SELECT a FROM t -- comment at the end
GO
/* block /* nested */ comment */ SELECT /* x */ 1 -- y
GO
SELECT precision, scale, name, type, value, state, level, timeout, queue, service, contract, dialog, conversation, row, rows, offset, next, first, matched, output, try, catch, receive, send, throw, move, work, persisted, action, language, partition, range, apply, using FROM sys.columns AS using_
GO
SELECT 'a
b' AS two_lines, N'ü' AS [ünïcödé], 1 AS ünï
GO
SELECT name, is_broker_enabled FROM sys.databases WHERE name = 'Hartonomous';
GO
SELECT 'MessageType' AS ObjectType, name FROM sys.service_message_types WHERE name = 'Neo4jSyncRequest'
UNION ALL SELECT 'Contract', name FROM sys.service_contracts WHERE name = 'Neo4jSyncContract'
UNION ALL SELECT 'Queue', name FROM sys.service_queues WHERE name = 'Neo4jSyncQueue'
UNION ALL SELECT 'Service', name FROM sys.services WHERE name = 'Neo4jSyncService';
GO
SELECT 1 SELECT 2 SELECT 3;;; SELECT 4
GO
SELECT CASE WHEN 1 = 1 THEN 'a' END CASE_ FROM t
GO
WITH XMLNAMESPACES ('urn:a' AS a, DEFAULT N'urn:b'), c AS (SELECT CAST('<x/>' AS xml) AS x)
SELECT c.x.value('(/a:x)[1]', 'int') AS v FROM c CROSS APPLY c.x.nodes('/x') AS t(n)
GO
KILL 53 WITH STATUSONLY
GO
SELECT a, b, SUM(c) FROM t GROUP BY ROLLUP (a, b); SELECT a FROM t GROUP BY CUBE (a, (b, c)), d; SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, (), ROLLUP (a, b), CUBE (a)) SELECT COUNT(*) FROM t GROUP BY ()
GO
SELECT a, GROUPING(a), GROUPING_ID(a, b) FROM t GROUP BY a, b WITH ROLLUP HAVING GROUPING(a) = 0 ORDER BY GROUPING(b); SELECT a FROM t GROUP BY a WITH CUBE
GO
SELECT * FROM t PIVOT (SUM(a) FOR b IN ([x], [y 1])) AS p; SELECT p.x FROM (SELECT a, b FROM t) AS s PIVOT (MAX(a) FOR s.b IN (x)) p WHERE p.x > 1
GO
SELECT * FROM t UNPIVOT (a FOR b IN (x, [y 1])) AS p; SELECT * FROM t JOIN u ON t.i = u.i PIVOT (COUNT(a) FOR b IN ([1])) AS p JOIN v ON v.i = p.i
