import { stripTypeScriptTypes } from 'node:module';
import { expect, test } from 'vitest';
import { type TypedColumn, typesText } from './types-text.ts';

const column = (name: string, type: string, rest: Partial<TypedColumn> = {}): TypedColumn => ({
  ...{ name, type, maxLength: 8, precision: 0, scale: 0, isNullable: false, isIdentity: false, isComputed: false },
  ...rest,
});

test('a table is an interface, in the driver’s types', () => {
  const text = typesText(
    [
      { schema: 'dbo', name: 'Order', columns: [column('OrderId', 'bigint', { isIdentity: true })] },
      {
        schema: 'dbo',
        name: 'Atom',
        columns: [
          column('Hash', 'varbinary', { maxLength: 32 }),
          column('Text', 'nvarchar', { maxLength: -1, isNullable: true }),
          column('Total', 'decimal', { precision: 9, scale: 2, isComputed: true }),
          column('Place', 'geography', { isNullable: true }),
        ],
      },
    ],
    7,
  );
  expect(
    text,
  ).toBe(`// Made by: hartonomous database types. Don't change it by hand: \`hartonomous database types --check FILE\` compares it with a database.

/** Number of the last migration that the database had; null: it has no record of any. */
export const schemaVersion = 7;

/** A row of dbo.Atom. */
export interface AtomRow {
  /** varbinary(32) */
  readonly Hash: Uint8Array;
  /** nvarchar(max) */
  readonly Text: string | null;
  /** decimal(9,2), computed */
  readonly Total: number;
  /** geography */
  readonly Place: unknown;
}

/** A row of dbo.Order. */
export interface OrderRow {
  /** bigint, identity */
  readonly OrderId: string;
}
`);
});

test('names that are not identifiers stay readable, and no column can write code', () => {
  const text = typesText([{ schema: 'my schema', name: '2nd', columns: [column('a"; }\n*/', 'int')] }], null);
  expect(text).toContain('export interface my_schema__2ndRow {');
  expect(text).toContain('readonly "a\\"; }\\n*/": number;');
});

test('nothing of a name becomes code, and no two tables one type', async () => {
  const text = typesText(
    [
      { schema: 'dbo', name: 'x*/ export const evil = 1; /*', columns: [column("a'\n*/b", 'odd*/type')] },
      { schema: 'dbo', name: 'Order Line', columns: [column('Id', 'int')] },
      { schema: 'dbo', name: 'Order_Line', columns: [column('Name', 'int')] },
      { schema: 'dbo', name: 'Order-Line', columns: [] },
    ],
    null,
  );
  const code = stripTypeScriptTypes(text);
  const module: object = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  expect(Object.keys(module)).toEqual(['schemaVersion']);
  expect(Array.from(text.matchAll(/^export interface (\S+)/gm), ([, name]) => name)).toEqual([
    'Order_LineRow',
    'Order_LineRow2',
    'Order_LineRow3',
    'x___export_const_evil___1____Row',
  ]);
});
