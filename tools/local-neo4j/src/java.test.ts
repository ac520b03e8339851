import { expect, test } from 'vitest';
import { javaVersion } from './java.ts';

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "26-ea" 2026-03-17', 26],
  ['Error: no Java here', undefined],
])('%s', (description, version) => {
  expect(javaVersion(description)).toBe(version);
});
