import { expect, test } from 'vitest';
import { requireReadOnlySql } from './read-only-sql.ts';

test.each([
  'SELECT 1',
  "SELECT CASE WHEN a = 1 THEN 'x' ELSE CASE b WHEN 2 THEN 'y' END END FROM t",
  'SELECT \'DELETE FROM t\', [Update], "drop" FROM t -- INSERT\n/* EXEC /* p */ */',
  'WITH c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 9) SELECT * FROM c OPTION (MAXRECURSION 10)',
  'DECLARE @a INT = 1; SET @a = 2; IF @a = 2 SELECT @a; SELECT * FROM sys.fn_helpcollations()',
  '-- all\n; ;(SELECT 1)',
  'PRINT 1; SELECT 2',
])('reads only: %s', (text) => expect(() => requireReadOnlySql(text)).not.toThrow());

test.each([
  ['select 1;\ndelete from t', /^DELETE in line 2 /],
  ['SELECT * INTO x FROM t', /INTO/],
  ['SELECT NEXT VALUE FOR s', /NEXT/],
  ['COMMIT; SELECT 1', /COMMIT/],
  ['BEGIN TRAN', /BEGIN/],
  ["EXEC('x')", /EXEC/],
  ['WAITFOR (RECEIVE * FROM q)', /WAITFOR/],
  ['END CONVERSATION @h', /END/],
  ['SELECT CASE WHEN 1 = 1 THEN 1 END; END CONVERSATION @h', /END in line 1/],
  ["SELECT * FROM OPENROWSET(BULK 'x', SINGLE_CLOB) AS x", /OPENROWSET/],
  ['SELECT 1 /* a */ UPDATE t SET a = 1', /UPDATE/],
  ['UPDATE STATISTICS t', /UPDATE/],
  ["sp_executesql N'COMMIT; DELETE FROM t'", /sp_executesql in line 1 may call a procedure/],
  ["/* a */\n;dbo.sp_PauseQueue 'x'", /dbo in line 2/],
  ['[dbo].[p] 1', /\[dbo\] in line 1/],
  ['"p"', /"p"/],
  ['{call p}', /\{ in line 1/],
  ['# SELECT', /#/],
])('refused: %s', (text, message) => {
  expect(() => requireReadOnlySql(text)).toThrow(
    expect.objectContaining({ code: 'STATEMENT_REFUSED', kind: 'usage', message: expect.stringMatching(message) }),
  );
});
