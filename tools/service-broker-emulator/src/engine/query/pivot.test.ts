import { describe, expect, test } from 'vitest';
import { QueryFixture } from '../../../test/support/query-fixture.ts';

const sales = `
  CREATE TABLE Sale (Id int NOT NULL PRIMARY KEY, Region nvarchar(10) NULL, Kind int NOT NULL, Amount int NULL);
  INSERT INTO Sale VALUES (1, N'N', 1, 1), (2, N'N', 2, 2), (3, N'S', 1, 4), (4, N'N', 1, 8), (5, N'S', 3, 16), (6, NULL, 1, 32);
  CREATE TABLE Wide (Id int NOT NULL PRIMARY KEY, A int NULL, B int NULL, C int NULL, D bigint NULL);
  INSERT INTO Wide VALUES (1, 10, NULL, 30, 1), (2, NULL, NULL, NULL, 2), (3, 5, 6, 7, 3);
`;

function query(sql: string): unknown {
  return new QueryFixture(sales).query(sql);
}

function numberOf(sql: string): unknown {
  try {
    query(sql);
  } catch (error) {
    return error instanceof Error && 'number' in error ? error.number : error;
  }
  return undefined;
}

const source = '(SELECT Region, Kind, Amount FROM Sale) AS s';

describe('PIVOT', () => {
  test.each([
    [
      'a column for each value, a row for each group of the other columns',
      `SELECT * FROM ${source} PIVOT (SUM(Amount) FOR Kind IN ([1], [2], [9])) AS p ORDER BY Region`,
      [
        { Region: null, 1: 32, 2: null, 9: null },
        { Region: 'N', 1: 9, 2: 2, 9: null },
        { Region: 'S', 1: 4, 2: null, 9: null },
      ],
    ],
    [
      'COUNT gives 0 where there is nothing',
      `SELECT Region, [1] AS one, [2] AS two FROM ${source} PIVOT (COUNT(Amount) FOR s.Kind IN ([1], [2])) p WHERE Region = N'S'`,
      [{ Region: 'S', one: 1, two: 0 }],
    ],
    [
      'text values ignore case as the column does, and other aggregates work',
      `SELECT n, [S] FROM (SELECT Region, Amount FROM Sale) AS s PIVOT (MAX(Amount) FOR Region IN (n, [S])) AS p`,
      [{ n: 8, S: 16 }],
    ],
    [
      'over a join',
      `SELECT p.[1] FROM (SELECT Id AS k FROM Wide) AS w JOIN (SELECT Id, Kind, Amount FROM Sale) AS s ON s.Id = w.k
         PIVOT (SUM(Amount) FOR Kind IN ([1])) AS p WHERE p.Id = 3`,
      [{ 1: 4 }],
    ],
    [
      'beside other sources, and in a CTE',
      `WITH d AS (SELECT Region, Kind, Amount FROM Sale)
       SELECT p.Region, w.A FROM d PIVOT (MIN(Amount) FOR Kind IN ([2])) AS p JOIN Wide AS w ON w.Id = p.[2] + 1 ORDER BY p.Region`,
      [{ Region: 'N', A: 5 }],
    ],
    [
      'of what a query around it gives',
      `SELECT w.Id, x.[1] FROM Wide AS w CROSS APPLY (SELECT p.[1] FROM (SELECT Kind, Amount FROM Sale WHERE Sale.Id >= w.Id) AS s
         PIVOT (SUM(Amount) FOR Kind IN ([1])) AS p) AS x ORDER BY w.Id`,
      [
        { Id: 1, 1: 45 },
        { Id: 2, 1: 44 },
        { Id: 3, 1: 44 },
      ],
    ],
  ])('%s', (_name, sql, expected) => {
    expect(query(sql)).toEqual(expected);
  });

  test.each([
    [`SELECT * FROM ${source} PIVOT (SUM(Amount) FOR Kind IN ([x])) AS p`, 473],
    [`SELECT * FROM ${source} PIVOT (SUM(Nope) FOR Kind IN ([1])) AS p`, 207],
    [`SELECT * FROM ${source} PIVOT (SUM(Amount) FOR Nope IN ([1])) AS p`, 207],
    [`SELECT Kind FROM ${source} PIVOT (SUM(Amount) FOR Kind IN ([1])) AS p`, 207],
    [`SELECT * FROM ${source} PIVOT (SUM(Amount) FOR Kind IN ([1], [1])) AS p`, 8156],
    [`SELECT * FROM ${source} PIVOT (COUNT(*) FOR Kind IN ([1])) AS p`, 102],
  ])('%s: %i', (sql, number) => {
    expect(numberOf(sql)).toBe(number);
  });
});

describe('UNPIVOT', () => {
  test.each([
    [
      'a row for each column that is not NULL',
      'SELECT * FROM Wide UNPIVOT (Value FOR Name IN (A, B, C)) AS u',
      [
        { Id: 1, D: 1n, Value: 10, Name: 'A' },
        { Id: 1, D: 1n, Value: 30, Name: 'C' },
        { Id: 3, D: 3n, Value: 5, Name: 'A' },
        { Id: 3, D: 3n, Value: 6, Name: 'B' },
        { Id: 3, D: 3n, Value: 7, Name: 'C' },
      ],
    ],
    [
      'with an alias, a condition and an aggregate',
      'SELECT u.Name, SUM(u.Value) AS n FROM Wide AS w UNPIVOT (Value FOR Name IN (w.A, w.C)) u WHERE u.Id > 0 GROUP BY u.Name ORDER BY 1',
      [
        { Name: 'A', n: 15 },
        { Name: 'C', n: 37 },
      ],
    ],
    [
      'back and forth',
      `SELECT * FROM (SELECT Id, A, B FROM Wide) AS w UNPIVOT (Value FOR Name IN (A, B)) AS u PIVOT (SUM(Value) FOR Name IN (A, B)) AS p ORDER BY Id`,
      [
        { Id: 1, A: 10, B: null },
        { Id: 3, A: 5, B: 6 },
      ],
    ],
  ])('%s', (_name, sql, expected) => {
    expect(query(sql)).toEqual(expected);
  });

  test.each([
    ['SELECT * FROM Wide UNPIVOT (Value FOR Name IN (A, D)) AS u', 8167],
    ['SELECT * FROM Wide UNPIVOT (Value FOR Name IN (A, Nope)) AS u', 207],
    ['SELECT A FROM Wide UNPIVOT (Value FOR Name IN (A, B)) AS u', 207],
  ])('%s: %i', (sql, number) => {
    expect(numberOf(sql)).toBe(number);
  });
});

test('what is pivoted can not be changed', () => {
  expect(
    numberOf(`WITH d AS (SELECT * FROM ${source} PIVOT (SUM(Amount) FOR Kind IN ([1])) AS p) SELECT * FROM d`),
  ).toBeUndefined();
  const fixture = new QueryFixture(sales);
  expect(() =>
    fixture.execute(
      `WITH d AS (SELECT * FROM ${source} PIVOT (SUM(Amount) FOR Kind IN ([1])) AS p) UPDATE d SET Region = N'x'`,
    ),
  ).toThrow(expect.objectContaining({ number: 4403 }));
});
