import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QueryFixture } from '../../../test/support/query-fixture.ts';
import { OrderedRows } from './ordered-rows.ts';

const order = [{ compare: (a: unknown, b: unknown) => Number(a) - Number(b) }];

test('the first rows are those that a sort of all of them has first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 400 }), fc.nat(120), (keys, most) => {
      const rows = new OrderedRows(order, most);
      keys.forEach((key, place) => {
        if (rows.wants([key])) rows.add({ keys: [key], row: () => [key, place] });
      });
      const all = keys.map((key, place) => [key, place] as const).toSorted(([one], [other]) => one - other);
      const found = rows.sorted().map(({ row }) => row());
      expect(found.slice(0, most)).toEqual(all.slice(0, most));
      expect(found.length).toBeLessThanOrEqual(Math.max(2 * most, most + 64));
    }),
  );
});

test('TOP, ties, percentages, OFFSET and variables, of more rows than are kept', () => {
  const db = new QueryFixture('CREATE TABLE t (id int, half int)');
  db.run(`INSERT INTO t VALUES ${Array.from({ length: 500 }, (_, n) => `(${n}, ${Math.floor(n / 2)})`).join(', ')}`);
  expect(db.run('SELECT TOP (3) id FROM t ORDER BY id DESC')).toEqual([[499], [498], [497]]);
  expect(db.run('SELECT TOP (0) id FROM t ORDER BY id')).toEqual([]);
  expect(db.run('SELECT TOP (1) WITH TIES id FROM t ORDER BY half DESC')).toEqual([[498], [499]]);
  expect(db.run('SELECT TOP (1) PERCENT id FROM t ORDER BY id DESC')).toHaveLength(5);
  expect(db.run('SELECT DISTINCT TOP (2) half FROM t ORDER BY half DESC')).toEqual([[249], [248]]);
  expect(db.run('SELECT id FROM t ORDER BY id DESC OFFSET 100 ROWS FETCH NEXT 2 ROWS ONLY')).toEqual([[399], [398]]);
  const both = 'SELECT id FROM t UNION ALL SELECT id + 500 FROM t';
  expect(db.run(`${both} ORDER BY id DESC OFFSET 1 ROW FETCH NEXT 2 ROWS ONLY`)).toEqual([[998], [997]]);
  expect(db.run(`${both} ORDER BY id DESC OFFSET 998 ROWS`)).toEqual([[1], [0]]);
});

test("how many rows are wanted can't depend on one of them", () => {
  const db = new QueryFixture('CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2), (3)');
  const refused = expect.objectContaining({ number: 4115, message: expect.stringContaining('column "id"') });
  for (const query of [
    'SELECT TOP (id) id FROM t',
    'SELECT TOP (id) id FROM t ORDER BY id',
    'SELECT TOP (id) PERCENT id FROM t ORDER BY id',
    'SELECT id FROM t ORDER BY id OFFSET t.id ROWS',
    'SELECT id FROM t ORDER BY id OFFSET 0 ROWS FETCH NEXT (id) ROWS ONLY',
    'SELECT TOP ((SELECT t.id)) id FROM t',
    'SELECT TOP (id) id FROM t GROUP BY id',
    'DELETE TOP (id) FROM t',
    'UPDATE TOP (id) t SET id = 1',
  ]) {
    expect.soft(() => db.run(query), query).toThrow(refused);
  }
  expect(() => db.run('SELECT TOP (COUNT(*)) id FROM t GROUP BY id')).toThrow(
    expect.objectContaining({ number: 40000 }),
  );
  expect(
    db.run('SELECT o.id, i.id FROM t AS o CROSS APPLY (SELECT TOP (o.id - 1) t.id FROM t ORDER BY t.id DESC) AS i'),
  ).toEqual([
    [2, 3],
    [3, 3],
    [3, 2],
  ]);
  expect(db.run('SELECT TOP ((SELECT MIN(id) + 1 FROM t)) id FROM t ORDER BY id')).toEqual([[1], [2]]);
});
