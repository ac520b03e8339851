import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packedValue, unpacked } from './packed-value.ts';

it('packs every integer so that its 64 bits come back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const packed = packedValue(value);
      expect(typeof packed === 'number' ? BigInt(packed) : packed).toBe(value);
    }),
  );
  expect(packedValue(2n ** 53n - 1n)).toBe(2 ** 53 - 1);
  expect(packedValue(2n ** 53n + 1n)).toBe(2n ** 53n + 1n);
});

it('takes a time apart into whole seconds and the nanoseconds after them, also before 1970', () => {
  const withTicks = Object.assign(new Date('2026-11-26T05:21:55.123Z'), { nanosecondsDelta: 0.0000004 });
  expect(packedValue(withTicks)).toEqual([Date.parse('2026-11-26T05:21:55Z') / 1000, 123_000_400]);
  expect(packedValue(new Date('1969-12-31T23:59:59.250Z'))).toEqual([-1, 250_000_000]);
});

it('leaves text, floating-point numbers, lists and NULL as they are', () => {
  for (const value of ['text', 0.5, null, [0.25, 1]]) expect(packedValue(value)).toBe(value);
  expect(unpacked('row[3]', 'text')).toBe('row[3]');
  expect(unpacked('row[3]', 'float')).toBe('row[3]');
});
