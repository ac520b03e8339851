import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SqlType } from '../engine/types/sql-type.ts';
import type { SqlValue, SqlVariant } from '../engine/types/sql-value.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { TdsProtocolError } from './errors.ts';
import { ValueFormError } from './fixed-value-writer.ts';
import { fromDatetimeParts, lastDay, ticksPerDay } from './temporal.ts';
import { readTypeInfo } from './type-info-reader.ts';
import { writeTypeInfo } from './type-info-writer.ts';
import { readValue } from './value-reader.ts';
import { valueWriter } from './value-writer.ts';

function encode(type: SqlType, value: SqlValue): Buffer {
  const out = new ByteWriter(16);
  writeTypeInfo(out, type);
  valueWriter(type)(out, value);
  return out.buffer.subarray(0, out.position);
}

function decode(bytes: Buffer): { type: SqlType; value: SqlValue } {
  const reader = new ByteReader(bytes);
  const wire = readTypeInfo(reader);
  const value = readValue(reader, wire, 'row');
  expect(reader.remaining).toBe(0);
  return { type: wire.type, value };
}

const lastTick = BigInt(lastDay + 1) * ticksPerDay - 1n;
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => new Uint8Array(array));
const int = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength }).map((s) => s.slice(0, maxLength));
const latin = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'abcXYZ 09éüßÿ€“”™Œ'), maxLength }).map((s) => s.slice(0, maxLength));
const guid = fc.uuid().map((id) => id.toUpperCase());
const day = fc.integer({ min: 0, max: lastDay }).map((days) => BigInt(days) * ticksPerDay);
const minutes = fc
  .tuple(fc.integer({ min: 0, max: 65535 }), fc.integer({ min: 0, max: 1439 }))
  .map(([days, minute]) => (BigInt(days) + 693_595n) * ticksPerDay + BigInt(minute) * 600_000_000n);
const datetime = fc
  .tuple(fc.integer({ min: -53_690, max: 2_958_463 }), fc.integer({ min: 0, max: 25_919_999 }))
  .map(([days, units]) => fromDatetimeParts(days, units));
const rounded = (max: bigint, scale: number) => {
  const unit = 10n ** BigInt(7 - scale);
  return fc.bigInt({ min: 0n, max }).map((ticks) => (ticks / unit) * unit);
};
const decimals = (precision: number, scale: number) => {
  const bound = 10n ** BigInt(precision) - 1n;
  return fc.bigInt({ min: -bound, max: bound }).map((unscaled) => ({ unscaled, scale }));
};

/** Every type, with values of it. */
const cases: readonly (readonly [SqlType, fc.Arbitrary<SqlValue>])[] = [
  [{ name: 'bit' }, fc.constantFrom(0, 1)],
  [{ name: 'tinyint' }, fc.integer({ min: 0, max: 255 })],
  [{ name: 'smallint' }, int(16)],
  [{ name: 'int' }, int(32)],
  [{ name: 'bigint' }, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [{ name: 'real' }, fc.float({ noNaN: true, noDefaultInfinity: true })],
  [{ name: 'float' }, fc.double({ noNaN: true, noDefaultInfinity: true })],
  [{ name: 'money' }, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [{ name: 'smallmoney' }, fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n })],
  ...[1, 9, 10, 19, 20, 28, 29, 38].map(
    (precision) =>
      [{ name: 'decimal', precision, scale: precision >> 1 }, decimals(precision, precision >> 1)] as const,
  ),
  [{ name: 'numeric', precision: 18, scale: 0 }, decimals(18, 0)],
  [{ name: 'uniqueidentifier' }, guid],
  [{ name: 'date' }, day],
  [{ name: 'smalldatetime' }, minutes],
  [{ name: 'datetime' }, datetime],
  ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((scale) => [
    [{ name: 'time', scale } as const, rounded(ticksPerDay - 1n, scale)] as const,
    [{ name: 'datetime2', scale } as const, rounded(lastTick, scale)] as const,
    [
      { name: 'datetimeoffset', scale } as const,
      fc.record({ utcTicks: rounded(lastTick, scale), offsetMinutes: fc.integer({ min: -840, max: 840 }) }),
    ] as const,
  ]),
  [{ name: 'nvarchar', length: 60 }, text(60)],
  [{ name: 'nvarchar', length: 'max' }, text(5000)],
  [{ name: 'nchar', length: 10 }, fc.string({ unit: 'grapheme-ascii', minLength: 10, maxLength: 10 })],
  [{ name: 'varchar', length: 60 }, latin(60)],
  [{ name: 'varchar', length: 'max' }, latin(5000)],
  [{ name: 'char', length: 8 }, fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 8 })],
  [{ name: 'varbinary', length: 60 }, bytes(60)],
  [{ name: 'varbinary', length: 'max' }, bytes(5000)],
  [{ name: 'binary', length: 4 }, fc.uint8Array({ minLength: 4, maxLength: 4 }).map((array) => new Uint8Array(array))],
  [{ name: 'text' }, latin(300)],
  [{ name: 'ntext' }, text(300)],
  [{ name: 'image' }, bytes(300)],
  [{ name: 'xml' }, text(300).filter((s) => !s.startsWith('\uFEFF'))],
];

test.each(cases)('%o comes back as it was written, NULL included', (type, values) => {
  fc.assert(
    fc.property(fc.option(values), (value) => {
      expect(decode(encode(type, value))).toEqual({ type, value });
    }),
    { numRuns: 60 },
  );
});

test('sql_variant keeps its base type', () => {
  const bases = cases.filter(
    ([type]) => !['text', 'ntext', 'image', 'xml'].includes(type.name) && type.length !== 'max',
  );
  const variants = fc.oneof(
    ...bases.map(([baseType, values]) => values.map((value) => ({ baseType, value }) as SqlVariant)),
  );
  fc.assert(
    fc.property(fc.option(variants), (value) => {
      expect(decode(encode({ name: 'sql_variant' }, value)).value).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

test('a UTF-8 collation sends varchar as UTF-8', () => {
  const type: SqlType = { name: 'varchar', length: 20, collation: 'Latin1_General_100_CI_AS_SC_UTF8' };
  expect(decode(encode(type, 'żółw 🐢')).value).toBe('żółw 🐢');
});

test('characters that code page 1252 lacks become their best fit or question marks', () => {
  expect(decode(encode({ name: 'varchar', length: 20 }, 'żółw 🐢 Ж €')).value).toBe('zólw ?? ? €');
});

test.each([
  ['uniqueidentifier', '00112233-4455-6677-8899-AABBCCDDEEFF', '24101033221100554477668899aabbccddeeff'],
  ['money', 12345n, '6e0808' + '00000000' + '39300000'],
  ['bigint', null, '260800'],
  ['date', 0n, '2803000000'],
  ['rowversion', Uint8Array.of(0, 0, 0, 0, 0, 0, 7, 209), 'ad0800' + '0800' + '00000000000007d1'],
] as const)('%s has the wire form of MS-TDS', (name, value, hex) => {
  expect(encode({ name }, value).toString('hex')).toBe(hex);
});

test('large values of unknown total length may come in chunks that split a character', () => {
  const chunk = (hex: string): Buffer => {
    const data = Buffer.from(hex, 'hex');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.length);
    return Buffer.concat([length, data]);
  };
  const head = Buffer.from(`e7ffff${'0904d00034'}feffffffffffffff`, 'hex');
  const whole = Buffer.concat([head, chunk('61'), chunk('006200'), Buffer.alloc(4)]);
  expect(decode(whole)).toEqual({ type: { name: 'nvarchar', length: 'max' }, value: 'ab' });
});

test('parameters cut off anywhere, or with any byte changed, are protocol errors or other values, never crashes', () => {
  const arbitrary = fc.oneof(...cases.map(([type, values]) => values.map((value) => encode(type, value))));
  fc.assert(
    fc.property(arbitrary, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean(), (whole, place, byte, shorten) => {
      const broken = Buffer.from(shorten ? whole.subarray(0, place % whole.length) : whole);
      if (broken.length > 0) broken[place % broken.length] = byte;
      const reader = new ByteReader(broken);
      try {
        readValue(reader, readTypeInfo(reader), 'row');
      } catch (error) {
        expect(error).toBeInstanceOf(TdsProtocolError);
      }
      expect(reader.position).toBeLessThanOrEqual(broken.length);
    }),
    { numRuns: 3000 },
  );
});

test('a value in a form that is not its type’s is named as the defect it is', () => {
  expect(() => encode({ name: 'int' }, 'one')).toThrow(ValueFormError);
  expect(() => encode({ name: 'bigint' }, 1)).toThrow(ValueFormError);
  expect(() => encode({ name: 'decimal', precision: 3, scale: 0 }, { unscaled: 10n ** 20n, scale: 0 })).toThrow(
    ValueFormError,
  );
});
