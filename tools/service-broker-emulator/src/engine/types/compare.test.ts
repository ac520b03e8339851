import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeOfNotation as type } from '../../../test/support/type-notation.ts';
import { commonType, compileCompare, compileKey } from './compare.ts';
import { formatType, parseBuiltInType } from './format-type.ts';
import { compileLike, compilePatternIndex } from './like.ts';
import type { SqlType } from './sql-type.ts';
import { intType, nullType, uniqueidentifierType } from './type-info.ts';
import { makeSequentialGuids } from './unique-identifier.ts';

const varchar: SqlType = { name: 'varchar', length: 50 };
const collated = (collation: string): SqlType => ({ ...varchar, collation });

describe('strings', () => {
  it.each<[string, string, SqlType, number]>([
    ['abc', 'ABC', varchar, 0],
    ['abc', 'abc   ', varchar, 0],
    ['\u00E9', 'e', varchar, 1],
    ['\u00E9', 'e\u0301', varchar, 0],
    ['a', 'B', varchar, -1],
    ['abc', 'ABC', collated('Latin1_General_CS_AS'), -1],
    ['\u00E9', 'e', collated('Latin1_General_CI_AI'), 0],
    ['a', 'B', collated('Latin1_General_BIN2'), 1],
    ['a', 'a ', collated('Latin1_General_BIN2'), 0],
  ])('%o against %o', (a, b, by, expected) => {
    expect(Math.sign(compileCompare(by)(a, b))).toBe(expected);
  });

  it('has one key for equal strings only, and a total order', () => {
    const texts = fc.string({
      unit: fc.constantFrom('a', 'A', 'b', ' ', '\u00E9', 'e\u0301', '-', '\u0001', '2', '\u00B2'),
    });
    for (const by of [varchar, collated('Latin1_General_CS_AS'), collated('Latin1_General_BIN2')]) {
      const compare = compileCompare(by);
      const key = compileKey(by);
      fc.assert(
        fc.property(texts, texts, texts, (a, b, c) => {
          expect(key(a) === key(b)).toBe(compare(a, b) === 0);
          expect(Math.sign(compare(a, b)) + Math.sign(compare(b, a))).toBe(0);
          if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
        }),
      );
    }
  });

  it('refuses what is not a collation', () => {
    expect(() => compileCompare(collated('Klingon'))).toThrow(expect.objectContaining({ number: 448 }));
  });
});

describe('other values', () => {
  it('ignores trailing zero bytes of binary values', () => {
    const binary = type('varbinary(10)');
    expect(compileCompare(binary)(Uint8Array.of(1), Uint8Array.of(1, 0))).toBe(0);
    expect(compileKey(binary)(Uint8Array.of(1))).toBe(compileKey(binary)(Uint8Array.of(1, 0, 0)));
    expect(compileCompare(binary)(Uint8Array.of(2), Uint8Array.of(1, 9))).toBeGreaterThan(0);
  });

  it('compares a uniqueidentifier from its last group on', () => {
    const compare = compileCompare(uniqueidentifierType);
    const low = 'FFFFFFFF-FFFF-FFFF-FFFF-000000000001';
    const high = '00000000-0000-0000-0000-000000000002';
    expect(compare(low, high)).toBeLessThan(0);
    expect(compare('01000000-0000-0000-0000-000000000000', '00000001-0000-0000-0000-000000000000')).toBeLessThan(0);
    const next = makeSequentialGuids();
    const guids = Array.from({ length: 600 }, next);
    expect([...guids].sort(compare)).toEqual(guids);
  });

  it('orders variants by family first, then by value', () => {
    const variant = type('sql_variant');
    const compare = compileCompare(variant);
    const int = { baseType: intType, value: 5 };
    const decimal = { baseType: type('decimal(5,2)'), value: { unscaled: 500n, scale: 2 } };
    expect(compare(int, decimal)).toBe(0);
    expect(compileKey(variant)(int)).toBe(compileKey(variant)(decimal));
    expect(compare(int, { baseType: varchar, value: 'zzz' })).toBeGreaterThan(0);
  });
});

describe('the common type', () => {
  it.each<[string[], string]>([
    [['int', 'varchar(5)'], 'int'],
    [['varchar(5)', 'nvarchar(3)'], 'nvarchar(5)'],
    [['char(5)', 'varchar(10)'], 'varchar(10)'],
    [['decimal(5,2)', 'int'], 'decimal(12,2)'],
    [['decimal(5,2)', 'decimal(4,3)'], 'decimal(6,3)'],
    [['int', 'float'], 'float'],
    [['datetime', 'datetime2(0)'], 'datetime2(3)'],
    [['varchar(5)', 'varchar(max)'], 'varchar(max)'],
    [['int', 'sql_variant'], 'sql_variant'],
  ])('%o is %s', (types, expected) => {
    expect(formatType(commonType(types.map(type)))).toBe(expected);
  });

  it('lets NULL take the type of the others', () => {
    expect(commonType([nullType, varchar, nullType])).toBe(varchar);
    expect(commonType([nullType, nullType])).toBe(nullType);
  });

  it('refuses types that have none', () => {
    expect(() => commonType([intType, type('date')])).toThrow(expect.objectContaining({ number: 206 }));
  });
});

describe('LIKE', () => {
  it.each<[string, string, string | undefined, boolean]>([
    ['Hello', 'h%', undefined, true],
    ['Hello', '%LL%', undefined, true],
    ['Hello', 'H_llo', undefined, true],
    ['Hello', 'H[a-f]llo', undefined, true],
    ['Hello', 'H[^a-f]llo', undefined, false],
    ['50%', '50!%', '!', true],
    ['505', '50!%', '!', false],
    ['a]b', 'a[]]b', undefined, false],
    ['a[b', 'a[[]b', undefined, true],
    ['abc   ', 'abc', undefined, true],
    ['abc', 'abc   ', undefined, false],
    ['', '%', undefined, true],
    ['a-b', 'a[-]b', undefined, true],
    ['x', 'x[', undefined, false],
  ])('%o like %o escape %o: %o', (text, pattern, escapeCharacter, expected) => {
    expect(compileLike(pattern, escapeCharacter)(text)).toBe(expected);
  });

  it('stays fast on patterns with many wildcards', () => {
    const pattern = `${'%a'.repeat(30)}%b`;
    expect(compileLike(pattern)('a'.repeat(20_000))).toBe(false);
  });

  it.each([
    ['%[0-9]%', 'abc123', 4],
    ['abc%', 'abcdef', 1],
    ['%def', 'abcdef', 4],
    ['bcd', 'abcdef', 0],
  ])('PATINDEX(%o, %o) is %i', (pattern, text, expected) => {
    expect(compilePatternIndex(pattern)(text)).toBe(expected);
  });
});

describe('type names', () => {
  it.each([
    ['integer', [], 'int'],
    ['DEC', [9, 2], 'decimal(9,2)'],
    ['national character varying', [20], 'nvarchar(20)'],
    ['timestamp', [], 'timestamp'],
    ['float', [24], 'real'],
    ['sysname', [], 'nvarchar(128)'],
    ['varchar', [], 'varchar(1)'],
    ['datetime2', [], 'datetime2(7)'],
  ] as const)('%s(%o) is %s', (name, parameters, expected) => {
    const parsed = parseBuiltInType(name, parameters);
    expect(parsed === undefined ? undefined : formatType(parsed)).toBe(expected);
  });

  it('refuses parameters that the type does not take', () => {
    expect(() => parseBuiltInType('int', [4])).toThrow(expect.objectContaining({ number: 2716 }));
    expect(() => parseBuiltInType('nvarchar', [4001])).toThrow(expect.objectContaining({ number: 131 }));
    expect(() => parseBuiltInType('decimal', [39, 0])).toThrow(expect.objectContaining({ number: 2750 }));
    expect(() => parseBuiltInType('datetime2', [8])).toThrow(expect.objectContaining({ number: 1002 }));
    expect(parseBuiltInType('geography', [])).toBeUndefined();
  });
});
