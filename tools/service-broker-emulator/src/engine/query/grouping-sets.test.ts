import { describe, expect, test } from 'vitest';
import { QueryFixture } from '../../../test/support/query-fixture.ts';

const sales = `
  CREATE TABLE Sale (Id int NOT NULL PRIMARY KEY, Region nvarchar(10) NULL, Kind nvarchar(10) NOT NULL, Amount int NOT NULL);
  INSERT INTO Sale VALUES (1, N'N', N'a', 1), (2, N'N', N'b', 2), (3, N'S', N'a', 4), (4, NULL, N'a', 8);
`;

function rows(sql: string): unknown {
  return new QueryFixture(sales).run(sql);
}

function numberOf(sql: string): unknown {
  try {
    rows(sql);
  } catch (error) {
    return error instanceof Error && 'number' in error ? error.number : error;
  }
  return undefined;
}

const order = 'ORDER BY GROUPING(Region), Region, GROUPING(Kind), Kind';

const rolledUp = [
  [null, 'a', 8],
  [null, null, 8],
  ['N', 'a', 1],
  ['N', 'b', 2],
  ['N', null, 3],
  ['S', 'a', 4],
  ['S', null, 4],
  [null, null, 15],
];

describe('several groupings', () => {
  test.each([
    ['ROLLUP', `SELECT Region, Kind, SUM(Amount) FROM Sale GROUP BY ROLLUP (Region, Kind) ${order}`, rolledUp],
    ['WITH ROLLUP', `SELECT Region, Kind, SUM(Amount) FROM Sale GROUP BY Region, Kind WITH ROLLUP ${order}`, rolledUp],
    [
      'GROUPING SETS of the same',
      `SELECT Region, Kind, SUM(Amount) FROM Sale GROUP BY GROUPING SETS ((Region, Kind), Region, ()) ${order}`,
      rolledUp,
    ],
    [
      'CUBE',
      `SELECT Kind, Region, SUM(Amount) FROM Sale WHERE Region IS NOT NULL GROUP BY CUBE (Kind, Region)
       ORDER BY GROUPING_ID(Kind, Region), Kind, Region`,
      [
        ['a', 'N', 1],
        ['a', 'S', 4],
        ['b', 'N', 2],
        ['a', null, 5],
        ['b', null, 2],
        [null, 'N', 3],
        [null, 'S', 4],
        [null, null, 7],
      ],
    ],
    [
      'GROUPING tells a total from a NULL',
      'SELECT Region, GROUPING(Region), COUNT(*) FROM Sale GROUP BY ROLLUP (Region) ORDER BY 2, 1',
      [
        [null, 0, 1],
        ['N', 0, 2],
        ['S', 0, 1],
        [null, 1, 4],
      ],
    ],
    [
      'elements beside each other are crossed',
      'SELECT Kind, Region, GROUPING_ID(Kind, Region), SUM(Amount) FROM Sale WHERE Id < 3 GROUP BY Kind, ROLLUP (Region) ORDER BY 1, 3',
      [
        ['a', 'N', 0, 1],
        ['a', null, 1, 1],
        ['b', 'N', 0, 2],
        ['b', null, 1, 2],
      ],
    ],
    [
      'expressions in parentheses count as one',
      'SELECT Region, Kind, SUM(Amount) FROM Sale WHERE Id < 3 GROUP BY ROLLUP ((Region, Kind)) ORDER BY GROUPING(Kind), Kind',
      [
        ['N', 'a', 1],
        ['N', 'b', 2],
        [null, null, 3],
      ],
    ],
    ['groupings that are there twice', 'SELECT COUNT(*) FROM Sale GROUP BY GROUPING SETS ((), ())', [[4], [4]]],
    [
      'ROLLUP and CUBE inside GROUPING SETS',
      'SELECT Kind, COUNT(*) FROM Sale GROUP BY GROUPING SETS (ROLLUP (Kind), Kind) ORDER BY 1, 2',
      [
        [null, 4],
        ['a', 3],
        ['a', 3],
        ['b', 1],
        ['b', 1],
      ],
    ],
    [
      'HAVING, and an expression as a key',
      'SELECT Amount % 2, COUNT(*) FROM Sale GROUP BY ROLLUP (Amount % 2) HAVING GROUPING(Amount % 2) = 0 ORDER BY 1',
      [
        [0, 3],
        [1, 1],
      ],
    ],
    ['an empty GROUP BY', 'SELECT COUNT(*) FROM Sale WHERE Id > 9 GROUP BY ()', [[0]]],
    ['the total of nothing', 'SELECT Kind, COUNT(*) FROM Sale WHERE Id > 9 GROUP BY ROLLUP (Kind)', [[null, 0]]],
    [
      'GROUPING of a single grouping',
      "SELECT Kind, GROUPING(Kind) FROM Sale WHERE Kind = N'b' GROUP BY Kind",
      [['b', 0]],
    ],
    [
      'a window over the groups',
      'SELECT Kind, SUM(SUM(Amount)) OVER (PARTITION BY GROUPING(Kind)) FROM Sale GROUP BY ROLLUP (Kind) ORDER BY GROUPING(Kind), Kind',
      [
        ['a', 15],
        ['b', 15],
        [null, 15],
      ],
    ],
    [
      'distinct values of each group',
      'SELECT Region, COUNT(DISTINCT Kind) FROM Sale GROUP BY ROLLUP (Region) ORDER BY GROUPING(Region), 1',
      [
        [null, 1],
        ['N', 2],
        ['S', 1],
        [null, 2],
      ],
    ],
  ])('%s', (_name, sql, expected) => {
    expect(rows(sql)).toEqual(expected);
  });

  test.each([
    ['SELECT GROUPING(Amount) FROM Sale GROUP BY ROLLUP (Kind)', 8161],
    ['SELECT GROUPING_ID(Kind, Amount) FROM Sale GROUP BY Kind', 8161],
    ['SELECT GROUPING(Kind) FROM Sale', 8161],
    ['SELECT GROUPING(Kind, Region) FROM Sale GROUP BY Kind, Region', 174],
    ['SELECT Amount FROM Sale GROUP BY ROLLUP (Kind)', 8120],
    [
      `SELECT 1 FROM Sale GROUP BY CUBE (${Array.from({ length: 13 }, (_, index) => `Amount + ${index}`).join(', ')})`,
      10703,
    ],
  ])('%s: %i', (sql, number) => {
    expect(numberOf(sql)).toBe(number);
  });

  test('a column that not every grouping has can be NULL', () => {
    const fixture = new QueryFixture(sales);
    expect(fixture.query('SELECT Kind FROM Sale GROUP BY ROLLUP (Kind) HAVING GROUPING(Kind) = 1')).toEqual([
      { Kind: null },
    ]);
  });
});
