import { describe, expect, it } from 'vitest';
import { formatMessage } from './message-format.ts';

describe('formatMessage', () => {
  it.each([
    ['%d of %i', [3, 7n], '3 of 7'],
    ['%s, %s', ['a', null], 'a, (null)'],
    ['[%5d] [%-5d] [%05d]', [42, 42, -42], '[   42] [42   ] [-0042]'],
    ['[%6.3s] [%*s]', ['abcdef', 4, 'x'], '[   abc] [   x]'],
    ['%x %X %#x %o %u', [255, 255, 255, 8, -1], 'ff FF 0xff 10 4294967295'],
    ['%+d %+d', [1, -1], '+1 -1'],
    ['100 %%', [], '100 %'],
    ['%I64d', [9_007_199_254_740_993n], '9007199254740993'],
    ['%d', [], '(null)'],
  ])('%s', (text, values, expected) => {
    expect(formatMessage(text, values)).toBe(expected);
  });

  it.each([
    ['%d', ['text'], 1],
    ['%d %s', [1, 2], 2],
  ])('%s refuses what does not fit (2786)', (text, values, position) => {
    expect(() => formatMessage(text, values)).toThrow(
      expect.objectContaining({ number: 2786, message: expect.stringContaining(`parameter ${position} `) }),
    );
  });
});
