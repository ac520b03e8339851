import { describe, expect, test } from 'vitest';
import { QueryFixture } from '../../../test/support/query-fixture.ts';

const shop = `
  CREATE TABLE Customer (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NOT NULL, City varchar(20) NULL);
  CREATE TABLE Purchase (Id int NOT NULL PRIMARY KEY, CustomerId int NULL, Amount decimal(10,2) NOT NULL, Placed date NULL);
  INSERT INTO Customer VALUES (1, N'Ada', 'London'), (2, N'Bob', NULL), (3, N'Cid', 'Paris');
  INSERT INTO Purchase VALUES (10, 1, 5.50, '2024-01-01'), (11, 1, 2.25, '2024-01-02'), (12, 3, 7, '2024-01-03'), (13, NULL, 1, NULL);
`;

function rows(sql: string): unknown {
  return new QueryFixture(shop).run(sql);
}

/** A decimal with two places, as the engine holds it. */
function money(unscaled: bigint): unknown {
  return { unscaled, scale: 2 };
}

describe('rows of a query', () => {
  test.each([
    ['a constant without FROM', 'SELECT 1 + 2 AS n', [[3]]],
    ['WHERE without FROM', 'SELECT 1 WHERE 1 = 0', []],
    ['every column', 'SELECT * FROM Customer WHERE Id = 1', [[1, 'Ada', 'London']]],
    [
      'the columns of one source',
      'SELECT c.* FROM Customer c JOIN Purchase p ON p.CustomerId = c.Id WHERE p.Id = 12',
      [[3, 'Cid', 'Paris']],
    ],
    ['text compares without regard to case', "SELECT Id FROM Customer WHERE Name = 'ADA'", [[1]]],
    ['UNKNOWN is not true', "SELECT Id FROM Customer WHERE City <> 'London'", [[3]]],
    ['NOT UNKNOWN is not true either', "SELECT Id FROM Customer WHERE NOT (City = 'London')", [[3]]],
    ['IS NULL', 'SELECT Id FROM Customer WHERE City IS NULL', [[2]]],
    ['BETWEEN', 'SELECT Id FROM Customer WHERE Id BETWEEN 2 AND 3 ORDER BY Id', [[2], [3]]],
    ['IN with NULL in the list', 'SELECT Id FROM Customer WHERE Id IN (1, NULL)', [[1]]],
    ['NOT IN with NULL in the list', 'SELECT Id FROM Customer WHERE Id NOT IN (1, NULL)', []],
    ['LIKE', "SELECT Id FROM Customer WHERE Name LIKE '_o%'", [[2]]],
    ['range on the primary key', 'SELECT Id FROM Purchase WHERE Id > 10 AND Id <= 12 ORDER BY Id', [[11], [12]]],
    ['a key compared with a text', "SELECT Id FROM Purchase WHERE Id = '11'", [[11]]],
    [
      'CASE',
      "SELECT CASE WHEN City IS NULL THEN 'none' ELSE City END FROM Customer ORDER BY Id",
      [['London'], ['none'], ['Paris']],
    ],
    ['simple CASE', "SELECT CASE Id WHEN 1 THEN 'one' END FROM Customer ORDER BY Id", [['one'], [null], [null]]],
    [
      'IIF and COALESCE',
      "SELECT IIF(Id > 1, COALESCE(City, 'none'), 'first') FROM Customer ORDER BY Id",
      [['first'], ['none'], ['Paris']],
    ],
    ['NULLIF', 'SELECT NULLIF(Id, 2) FROM Customer ORDER BY Id', [[1], [null], [3]]],
    ['IS DISTINCT FROM', "SELECT Id FROM Customer WHERE City IS DISTINCT FROM 'London' ORDER BY Id", [[2], [3]]],
  ])('%s', (_name, sql, expected) => {
    expect(rows(sql)).toEqual(expected);
  });
});

describe('joins', () => {
  test.each([
    [
      'INNER JOIN',
      'SELECT c.Id, p.Id FROM Customer c JOIN Purchase p ON p.CustomerId = c.Id ORDER BY p.Id',
      [
        [1, 10],
        [1, 11],
        [3, 12],
      ],
    ],
    [
      'comma and WHERE',
      'SELECT c.Id, p.Id FROM Purchase p, Customer c WHERE p.CustomerId = c.Id ORDER BY p.Id',
      [
        [1, 10],
        [1, 11],
        [3, 12],
      ],
    ],
    [
      'LEFT JOIN',
      'SELECT c.Id, p.Id FROM Customer c LEFT JOIN Purchase p ON p.CustomerId = c.Id ORDER BY c.Id, p.Id',
      [
        [1, 10],
        [1, 11],
        [2, null],
        [3, 12],
      ],
    ],
    [
      'LEFT JOIN with a condition on the left side',
      'SELECT c.Id, p.Id FROM Customer c LEFT JOIN Purchase p ON p.CustomerId = c.Id AND c.Id = 3 ORDER BY c.Id',
      [
        [1, null],
        [2, null],
        [3, 12],
      ],
    ],
    [
      'rows without a match',
      'SELECT c.Id FROM Customer c LEFT JOIN Purchase p ON p.CustomerId = c.Id WHERE p.Id IS NULL',
      [[2]],
    ],
    [
      'RIGHT JOIN',
      'SELECT c.Id, p.Id FROM Customer c RIGHT JOIN Purchase p ON p.CustomerId = c.Id ORDER BY p.Id',
      [
        [1, 10],
        [1, 11],
        [3, 12],
        [null, 13],
      ],
    ],
    [
      'FULL JOIN',
      'SELECT c.Id, p.Id FROM Customer c FULL JOIN Purchase p ON p.CustomerId = c.Id ORDER BY c.Id, p.Id',
      [
        [null, 13],
        [1, 10],
        [1, 11],
        [2, null],
        [3, 12],
      ],
    ],
    ['CROSS JOIN', 'SELECT COUNT(*) FROM Customer CROSS JOIN Purchase', [[12]]],
    [
      'CROSS APPLY',
      'SELECT c.Id, x.Id FROM Customer c CROSS APPLY (SELECT TOP (1) p.Id FROM Purchase p WHERE p.CustomerId = c.Id ORDER BY p.Id DESC) x ORDER BY c.Id',
      [
        [1, 11],
        [3, 12],
      ],
    ],
    [
      'OUTER APPLY',
      'SELECT c.Id, x.Id FROM Customer c OUTER APPLY (SELECT TOP (1) p.Id FROM Purchase p WHERE p.CustomerId = c.Id ORDER BY p.Id DESC) x ORDER BY c.Id',
      [
        [1, 11],
        [2, null],
        [3, 12],
      ],
    ],
    [
      'three sources, one of them derived',
      'SELECT c.Id, t.n FROM Customer c JOIN (SELECT CustomerId, COUNT(*) AS n FROM Purchase GROUP BY CustomerId) t ON t.CustomerId = c.Id JOIN Customer c2 ON c2.Id = c.Id ORDER BY c.Id',
      [
        [1, 2],
        [3, 1],
      ],
    ],
    [
      'a values list',
      "SELECT c.Name, v.x FROM (VALUES (1, 'a'), (3, 'b')) v(id, x) JOIN Customer c ON c.Id = v.id ORDER BY c.Id",
      [
        ['Ada', 'a'],
        ['Cid', 'b'],
      ],
    ],
    [
      'a left join of a join',
      'SELECT c.Id, p.Id, o.Id FROM Customer c LEFT JOIN (Purchase p JOIN Customer o ON o.Id = p.CustomerId) ON p.CustomerId = c.Id ORDER BY c.Id, p.Id',
      [
        [1, 10, 1],
        [1, 11, 1],
        [2, null, null],
        [3, 12, 3],
      ],
    ],
  ])('%s', (_name, sql, expected) => {
    expect(rows(sql)).toEqual(expected);
  });
});

describe('groups', () => {
  test.each([
    [
      'COUNT, SUM, MIN, MAX, AVG',
      'SELECT COUNT(*), COUNT(CustomerId), SUM(Id), MIN(Id), MAX(Id), AVG(Id) FROM Purchase',
      [[4, 3, 46, 10, 13, 11]],
    ],
    ['SUM of decimals', 'SELECT SUM(Amount) FROM Purchase', [[money(1575n)]]],
    ['AVG of decimals has six places', 'SELECT AVG(Amount) FROM Purchase', [[{ unscaled: 3937500n, scale: 6 }]]],
    ['no rows: COUNT is 0, SUM is NULL', 'SELECT COUNT(*), SUM(Id) FROM Purchase WHERE 1 = 0', [[0, null]]],
    [
      'no rows and GROUP BY: no groups',
      'SELECT CustomerId, COUNT(*) FROM Purchase WHERE 1 = 0 GROUP BY CustomerId',
      [],
    ],
    [
      'NULL is a group',
      'SELECT CustomerId, COUNT(*) FROM Purchase GROUP BY CustomerId ORDER BY CustomerId',
      [
        [null, 1],
        [1, 2],
        [3, 1],
      ],
    ],
    ['HAVING', 'SELECT CustomerId FROM Purchase GROUP BY CustomerId HAVING COUNT(*) > 1', [[1]]],
    [
      'ORDER BY an aggregate',
      'SELECT CustomerId FROM Purchase GROUP BY CustomerId ORDER BY COUNT(*) DESC, CustomerId',
      [[1], [null], [3]],
    ],
    [
      'an expression as key',
      'SELECT Id % 2, COUNT(*) FROM Purchase GROUP BY Id % 2 ORDER BY Id % 2',
      [
        [0, 2],
        [1, 2],
      ],
    ],
    ['DISTINCT inside', 'SELECT COUNT(DISTINCT CustomerId) FROM Purchase', [[2]]],
    [
      'STRING_AGG with order',
      "SELECT STRING_AGG(Name, ', ') WITHIN GROUP (ORDER BY Id DESC) FROM Customer",
      [['Cid, Bob, Ada']],
    ],
    [
      'a subquery over the group',
      'SELECT CustomerId, (SELECT Name FROM Customer c WHERE c.Id = p.CustomerId) FROM Purchase p GROUP BY CustomerId ORDER BY CustomerId',
      [
        [null, null],
        [1, 'Ada'],
        [3, 'Cid'],
      ],
    ],
  ])('%s', (_name, sql, expected) => {
    expect(rows(sql)).toEqual(expected);
  });
});

describe('order, limits and sets', () => {
  test.each([
    ['alias, descending', 'SELECT Id AS n FROM Customer ORDER BY n DESC', [[3], [2], [1]]],
    [
      'position',
      'SELECT Name, Id FROM Customer ORDER BY 2 DESC',
      [
        ['Cid', 3],
        ['Bob', 2],
        ['Ada', 1],
      ],
    ],
    ['a column that is not selected', 'SELECT Name FROM Customer ORDER BY Id DESC', [['Cid'], ['Bob'], ['Ada']]],
    ['NULL comes first', 'SELECT City FROM Customer ORDER BY City', [[null], ['London'], ['Paris']]],
    ['TOP', 'SELECT TOP (2) Id FROM Customer ORDER BY Id', [[1], [2]]],
    ['TOP PERCENT rounds up', 'SELECT TOP (34) PERCENT Id FROM Customer ORDER BY Id', [[1], [2]]],
    [
      'TOP WITH TIES',
      'SELECT TOP (1) WITH TIES CustomerId FROM Purchase WHERE CustomerId IS NOT NULL ORDER BY CustomerId',
      [[1], [1]],
    ],
    ['OFFSET and FETCH', 'SELECT Id FROM Purchase ORDER BY Id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY', [[11], [12]]],
    ['DISTINCT', 'SELECT DISTINCT CustomerId FROM Purchase ORDER BY CustomerId', [[null], [1], [3]]],
    ['UNION', 'SELECT 1 UNION SELECT 1 UNION SELECT 2 ORDER BY 1', [[1], [2]]],
    [
      'UNION ALL',
      "SELECT 1 AS a, 'x' AS b UNION ALL SELECT 1, 'yy' ORDER BY b",
      [
        [1, 'x'],
        [1, 'yy'],
      ],
    ],
    ['EXCEPT', 'SELECT Id FROM Customer EXCEPT SELECT CustomerId FROM Purchase', [[2]]],
    ['INTERSECT', 'SELECT Id FROM Customer INTERSECT SELECT CustomerId FROM Purchase ORDER BY Id', [[1], [3]]],
    [
      'UNION brings types together',
      'SELECT 1 UNION ALL SELECT 2.5',
      [[{ unscaled: 10n, scale: 1 }], [{ unscaled: 25n, scale: 1 }]],
    ],
  ])('%s', (_name, sql, expected) => {
    expect(rows(sql)).toEqual(expected);
  });
});

describe('subqueries', () => {
  test.each([
    ['as a value', 'SELECT (SELECT MAX(Id) FROM Purchase)', [[13]]],
    ['without a row it is NULL', 'SELECT (SELECT Id FROM Purchase WHERE 1 = 0)', [[null]]],
    [
      'EXISTS, correlated',
      'SELECT Id FROM Customer c WHERE EXISTS (SELECT * FROM Purchase p WHERE p.CustomerId = c.Id) ORDER BY Id',
      [[1], [3]],
    ],
    [
      'NOT EXISTS',
      'SELECT Id FROM Customer c WHERE NOT EXISTS (SELECT 1 FROM Purchase p WHERE p.CustomerId = c.Id)',
      [[2]],
    ],
    ['IN', 'SELECT Id FROM Customer WHERE Id IN (SELECT CustomerId FROM Purchase) ORDER BY Id', [[1], [3]]],
    [
      'NOT IN with a NULL inside is never true',
      'SELECT Id FROM Customer WHERE Id NOT IN (SELECT CustomerId FROM Purchase)',
      [],
    ],
    ['ALL', 'SELECT Id FROM Purchase WHERE Amount >= ALL (SELECT Amount FROM Purchase)', [[12]]],
    ['ANY', 'SELECT Id FROM Customer WHERE Id = ANY (SELECT CustomerId FROM Purchase) ORDER BY Id', [[1], [3]]],
    [
      'nested two deep',
      'SELECT Id FROM Customer c WHERE (SELECT COUNT(*) FROM Purchase p WHERE p.CustomerId = c.Id AND EXISTS (SELECT 1 FROM Customer d WHERE d.Id = c.Id)) = 2',
      [[1]],
    ],
  ])('%s', (_name, sql, expected) => {
    expect(rows(sql)).toEqual(expected);
  });
});

describe('common table expressions', () => {
  test('each sees those before it, and may be used twice', () => {
    expect(
      rows('WITH a AS (SELECT 1 AS n), b(m) AS (SELECT n + 1 FROM a) SELECT a.n, b.m FROM a, b, a AS again'),
    ).toEqual([[1, 2]]);
  });

  test('a recursive one counts', () => {
    expect(rows('WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT i FROM n')).toEqual([
      [1],
      [2],
      [3],
      [4],
    ]);
  });

  test('a recursive one follows a tree', () => {
    const tree = new QueryFixture(`
      CREATE TABLE Part (Id int PRIMARY KEY, ParentId int NULL);
      INSERT INTO Part VALUES (1, NULL), (2, 1), (3, 1), (4, 2), (5, 9);
    `);
    expect(
      tree.run(`WITH t AS (SELECT Id, 0 AS depth FROM Part WHERE Id = 1
        UNION ALL SELECT p.Id, t.depth + 1 FROM Part p JOIN t ON p.ParentId = t.Id)
        SELECT Id, depth FROM t ORDER BY Id`),
    ).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 2],
    ]);
  });

  test('endless recursion stops at 100', () => {
    expect(() => rows('WITH n AS (SELECT 1 AS i UNION ALL SELECT i FROM n) SELECT i FROM n')).toThrow(
      expect.objectContaining({ number: 530 }),
    );
  });

  test('OPTION (MAXRECURSION) moves the limit', () => {
    const sql =
      'WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 150) SELECT COUNT(*) FROM n OPTION (MAXRECURSION 200)';
    expect(rows(sql)).toEqual([[150]]);
  });
});

describe('window functions', () => {
  test.each([
    [
      'ROW_NUMBER',
      'SELECT Id, ROW_NUMBER() OVER (ORDER BY Id DESC) FROM Customer ORDER BY Id',
      [
        [1, 3n],
        [2, 2n],
        [3, 1n],
      ],
    ],
    [
      'PARTITION BY',
      'SELECT Id, ROW_NUMBER() OVER (PARTITION BY CustomerId ORDER BY Id) FROM Purchase ORDER BY Id',
      [
        [10, 1n],
        [11, 2n],
        [12, 1n],
        [13, 1n],
      ],
    ],
    [
      'RANK and DENSE_RANK',
      'SELECT RANK() OVER (ORDER BY CustomerId), DENSE_RANK() OVER (ORDER BY CustomerId) FROM Purchase ORDER BY Id',
      [
        [2n, 2n],
        [2n, 2n],
        [4n, 3n],
        [1n, 1n],
      ],
    ],
    ['NTILE', 'SELECT NTILE(3) OVER (ORDER BY Id) FROM Purchase ORDER BY Id', [[1n], [1n], [2n], [3n]]],
    [
      'LAG and LEAD',
      'SELECT LAG(Id) OVER (ORDER BY Id), LEAD(Id, 1, 0) OVER (ORDER BY Id) FROM Customer ORDER BY Id',
      [
        [null, 2],
        [1, 3],
        [2, 0],
      ],
    ],
    ['a running total', 'SELECT SUM(Id) OVER (ORDER BY Id) FROM Customer ORDER BY Id', [[1], [3], [6]]],
    ['a total of the partition', 'SELECT COUNT(*) OVER () FROM Customer ORDER BY Id', [[3], [3], [3]]],
    [
      'a moving frame',
      'SELECT SUM(Id) OVER (ORDER BY Id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM Customer ORDER BY Id',
      [[1], [3], [5]],
    ],
    [
      'FIRST_VALUE and LAST_VALUE',
      'SELECT FIRST_VALUE(Id) OVER (ORDER BY Id), LAST_VALUE(Id) OVER (ORDER BY Id) FROM Customer ORDER BY Id',
      [
        [1, 1],
        [1, 2],
        [1, 3],
      ],
    ],
    [
      'over groups',
      'SELECT CustomerId, SUM(COUNT(*)) OVER (ORDER BY CustomerId) FROM Purchase GROUP BY CustomerId ORDER BY CustomerId',
      [
        [null, 1],
        [1, 3],
        [3, 4],
      ],
    ],
  ])('%s', (_name, sql, expected) => {
    expect(rows(sql)).toEqual(expected);
  });
});

describe('variables', () => {
  test('SELECT @v = ... keeps the last row, and its old value without rows', () => {
    const fixture = new QueryFixture(shop).declare('@n', 'int', 7);
    fixture.run('SELECT @n = Id FROM Customer WHERE 1 = 0');
    expect(fixture.getVariable('@n')).toBe(7);
    fixture.run('SELECT @n = Id FROM Customer ORDER BY Id DESC');
    expect(fixture.getVariable('@n')).toBe(1);
  });

  test('a variable can collect values in order', () => {
    const fixture = new QueryFixture(shop).declare('@s', 'nvarchar(max)', '');
    fixture.run('SELECT @s += Name FROM Customer ORDER BY Id DESC');
    expect(fixture.getVariable('@s')).toBe('CidBobAda');
  });
});

describe('errors have the numbers and texts of SQL Server', () => {
  test.each([
    ['SELECT x FROM Customer', 207, "Invalid column name 'x'."],
    ['SELECT c.x FROM Customer c', 207, "Invalid column name 'x'."],
    ['SELECT Id FROM Customer, Purchase', 209, "Ambiguous column name 'Id'."],
    ['SELECT z.Id FROM Customer', 4104, 'The multi-part identifier "z.Id" could not be bound.'],
    ['SELECT * FROM Missing', 208, "Invalid object name 'Missing'."],
    ['SELECT @x', 137, 'Must declare the scalar variable "@x".'],
    ['SELECT * FROM @t', 1087, 'Must declare the table variable "@t".'],
    [
      'SELECT Name, COUNT(*) FROM Customer',
      8120,
      "Column 'Customer.Name' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.",
    ],
    ['SELECT Id FROM Customer WHERE COUNT(*) > 1', 147, /^An aggregate may not appear in the WHERE clause/],
    [
      'SELECT ROW_NUMBER() OVER (ORDER BY Id) FROM Customer WHERE ROW_NUMBER() OVER (ORDER BY Id) = 1',
      4108,
      /^Windowed functions/,
    ],
    ['SELECT (SELECT Id FROM Customer)', 512, /^Subquery returned more than 1 value/],
    ['SELECT (SELECT Id, Name FROM Customer WHERE Id = 1)', 116, /^Only one expression/],
    ['SELECT 1 UNION SELECT 1, 2', 205, /^All queries combined/],
    [
      'SELECT Id FROM Customer ORDER BY 2',
      108,
      'The ORDER BY position number 2 is out of range of the number of items in the select list.',
    ],
    ['SELECT DISTINCT Name FROM Customer ORDER BY Id', 145, /^ORDER BY items must appear/],
    ['SELECT * FROM (SELECT Id FROM Customer ORDER BY Id) t', 1033, /^The ORDER BY clause is invalid/],
    ['SELECT nofunction(1)', 195, "'nofunction' is not a recognized built-in function name."],
    ['SELECT dbo.f(1)', 4121, /^Cannot find either column "dbo"/],
    ['SELECT 1 / 0', 8134, 'Divide by zero error encountered.'],
    ['SELECT x.* FROM Customer', 107, /^The column prefix 'x'/],
    ['SELECT *', 263, 'Must specify table to select from.'],
  ])('%s', (sql, number, message) => {
    expect(() => rows(sql)).toThrow(
      expect.objectContaining({
        number,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      }),
    );
  });
});

test('a date part is not a column: DATEDIFF in an aggregate and in GROUP BY', () => {
  expect(rows("SELECT SUM(DATEDIFF(day, '2024-01-01', Placed)) FROM Purchase")).toEqual([[3]]);
  expect(
    rows('SELECT DATEPART(DAY, Placed) AS d, COUNT(*) FROM Purchase WHERE Id < 12 GROUP BY DATEPART(day, Placed)'),
  ).toEqual([
    [1, 1],
    [2, 1],
  ]);
});
