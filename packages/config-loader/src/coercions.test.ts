import { expectLinear } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { coerceBoolean, coerceNumber } from './coercions.ts';

test.each([
  ['True', true],
  ['true', true],
  [' FALSE ', false],
  ['1', undefined],
  ['yes', undefined],
  ['', undefined],
])('bool %j is %s', (text, expected) => {
  expect(coerceBoolean(text)).toBe(expected);
});

test.each([
  ['5', 5],
  [' -12 ', -12],
  ['+7', 7],
  ['0x1F', 31],
  ['1.5', 1.5],
  ['1e3', 1000],
  ['9007199254740993', undefined],
  ['1,000', undefined],
  ['five', undefined],
  ['', undefined],
  ['Infinity', undefined],
])('number %j is %s', (text, expected) => {
  expect(coerceNumber(text)).toBe(expected);
});

test.each(['1', '0', '.', '1.', '+', '1e', '0x1', ' '])('many %j take time in proportion', (piece) => {
  expectLinear((pieces) => `${piece.repeat(pieces * 4)}x`, coerceNumber);
});
