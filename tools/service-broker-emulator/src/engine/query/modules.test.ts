import { describe, expect, test } from 'vitest';
import { QueryFixture } from '../../../test/support/query-fixture.ts';
import { parseBatch } from '../../tsql/parse.ts';
import { compileAddedColumns, compileTableCheck } from './compile-statement.ts';
import type { QueryEnvironment, ResolvedRelation, TableUserFunction } from './environment.ts';
import { compileIndexFilters } from './index-filter.ts';

const table = `
  CREATE TABLE T (Id int NOT NULL PRIMARY KEY, Kind varchar(10) NULL);
  INSERT INTO T VALUES (1, 'a'), (2, 'b'), (3, 'a');
`;

describe('views and functions', () => {
  test('a view names its own columns and may be joined with itself', () => {
    const fixture = new QueryFixture(table);
    fixture.run('CREATE VIEW V (k, n) AS SELECT Kind, COUNT(*) FROM T GROUP BY Kind');
    expect(fixture.run("SELECT x.n FROM V x JOIN V y ON x.k = y.k WHERE y.k = 'a'")).toEqual([[2]]);
  });

  test('an inline function reads its parameters, also from rows to its left and from nested queries', () => {
    const fixture = new QueryFixture(table);
    const [body] = parseBatch(
      'WITH c AS (SELECT Id FROM T WHERE Kind = @k) SELECT Id, (SELECT COUNT(*) FROM T WHERE Kind = @k) AS n FROM c',
    ).statements;
    if (body?.kind !== 'select') throw new Error('not a SELECT');
    const inline: TableUserFunction = {
      kind: 'inline',
      name: 'f',
      parameters: [{ name: '@k', type: { name: 'varchar', length: 10 } }],
      query: body,
      environment: fixture,
    };
    fixture.functionsByName.set('f', inline);
    expect(fixture.run("SELECT * FROM dbo.f('a') ORDER BY Id")).toEqual([
      [1, 2],
      [3, 2],
    ]);
    expect(fixture.run('SELECT t.Id, f.Id FROM T t CROSS APPLY dbo.f(t.Kind) f ORDER BY t.Id, f.Id')).toEqual([
      [1, 1],
      [1, 3],
      [2, 2],
      [3, 1],
      [3, 3],
    ]);
  });

  test('a scalar function gets its arguments in the types of its parameters; DEFAULT takes the default', () => {
    const fixture = new QueryFixture(table);
    fixture.functionsByName.set('plus', {
      name: 'plus',
      parameters: [
        { name: '@a', type: { name: 'int' } },
        { name: '@b', type: { name: 'int' }, defaultValue: 10 },
      ],
      returns: { name: 'int' },
      call: (_context, [a, b]) => Number(a) + Number(b),
    });
    expect(fixture.run("SELECT dbo.plus(Id, '5'), dbo.plus(1, DEFAULT) FROM T WHERE Id = 2")).toEqual([[7, 11]]);
    expect(() => fixture.run('SELECT dbo.plus(1)')).toThrow(expect.objectContaining({ number: 313 }));
    expect(() => fixture.run('SELECT dbo.plus(1, 2, 3)')).toThrow(expect.objectContaining({ number: 8144 }));
  });

  test('NEXT VALUE FOR takes a value per row', () => {
    expect(new QueryFixture(table).run('SELECT NEXT VALUE FOR dbo.s FROM T')).toEqual([[1n], [2n], [3n]]);
  });
});

test('a table with triggers hands back what changed', () => {
  class WithTriggers extends QueryFixture {
    override relation(name: Parameters<QueryEnvironment['relation']>[0]): ResolvedRelation | undefined {
      const found = super.relation(name);
      return found?.kind === 'table' ? { ...found, triggers: ['update'] } : found;
    }
  }
  const fixture = new WithTriggers(table);
  expect(fixture.execute("UPDATE T SET Kind = 'z' WHERE Id = 2").changes).toMatchObject([
    { event: 'update', inserted: [[2, 'z']], deleted: [[2, 'b']], updatedColumns: [1] },
  ]);
  expect(fixture.execute('DELETE FROM T WHERE Id = 2').changes).toEqual([]);
});

test('a plan keeps nothing of a run: the same one serves different variables and changed rows', () => {
  const fixture = new QueryFixture(table).declare('@k', 'varchar(10)', 'a');
  const sql =
    'SELECT t.Id FROM T t JOIN (SELECT Kind AS k FROM T GROUP BY Kind) g ON g.k = t.Kind WHERE EXISTS (SELECT 1 FROM T x WHERE x.Kind = @k) AND t.Kind = @k ORDER BY t.Id';
  expect(fixture.run(sql)).toEqual([[1], [3]]);
  fixture.setVariable('@k', 'b');
  expect(fixture.run(sql)).toEqual([[2]]);
});

describe('upkeep of tables', () => {
  test('the condition of a filtered index', () => {
    const fixture = new QueryFixture(
      'CREATE TABLE F (Id int NOT NULL, State varchar(5) NULL, INDEX IX_F (Id) WHERE State IS NOT NULL)',
    );
    const definition = fixture.tables.get('f')!.definition;
    const filter = compileIndexFilters(definition).get('IX_F')!;
    expect([filter([1, 'x']), filter([1, null])]).toEqual([true, false]);
  });

  test('added columns take their defaults when they can not be NULL', () => {
    const fixture = new QueryFixture(
      'CREATE TABLE A (Id int NOT NULL, B int NOT NULL DEFAULT (4), C int NULL DEFAULT (5), D AS (Id + B))',
    );
    const added = compileAddedColumns(fixture.tables.get('a')!.definition, 1, fixture)(fixture);
    expect(added([3])).toEqual([4, null, 7]);
  });

  test('rows that are there already are checked', () => {
    const fixture = new QueryFixture(
      'CREATE TABLE A (Id int NOT NULL); INSERT INTO A VALUES (0); CREATE TABLE B (Id int NOT NULL CONSTRAINT CK CHECK (Id > 0))',
    );
    const check = compileTableCheck(fixture.tables.get('b')!.definition, fixture);
    expect(() => check(fixture, fixture.tables.get('a')!.store)).toThrow(
      expect.objectContaining({
        number: 547,
        message: expect.stringMatching(/^The ALTER TABLE statement conflicted with the CHECK constraint "CK"/),
      }),
    );
  });
});
