import { describe, expect, it } from 'vitest';
import { parseBatch } from '../../tsql/parse.ts';
import { parseBuiltInType } from '../types/format-type.ts';
import { buildTableDefinition, extendTableDefinition, type TableBuildContext } from './build-table-definition.ts';

const context: TableBuildContext = {
  database: 'App',
  defaultSchema: 'dbo',
  schemaOf: () => 'dbo',
  dataType: (reference) => {
    const type = parseBuiltInType(reference.name.name, reference.parameters);
    if (type === undefined) throw new Error(`the test uses an unknown type ${reference.name.name}`);
    return { type };
  },
  computedType: () => ({ type: { name: 'int' }, nullable: true }),
  primaryKeyOf: (table) => (table.name === 'Parent' ? ['Id'] : undefined),
};

function bodyOf(columns: string) {
  const [statement] = parseBatch(`CREATE TABLE dbo.T (${columns})`).statements;
  if (statement?.kind !== 'createTable') throw new Error('the test makes a table');
  return statement.table;
}

const build = (columns: string) => buildTableDefinition('dbo', 'T', bodyOf(columns), context);

describe('buildTableDefinition', () => {
  it('takes columns as nullable unless something says otherwise', () => {
    const { columns } = build('a int, b int NOT NULL, c int IDENTITY(5, 2), d rowversion, e int PRIMARY KEY');
    expect(columns.map((column) => [column.name, column.nullable])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
      ['d', false],
      ['e', false],
    ]);
    expect(columns[2]?.identity).toEqual({ seed: 5n, increment: 2n });
  });

  it('makes columns of a primary key NOT NULL, wherever it stands', () => {
    const { columns, indexes } = build('a int, b int, CONSTRAINT PK PRIMARY KEY NONCLUSTERED (b DESC)');
    expect(columns.map((column) => column.nullable)).toEqual([true, false]);
    expect(indexes).toMatchObject([
      { name: 'PK', kind: 'primaryKey', clustered: false, columns: [{ ordinal: 1, descending: true }] },
    ]);
  });

  it('gives constraints without a name one of their own', () => {
    const first = build(
      'a int PRIMARY KEY, b int UNIQUE, c int CHECK (c > 0), d int DEFAULT 1, e int REFERENCES Parent',
    );
    expect(first.indexes.map((index) => index.name.slice(0, 2))).toEqual(['PK', 'UQ']);
    expect(first.checks[0]?.name).toMatch(/^CK__T__/);
    expect(first.columns[3]?.default?.name).toMatch(/^DF__T__d__/);
    expect(first.foreignKeys[0]?.name).toMatch(/^FK__T__/);
    expect(build('a int PRIMARY KEY').indexes[0]?.name).not.toBe(first.indexes[0]?.name);
  });

  it('fills in the referenced columns from the primary key', () => {
    expect(build('p int REFERENCES Parent ON DELETE CASCADE').foreignKeys).toMatchObject([
      { referencedTable: 'Parent', referencedColumns: ['Id'], onDelete: 'cascade' },
    ]);
  });

  it.each([
    ['a int, A int', 2705],
    ['a int PRIMARY KEY, b int, PRIMARY KEY (b)', 1779],
  ])('refuses %s with %i', (columns, number) => {
    expect(() => build(columns)).toThrow(expect.objectContaining({ number }));
  });

  it('refuses a key of a column that is not there with 1911, and 1750 after it', () => {
    expect(() => build('a int, PRIMARY KEY (nope)')).toThrow(
      expect.objectContaining({ number: 1750, before: expect.objectContaining({ number: 1911 }) }),
    );
  });

  it('adds columns and constraints to a table that is there, which stays as it was', () => {
    const before = build('a int PRIMARY KEY');
    const after = extendTableDefinition(before, bodyOf('b int NULL, CONSTRAINT CK CHECK (b > a)'), context);
    expect(after.columns.map((column) => column.name)).toEqual(['a', 'b']);
    expect(after.checks).toMatchObject([{ name: 'CK', enabled: true }]);
    expect(before.columns).toHaveLength(1);
    expect(before.checks).toEqual([]);
  });
});
