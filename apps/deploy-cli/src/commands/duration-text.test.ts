import { expect, test } from 'vitest';
import { durationText } from './duration-text.ts';

test.each([
  [0, '0 s'],
  [999, '0 s'],
  [1_000, '1 s'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [86_400_000 * 3 + 3_600_000, '3 d 1 h'],
])('%i ms are %j', (milliseconds, text) => expect(durationText(milliseconds)).toBe(text));
