import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeOfNotation as type } from '../../../test/support/type-notation.ts';
import { SqlError } from '../../errors.ts';
import { compileAssignment, compileConversion, compileTryConversion, conversionKind, convertValue } from './convert.ts';
import { formatDecimal } from './decimal.ts';
import type { SqlValue } from './sql-value.ts';
import { intType, nullType } from './type-info.ts';

function cast(value: SqlValue, from: string, to: string, style?: number): SqlValue {
  return convertValue(value, type(from), type(to), { explicit: true, ...(style === undefined ? {} : { style }) });
}

function errorOf(action: () => unknown): { number: number; message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof SqlError) return { number: error.number, message: error.message };
    throw error;
  }
  throw new Error('no error was thrown');
}

const date = (text: string, to = 'datetime2(7)'): SqlValue => cast(text, 'varchar(50)', to);

describe('CAST of numbers', () => {
  it.each<[SqlValue, string, string, SqlValue]>([
    ['12', 'varchar(10)', 'int', 12],
    ['  -7 ', 'varchar(10)', 'int', -7],
    ['', 'varchar(10)', 'int', 0],
    ['true', 'varchar(10)', 'bit', 1],
    ['5', 'nvarchar(10)', 'bit', 1],
    [{ unscaled: -19n, scale: 1 }, 'decimal(2,1)', 'int', -1],
    [15_000n, 'money', 'int', 2],
    [1.9, 'float', 'int', 1],
    ['1.25', 'varchar(10)', 'decimal(10,1)', { unscaled: 13n, scale: 1 }],
    ['-1.25', 'varchar(10)', 'decimal(10,1)', { unscaled: -13n, scale: 1 }],
    [0.1, 'float', 'decimal(10,3)', { unscaled: 100n, scale: 3 }],
    ['$1,234.5', 'varchar(20)', 'money', 12_345_000n],
    ['1e3', 'varchar(20)', 'float', 1000],
    [7, 'int', 'bigint', 7n],
    [Uint8Array.of(0xff, 0xff, 0xff, 0xfe), 'varbinary(4)', 'int', -2],
    [258, 'int', 'varbinary(8)', Buffer.from([0, 0, 1, 2])],
    [258, 'int', 'binary(8)', Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2)],
    [258, 'int', 'binary(2)', Buffer.from([1, 2])],
  ])('%o as %s to %s is %o', (value, from, to, expected) => {
    expect(cast(value, from, to)).toEqual(expected);
  });

  it.each<[SqlValue, string, string, number, string]>([
    ['x', 'varchar(5)', 'int', 245, "Conversion failed when converting the varchar value 'x' to data type int."],
    ['1.5', 'nvarchar(5)', 'int', 245, "Conversion failed when converting the nvarchar value '1.5' to data type int."],
    [
      '99999999999',
      'varchar(20)',
      'int',
      248,
      "The conversion of the varchar value '99999999999' overflowed an int column.",
    ],
    ['x', 'varchar(5)', 'bigint', 8114, 'Error converting data type varchar to bigint.'],
    ['x', 'varchar(5)', 'decimal(9,2)', 8114, 'Error converting data type varchar to numeric.'],
    ['x', 'varchar(5)', 'money', 235, 'Cannot convert a char value to money. The char value has incorrect syntax.'],
    [300, 'int', 'tinyint', 220, 'Arithmetic overflow error for data type tinyint, value = 300.'],
    [3_000_000_000n, 'bigint', 'int', 8115, 'Arithmetic overflow error converting expression to data type int.'],
    [1e10, 'float', 'int', 232, 'Arithmetic overflow error for type int, value = 10000000000.000000.'],
    [
      { unscaled: 1000n, scale: 0 },
      'decimal(4,0)',
      'decimal(4,2)',
      8115,
      'Arithmetic overflow error converting numeric to data type numeric.',
    ],
    [12345, 'int', 'decimal(3,0)', 8115, 'Arithmetic overflow error converting int to data type numeric.'],
    [
      'x',
      'varchar(5)',
      'uniqueidentifier',
      8169,
      'Conversion failed when converting from a character string to uniqueidentifier.',
    ],
  ])('%o as %s to %s is error %#', (value, from, to, number, message) => {
    expect(errorOf(() => cast(value, from, to))).toEqual({ number, message });
  });

  it('goes from decimal to text and back without loss', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
        fc.integer({ min: 0, max: 38 }),
        (unscaled, scale) => {
          const text = cast({ unscaled, scale }, `decimal(38,${scale})`, 'varchar(60)');
          expect(text).toBe(formatDecimal(unscaled, scale));
          expect(cast(text, 'varchar(60)', `decimal(38,${scale})`)).toEqual({ unscaled, scale });
        },
      ),
    );
  });

  it('goes from every number to bytes and back without loss', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(cast(cast(value, 'bigint', 'varbinary(8)'), 'varbinary(8)', 'bigint')).toBe(value);
        expect(cast(cast(value, 'money', 'binary(8)'), 'binary(8)', 'money')).toBe(value);
      }),
    );
  });
});

describe('CAST to text', () => {
  it.each<[SqlValue, string, string, number | undefined, string]>([
    [12345, 'int', 'varchar(3)', undefined, '*'],
    [12345, 'int', 'char(7)', undefined, '12345  '],
    ['abcdef', 'varchar(10)', 'varchar(3)', undefined, 'abc'],
    ['ab', 'varchar(10)', 'nchar(4)', undefined, 'ab  '],
    ['caf\u00E9 \u20AC \u4E2D', 'nvarchar(10)', 'varchar(10)', undefined, 'caf\u00E9 \u20AC ?'],
    [0.1, 'float', 'varchar(30)', undefined, '0.1'],
    [1_234_567, 'float', 'varchar(30)', undefined, '1.23457e+006'],
    [0.1, 'float', 'varchar(30)', 1, '1.0000000e-001'],
    [12_345_678n, 'money', 'varchar(30)', undefined, '1234.57'],
    [12_345_678n, 'money', 'varchar(30)', 1, '1,234.57'],
    [12_345_678n, 'money', 'varchar(30)', 2, '1234.5678'],
    [Uint8Array.of(0xde, 0xad), 'varbinary(2)', 'varchar(10)', 1, '0xDEAD'],
    [Uint8Array.of(0xde, 0xad), 'varbinary(2)', 'varchar(10)', 2, 'DEAD'],
    [Uint8Array.of(0x41, 0x80), 'varbinary(2)', 'varchar(10)', undefined, 'A\u20AC'],
    [Uint8Array.of(0x41, 0), 'varbinary(2)', 'nvarchar(10)', undefined, 'A'],
  ])('%o as %s to %s, style %s, is %s', (value, from, to, style, expected) => {
    expect(cast(value, from, to, style)).toBe(expected);
  });

  it('is an error for numbers that nvarchar can not hold', () => {
    expect(errorOf(() => cast(12345, 'int', 'nvarchar(3)')).number).toBe(8115);
    expect(errorOf(() => cast({ unscaled: 99_999n, scale: 3 }, 'decimal(5,3)', 'varchar(5)'))).toEqual({
      number: 8115,
      message: 'Arithmetic overflow error converting numeric to data type varchar.',
    });
  });

  it('converts text to binary only by CONVERT, and hex with styles 1 and 2', () => {
    expect(cast('0xDEAD', 'varchar(10)', 'varbinary(10)', 1)).toEqual(Buffer.from('dead', 'hex'));
    expect(cast('DEAD', 'varchar(10)', 'varbinary(10)', 2)).toEqual(Buffer.from('dead', 'hex'));
    expect(errorOf(() => cast('DEAD', 'varchar(10)', 'varbinary(10)', 1)).number).toBe(8114);
    expect(cast('AB', 'varchar(10)', 'binary(3)')).toEqual(Uint8Array.of(0x41, 0x42, 0));
    expect(cast('A', 'nvarchar(10)', 'varbinary(10)')).toEqual(Buffer.from([0x41, 0]));
  });
});

describe('dates', () => {
  it.each([
    [0, 'Mar  5 2024  4:07PM'],
    [1, '03/05/24'],
    [101, '03/05/2024'],
    [102, '2024.03.05'],
    [103, '05/03/2024'],
    [104, '05.03.2024'],
    [105, '05-03-2024'],
    [106, '05 Mar 2024'],
    [107, 'Mar 05, 2024'],
    [108, '16:07:08'],
    [109, 'Mar  5 2024  4:07:08:457PM'],
    [110, '03-05-2024'],
    [111, '2024/03/05'],
    [12, '240305'],
    [112, '20240305'],
    [113, '05 Mar 2024 16:07:08:457'],
    [114, '16:07:08:457'],
    [20, '2024-03-05 16:07:08'],
    [120, '2024-03-05 16:07:08'],
    [121, '2024-03-05 16:07:08.457'],
    [23, '2024-03-05'],
    [126, '2024-03-05T16:07:08.457'],
    [127, '2024-03-05T16:07:08.457'],
  ])('datetime in style %i is %s', (style, expected) => {
    expect(cast(date('2024-03-05 16:07:08.456', 'datetime'), 'datetime', 'varchar(40)', style)).toBe(expected);
  });

  it.each([
    ['date', '2024-03-05'],
    ['time(3)', '16:07:08.457'],
    ['datetime2(0)', '2024-03-05 16:07:08'],
    ['datetime2(7)', '2024-03-05 16:07:08.4567891'],
    ['datetimeoffset(2)', '2024-03-05 16:07:08.46 +00:00'],
  ])('%s shows as %s', (to, expected) => {
    expect(cast(date('2024-03-05 16:07:08.4567891', to), to, 'varchar(40)')).toBe(expected);
  });

  it('rounds datetime to 0, 3 and 7 milliseconds, smalldatetime to minutes', () => {
    for (const [written, kept] of [
      ['.000', '.000'],
      ['.001', '.000'],
      ['.002', '.003'],
      ['.005', '.007'],
      ['.008', '.007'],
      ['.999', '.000'],
    ] as const) {
      const text = cast(date(`2024-01-01 00:00:00${written}`, 'datetime'), 'datetime', 'varchar(40)', 121) as string;
      expect(text.slice(-4)).toBe(kept);
    }
    expect(cast(date('2024-01-01 00:00:29.998', 'smalldatetime'), 'smalldatetime', 'varchar(40)', 120)).toBe(
      '2024-01-01 00:00:00',
    );
    expect(cast(date('2024-01-01 00:00:29.999', 'smalldatetime'), 'smalldatetime', 'varchar(40)', 120)).toBe(
      '2024-01-01 00:01:00',
    );
  });

  it('refuses what is not a date with 241, what does not exist with 242 in the old types', () => {
    expect(errorOf(() => date('yesterday', 'datetime')).number).toBe(241);
    expect(errorOf(() => date('2024-02-30', 'datetime2(7)')).number).toBe(241);
    expect(errorOf(() => date('2024-01-01 00:00:00.1234', 'datetime')).number).toBe(241);
    expect(errorOf(() => date('1752-12-31', 'datetime'))).toEqual({
      number: 242,
      message: 'The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.',
    });
    expect(errorOf(() => date('x', 'smalldatetime')).number).toBe(295);
    expect(errorOf(() => cast(1, 'int', 'date'))).toEqual({
      number: 529,
      message: 'Explicit conversion from data type int to date is not allowed.',
    });
  });

  it('counts days since 1900 in numbers', () => {
    expect(cast(cast(1, 'int', 'datetime'), 'datetime', 'varchar(10)', 120)).toBe('1900-01-02');
    expect(cast(date('1900-01-02 12:00', 'datetime'), 'datetime', 'int')).toBe(2);
    expect(cast(date('1900-01-02 12:00', 'datetime'), 'datetime', 'float')).toBe(1.5);
  });

  it('goes through text and bytes and back without loss', () => {
    const ticks = fc.bigInt({ min: 0n, max: 3_652_059n * 864_000_000_000n - 1n });
    fc.assert(
      fc.property(ticks, (value) => {
        expect(date(cast(value, 'datetime2(7)', 'varchar(40)') as string)).toBe(value);
        expect(cast(cast(value, 'datetime2(7)', 'varbinary(20)'), 'varbinary(20)', 'datetime2(7)')).toBe(value);
      }),
    );
  });
});

describe('which conversions are allowed', () => {
  it.each([
    ['varchar(5)', 'int', 'implicit'],
    ['varchar(5)', 'varbinary(5)', 'explicit'],
    ['int', 'varbinary(5)', 'implicit'],
    ['datetime', 'int', 'explicit'],
    ['date', 'int', 'none'],
    ['int', 'uniqueidentifier', 'none'],
    ['xml', 'nvarchar(max)', 'explicit'],
    ['nvarchar(max)', 'xml', 'implicit'],
    ['sql_variant', 'int', 'explicit'],
    ['int', 'sql_variant', 'implicit'],
    ['float', 'varbinary(8)', 'implicit'],
    ['varbinary(8)', 'float', 'none'],
  ])('%s to %s: %s', (from, to, kind) => {
    expect(conversionKind(type(from), type(to))).toBe(kind);
  });

  it('answers 257, 206 and 529 as SQL Server does', () => {
    expect(errorOf(() => compileConversion(type('varchar(20)'), type('binary(32)')))).toEqual({
      number: 257,
      message:
        'Implicit conversion from data type varchar to binary is not allowed. Use the CONVERT function to run this query.',
    });
    expect(errorOf(() => compileConversion(intType, type('date')))).toEqual({
      number: 206,
      message: 'Operand type clash: int is incompatible with date',
    });
    expect(compileConversion(nullType, type('date'))(null)).toBeNull();
  });

  it('TRY_CONVERT answers NULL for values, and still refuses types', () => {
    expect(compileTryConversion(type('varchar(5)'), intType)('x')).toBeNull();
    expect(errorOf(() => compileTryConversion(type('date'), intType)).number).toBe(529);
  });
});

describe('assignment to a column', () => {
  it('refuses to truncate and says where', () => {
    const store = compileAssignment(type('nvarchar(4000)'), type('nvarchar(3)'), 'Name', 'Hartonomous.dbo.Atom');
    expect(store('abc  ')).toBe('abc');
    expect(errorOf(() => store('abcdef'))).toEqual({
      number: 2628,
      message:
        "String or binary data would be truncated in table 'Hartonomous.dbo.Atom', column 'Name'. Truncated value: 'abc'.",
    });
    const bytes = compileAssignment(type('varbinary(8)'), type('binary(2)'), 'Hash', 't');
    expect(bytes(Uint8Array.of(1))).toEqual(Uint8Array.of(1, 0));
    expect(bytes(Uint8Array.of(1, 2, 0))).toEqual(Uint8Array.of(1, 2));
    expect(errorOf(() => bytes(Uint8Array.of(1, 2, 3))).number).toBe(2628);
  });

  it('pads char and converts numbers', () => {
    expect(compileAssignment(type('varchar(5)'), type('char(4)'), 'c', 't')('ab')).toBe('ab  ');
    expect(compileAssignment(intType, type('varchar(5)'), 'c', 't')(12)).toBe('12');
  });
});

describe('uniqueidentifier and xml', () => {
  it('stores a GUID in its mixed byte order', () => {
    const guid = '6F9619FF-8B86-D011-B42D-00C04FC964FF';
    const bytes = Buffer.from('ff19966f868b11d0b42d00c04fc964ff', 'hex');
    expect(cast(`{${guid.toLowerCase()}}`, 'varchar(50)', 'uniqueidentifier')).toBe(guid);
    expect(cast(guid, 'uniqueidentifier', 'varbinary(16)')).toEqual(bytes);
    expect(cast(bytes, 'varbinary(16)', 'uniqueidentifier')).toBe(guid);
  });

  it('checks xml and reads it from UTF-16 bytes', () => {
    expect(cast("<a b='1'></a>", 'nvarchar(50)', 'xml')).toBe('<a b="1"/>');
    expect(cast(Buffer.from('\uFEFF<a>\u00E9</a>', 'utf16le'), 'varbinary(max)', 'xml')).toBe('<a>\u00E9</a>');
    expect(errorOf(() => cast('<a></b>', 'varchar(50)', 'xml')).number).toBe(9436);
  });
});
