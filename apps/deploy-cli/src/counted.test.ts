import { expect, test } from 'vitest';
import { counted } from './counted.ts';

test('one has no s; a consonant and y become ies', () => {
  expect([0, 1, 2].map((count) => counted(count, 'message'))).toEqual(['0 messages', '1 message', '2 messages']);
  expect([1, 2].map((count) => counted(count, 'entity'))).toEqual(['1 entity', '2 entities']);
  expect(counted(2, 'day')).toBe('2 days');
});
