import { expect, test } from 'vitest';
import { catalogTypeText, declaredTypeText } from './sql-type.ts';

const rows: readonly [
  string,
  string[],
  { name: string; maxLength: number; precision: number; scale: number },
  string,
][] = [
  ['BIGINT', [], { name: 'bigint', maxLength: 8, precision: 19, scale: 0 }, 'bigint'],
  ['INTEGER', [], { name: 'int', maxLength: 4, precision: 10, scale: 0 }, 'int'],
  ['NVARCHAR', ['64'], { name: 'nvarchar', maxLength: 128, precision: 0, scale: 0 }, 'nvarchar(64)'],
  ['NVARCHAR', ['MAX'], { name: 'nvarchar', maxLength: -1, precision: 0, scale: 0 }, 'nvarchar(max)'],
  ['CHAR', [], { name: 'char', maxLength: 1, precision: 0, scale: 0 }, 'char(1)'],
  ['VARBINARY', ['32'], { name: 'varbinary', maxLength: 32, precision: 0, scale: 0 }, 'varbinary(32)'],
  ['DATETIME2', [], { name: 'datetime2', maxLength: 8, precision: 27, scale: 7 }, 'datetime2(7)'],
  ['DATETIME2', ['3'], { name: 'datetime2', maxLength: 7, precision: 23, scale: 3 }, 'datetime2(3)'],
  ['NUMERIC', ['10', '2'], { name: 'numeric', maxLength: 9, precision: 10, scale: 2 }, 'decimal(10,2)'],
  ['DECIMAL', [], { name: 'decimal', maxLength: 9, precision: 18, scale: 0 }, 'decimal(18,0)'],
  ['FLOAT', ['24'], { name: 'real', maxLength: 4, precision: 24, scale: 0 }, 'real'],
  ['FLOAT', [], { name: 'float', maxLength: 8, precision: 53, scale: 0 }, 'float'],
  ['ROWVERSION', [], { name: 'timestamp', maxLength: 8, precision: 0, scale: 0 }, 'timestamp'],
];

test.each(rows)('%s %j and what the catalog views say of it are the same text', (name, args, catalog, text) => {
  expect(declaredTypeText(name, args)).toBe(text);
  expect(catalogTypeText(catalog)).toBe(text);
});
