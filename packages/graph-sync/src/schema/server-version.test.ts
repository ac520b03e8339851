import { expect, test } from 'vitest';
import { isOlder } from './server-version.ts';

test.each([
  ['5.26.30', '5.15', false],
  ['5.9.0', '5.15', true],
  ['5.15.0', '5.15', false],
  ['4.4.40', '5.0', true],
  ['2026.08.1', '5.15', false],
  ['5.26.0-aura', '5.26', false],
])('%s is older than %s: %s', (version, than, expected) => {
  expect(isOlder(version, than)).toBe(expected);
});
