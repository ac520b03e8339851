import { expect, test } from 'vitest';
import { catalogTypeText, declaredTypeText } from './sql-type.ts';

const rows: readonly [
  string,
  string[],
  { type: string; maxLength: number; precision: number; scale: number },
  string,
][] = [
  ['BIGINT', [], { type: 'bigint', maxLength: 8, precision: 19, scale: 0 }, 'bigint'],
  ['INTEGER', [], { type: 'int', maxLength: 4, precision: 10, scale: 0 }, 'int'],
  ['NVARCHAR', ['64'], { type: 'nvarchar', maxLength: 128, precision: 0, scale: 0 }, 'nvarchar(64)'],
  ['NVARCHAR', ['MAX'], { type: 'nvarchar', maxLength: -1, precision: 0, scale: 0 }, 'nvarchar(max)'],
  ['CHAR', [], { type: 'char', maxLength: 1, precision: 0, scale: 0 }, 'char(1)'],
  ['VARBINARY', ['32'], { type: 'varbinary', maxLength: 32, precision: 0, scale: 0 }, 'varbinary(32)'],
  ['DATETIME2', [], { type: 'datetime2', maxLength: 8, precision: 27, scale: 7 }, 'datetime2(7)'],
  ['DATETIME2', ['3'], { type: 'datetime2', maxLength: 7, precision: 23, scale: 3 }, 'datetime2(3)'],
  ['NUMERIC', ['10', '2'], { type: 'numeric', maxLength: 9, precision: 10, scale: 2 }, 'decimal(10,2)'],
  ['DECIMAL', [], { type: 'decimal', maxLength: 9, precision: 18, scale: 0 }, 'decimal(18,0)'],
  ['FLOAT', ['24'], { type: 'real', maxLength: 4, precision: 24, scale: 0 }, 'real'],
  ['FLOAT', [], { type: 'float', maxLength: 8, precision: 53, scale: 0 }, 'float'],
  ['ROWVERSION', [], { type: 'timestamp', maxLength: 8, precision: 0, scale: 0 }, 'timestamp'],
];

test.each(rows)('%s %j and what the catalog views say of it are the same text', (name, args, catalog, text) => {
  expect(declaredTypeText(name, args)).toBe(text);
  expect(catalogTypeText(catalog)).toBe(text);
});
