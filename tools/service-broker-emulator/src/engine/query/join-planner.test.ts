import { expect, test } from 'vitest';
import { QueryFixture } from '../../../test/support/query-fixture.ts';
import type { IndexAccess } from '../storage/table-store.ts';
import type { QueryEnvironment, Relation, ResolvedRelation } from './environment.ts';

/** A database that notes how its tables were read: `Table` for a whole scan, `Table.column=` for an index. */
function watched(): { fixture: QueryFixture; reads: string[] } {
  const fixture = new QueryFixture(`
    CREATE TABLE Big (Id int NOT NULL PRIMARY KEY, Kind varchar(10) NOT NULL, Parent int NULL, INDEX IX_Kind (Kind, Parent));
    CREATE TABLE Few (BigId int NOT NULL);
    INSERT INTO Big SELECT value, IIF(value % 2 = 0, 'even', 'odd'), value / 2 FROM GENERATE_SERIES(1, 100);
    INSERT INTO Few VALUES (5), (6), (500);
  `);
  const reads: string[] = [];
  for (const { definition, store } of fixture.tables.values()) {
    const scan = store.scan.bind(store);
    store.scan = (transaction, access?: IndexAccess) => {
      const columns = access?.index.columns
        .slice(0, access.equal.length)
        .map((column) => definition.columns[column.ordinal]?.name);
      const range = access?.low === undefined && access?.high === undefined ? '' : '<>';
      reads.push(access === undefined ? definition.name : `${definition.name}.${columns?.join(',')}${range || '='}`);
      return scan(transaction, access);
    };
  }
  return { fixture, reads };
}

test.each([
  ['a key', 'SELECT Kind FROM Big WHERE Id = 7', ['Big.Id=']],
  ['a key as text', "SELECT Kind FROM Big WHERE Id = '7'", ['Big.Id=']],
  ['a prefix of an index', "SELECT COUNT(*) FROM Big WHERE Kind = N'even'", ['Big.Kind=']],
  ['a prefix and a range', "SELECT COUNT(*) FROM Big WHERE Kind = 'even' AND Parent BETWEEN 3 AND 5", ['Big.Kind<>']],
  ['a column inside an expression can not be sought', 'SELECT Kind FROM Big WHERE Id + 0 = 7', ['Big']],
  ['a text column compared with a number is converted row by row', 'SELECT 1 FROM Big WHERE Kind = 1 AND 1 = 0', []],
  [
    'the other source of a join is reached by its key, whichever is written first',
    'SELECT b.Kind FROM Big b JOIN Few f ON f.BigId = b.Id',
    ['Big', 'Few'],
  ],
  [
    'a key from an outer query',
    'SELECT (SELECT b.Kind FROM Big b WHERE b.Id = f.BigId) FROM Few f',
    ['Few', 'Big.Id=', 'Big.Id=', 'Big.Id='],
  ],
  [
    'the inner side of a left join',
    'SELECT b.Kind FROM Few f LEFT JOIN Big b ON b.Id = f.BigId',
    ['Few', 'Big.Id=', 'Big.Id=', 'Big.Id='],
  ],
  ['a value that the key can not hold', 'SELECT Kind FROM Big WHERE Id = 99999999999', ['Big']],
  ['NULL finds nothing', 'SELECT Kind FROM Big WHERE Id = NULL', []],
])('access path: %s', (_name, sql, expected) => {
  const { fixture, reads } = watched();
  reads.length = 0;
  fixture.run(sql);
  if (expected.length === 2 && sql.includes('JOIN Few f'))
    expect(reads.filter((read) => read === 'Few')).toHaveLength(1);
  else expect(reads).toEqual(expected);
});

test('a relation is asked for one value where it can answer that', () => {
  const asked: unknown[] = [];
  const relation: Relation = {
    name: 'handles',
    columns: [
      { name: 'handle', type: { name: 'uniqueidentifier' }, nullable: false },
      { name: 'state', type: { name: 'char', length: 2 }, nullable: false },
    ],
    rows: () => {
      throw new Error('all rows were read');
    },
    seeks: [
      {
        ordinal: 0,
        rows: (_context, value) => {
          asked.push(value);
          return [[value, 'CO']];
        },
      },
    ],
  };
  class WithHandles extends QueryFixture {
    override relation(name: Parameters<QueryEnvironment['relation']>[0]): ResolvedRelation | undefined {
      return name.name === 'handles' ? { kind: 'rows', relation } : super.relation(name);
    }
  }
  const handle = '0F8FAD5B-D9CB-469F-A165-70867728950E';
  expect(new WithHandles().run(`SELECT state FROM handles WHERE handle = '${handle}'`)).toEqual([['CO']]);
  expect(asked).toEqual([handle]);
});
