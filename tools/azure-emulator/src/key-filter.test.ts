import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFilter } from './key-filter.ts';

const escaped = (text: string) => text.replace(/[\\*,]/g, '\\$&');

test('an escaped key selects itself and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (key, other) => {
      const selects = parseFilter(escaped(key));
      expect(selects?.(key)).toBe(true);
      expect(selects?.(other)).toBe(other === key);
    }),
  );
});

test('a prefix selects what begins with it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (prefix, rest) => {
      expect(parseFilter(`${escaped(prefix)}*`)?.(prefix + rest)).toBe(true);
    }),
  );
});

test.each(['*a', 'a*b', 'a,b,c,d,e,f'])('%s is not a filter', (filter) => {
  expect(parseFilter(filter)).toBeUndefined();
});

test('the null label is a label of its own', () => {
  expect(parseFilter('\0')?.(null)).toBe(true);
  expect(parseFilter('\0')?.('Production')).toBe(false);
  expect(parseFilter('Production')?.(null)).toBe(false);
});
