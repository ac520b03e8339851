import { describe, expect, test } from 'vitest';
import { QueryFixture } from '../../../test/support/query-fixture.ts';

const shop = `
  CREATE TABLE Customer (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NOT NULL);
  CREATE TABLE Purchase (Id int NOT NULL PRIMARY KEY, CustomerId int NULL, Amount int NOT NULL, Placed datetime NULL);
  INSERT INTO Customer VALUES (1, N'Ada'), (2, N'Bob'), (3, N'Cid');
  INSERT INTO Purchase VALUES (10, 1, 5, '2024-01-01'), (11, 1, 2, '2024-01-02'), (12, 3, 7, '2024-01-03'), (13, NULL, 1, NULL);
`;

function rows(sql: string): unknown {
  return new QueryFixture(shop).run(sql);
}

describe('an aggregate in a subquery over the columns of a query around it', () => {
  test.each([
    [
      'in WHERE, within HAVING',
      `SELECT p.CustomerId FROM Purchase p GROUP BY p.CustomerId
       HAVING EXISTS (SELECT 1 FROM Customer c WHERE c.Id = MIN(p.Amount)) ORDER BY p.CustomerId`,
      [[null], [1]],
    ],
    [
      'in HAVING of the subquery',
      `SELECT p.CustomerId FROM Purchase p GROUP BY p.CustomerId
       HAVING EXISTS (SELECT 1 FROM Customer c HAVING MAX(c.Id) < SUM(p.Amount)) ORDER BY p.CustomerId`,
      [[1], [3]],
    ],
    [
      'two queries out',
      `SELECT p.CustomerId FROM Purchase p GROUP BY p.CustomerId
       HAVING EXISTS (SELECT 1 FROM Customer c WHERE c.Id IN (SELECT d.Id FROM Customer d WHERE d.Id = COUNT(p.Id)))
       ORDER BY p.CustomerId`,
      [[null], [1], [3]],
    ],
    [
      'in the select list, of groups',
      `SELECT p.CustomerId, (SELECT c.Name FROM Customer c WHERE c.Id = COUNT(p.Id)) FROM Purchase p
       WHERE p.CustomerId IS NOT NULL GROUP BY p.CustomerId ORDER BY p.CustomerId`,
      [
        [1, 'Bob'],
        [3, 'Ada'],
      ],
    ],
    [
      'in the select list, which makes one group of the rows',
      'SELECT (SELECT MAX(p.Amount) FROM Customer c WHERE c.Id = 1) FROM Purchase p',
      [[7]],
    ],
    [
      'with a date part, not a column',
      `SELECT p.CustomerId FROM Purchase p GROUP BY p.CustomerId
       HAVING EXISTS (SELECT 1 FROM Customer c WHERE c.Id = MAX(DATEPART(day, p.Placed)))`,
      [[1], [3]],
    ],
    [
      'a column of its own FROM keeps it where it is',
      `SELECT c.Id, (SELECT SUM(Amount) FROM Purchase p WHERE p.CustomerId = c.Id) FROM Customer c ORDER BY c.Id`,
      [
        [1, 7],
        [2, null],
        [3, 7],
      ],
    ],
  ])('%s', (_name, sql, expected) => {
    expect(rows(sql)).toEqual(expected);
  });

  test.each([
    ['SELECT (SELECT MAX(p.Amount) FROM Customer c) FROM Purchase p', 512],
    ['SELECT p.Id, (SELECT MAX(p.Amount) FROM Customer c WHERE c.Id = 1) FROM Purchase p', 8120],
    ['SELECT p.Id FROM Purchase p WHERE EXISTS (SELECT 1 FROM Customer c WHERE c.Id = MAX(p.Id))', 147],
    ['SELECT (SELECT SUM(c.Id * p.Amount) FROM Customer c) FROM Purchase p', 8124],
    ['SELECT (SELECT SUM(p.Id * p.Amount) FROM Customer c WHERE c.Id = 1) FROM Purchase p', 8124],
    ['SELECT x.m FROM Purchase p CROSS APPLY (SELECT MAX(p.Amount) AS m FROM Customer c) x', 4101],
    ['SELECT COUNT(*) FROM Purchase GROUP BY (SELECT MAX(Id) FROM Customer)', 144],
    ['SELECT COUNT(*) FROM Purchase GROUP BY MAX(Id)', 144],
    ['UPDATE Purchase SET Amount = MAX(Id)', 157],
    ['UPDATE p SET Amount = (SELECT MAX(p.Id) FROM Customer c WHERE c.Id = 1) FROM Purchase p', 157],
    [
      'SELECT 1 FROM Purchase p GROUP BY p.CustomerId ORDER BY (SELECT c.Id FROM Customer c WHERE c.Id = COUNT(p.Id))',
      40000,
    ],
  ])('%s', (sql, number) => {
    expect(() => rows(sql)).toThrow(expect.objectContaining({ number }));
  });
});
