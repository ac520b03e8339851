import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectorColumn } from './column.ts';
import { decodeVector, encodeVector } from './vector.ts';

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });

describe('a vector', () => {
  it('comes back from its bytes number by number', () => {
    fc.assert(
      fc.property(fc.array(float32), (numbers) => {
        expect(decodeVector(encodeVector(numbers))).toEqual(numbers);
      }),
    );
  });

  it('has the least significant byte first, wherever in a buffer it begins', () => {
    expect(Buffer.from(encodeVector([1, -2])).toString('hex')).toBe('0000803f000000c0');
    expect(decodeVector(Buffer.from('ff0000803f', 'hex').subarray(1))).toEqual([1]);
  });

  it('has no bytes left over', () => {
    expect(() => decodeVector(new Uint8Array(5))).toThrow(RangeError);
  });
});

describe('vectorColumn', () => {
  it('takes the numbers of its dimension', () => {
    fc.assert(
      fc.property(fc.array(float32, { minLength: 1, maxLength: 8 }), (numbers) => {
        const column = vectorColumn(numbers.length);
        expect(column.schema.parse(Buffer.from(encodeVector(numbers)))).toEqual(numbers);
        expect(column.schema.safeParse(encodeVector([...numbers, 0])).success).toBe(false);
      }),
    );
  });

  it('refuses what no index takes and what is not a vector', () => {
    const { schema } = vectorColumn(1, { nullable: true });
    const values = [encodeVector([Number.NaN]), encodeVector([Infinity]), encodeVector([]), [1], 'x', undefined];
    expect(values.map((value) => schema.safeParse(value).success)).toEqual(values.map(() => false));
    expect(schema.parse(null)).toBeNull();
  });

  it('has a length as SQL Server allows it', () => {
    expect([vectorColumn(384).sqlType, vectorColumn(2000).sqlType, vectorColumn(2001).sqlType]).toEqual([
      'VARBINARY(1536)',
      'VARBINARY(8000)',
      'VARBINARY(MAX)',
    ]);
  });
});
