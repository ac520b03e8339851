import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { bigIntId, fraction, optionalWholeNumber, tenantNumber, wholeNumber } from './arguments.ts';

describe('whole numbers', () => {
  test.each([
    ['0', 0],
    ['-5', -5],
    ['007', 7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%s is %i', (text, value) => {
    expect(wholeNumber('--n', text, -10, Number.MAX_SAFE_INTEGER)).toBe(value);
  });

  test.each([
    '',
    ' ',
    '1.5',
    '1e3',
    '0x10',
    '+1',
    '1_000',
    '١',
    '-11',
    '9007199254740992',
    '12345678901234567890',
    'x',
  ])('%j is refused, with the range', (text) => {
    const read = () => wholeNumber('--n', text, -10, Number.MAX_SAFE_INTEGER);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(/^--n .* can't be used\.$/);
  });

  test('both limits are possible', () => {
    expect([wholeNumber('--n', '1', 1, 3), wholeNumber('--n', '3', 1, 3)]).toEqual([1, 3]);
    for (const text of ['0', '4']) expect(() => wholeNumber('--n', text, 1, 3)).toThrow(UsageError);
  });

  test('an option that is not there has no value', () => {
    expect(optionalWholeNumber('--n', undefined, 1, 3)).toBeUndefined();
    expect(optionalWholeNumber('--n', '2', 1, 3)).toBe(2);
  });
});

test('a tenant is an INT', () => {
  expect([tenantNumber('-2147483648'), tenantNumber('2147483647')]).toEqual([-2147483648, 2147483647]);
  for (const text of ['2147483648', '-2147483649']) expect(() => tenantNumber(text)).toThrow(/^--tenant /);
});

test('a fraction is from 0 to 1', () => {
  expect([fraction('--f', '0'), fraction('--f', '0.25'), fraction('--f', '1')]).toEqual([0, 0.25, 1]);
  for (const text of ['1.01', '-0.1', '.5', '', '1e-1']) expect(() => fraction('--f', text)).toThrow(UsageError);
});

test('an id is a BIGINT, to its last digit', () => {
  expect(bigIntId('-9223372036854775808')).toBe(-(2n ** 63n));
  expect(bigIntId('9223372036854775807')).toBe(2n ** 63n - 1n);
  for (const text of ['9223372036854775808', '', '1.0', 'x', '1n']) {
    expect(() => bigIntId(text, 'the id of an atom')).toThrow(`${JSON.stringify(text)} is not the id of an atom.`);
  }
});
