import { expect, test } from 'vitest';
import { clockFinding } from './clock-finding.ts';

test.each([
  [0, 'ok', 'agrees'],
  [4_900, 'ok', 'agrees'],
  [-4_900, 'ok', 'agrees'],
  [6_000, 'warning', '6 s ahead of'],
  [-60_000, 'warning', '60 s behind'],
  [301_000, 'problem', '301 s ahead of'],
  [-3_600_000, 'problem', '3600 s behind'],
])('a clock that is %i ms off', (off, state, words) => {
  const before = 1_000_000_000_000;
  const after = before + 8_000;
  const there = off > 0 ? after + off : before + off;
  const found = clockFinding('clock.sql', 'SQL Server', { before, there, after });
  expect(found.state).toBe(state);
  expect(found.message).toContain(words);
});
