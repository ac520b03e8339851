import { expect, test } from 'vitest';
import { fileFinding, logReuseFinding } from './storage-findings.ts';

const file = { name: 'Hartonomous', type: 'ROWS', volume: 'D:\\', freeMb: 50_000, sizeMb: 1_000, maxMb: null };
const gibibyte = 1_073_741_824;

test.each([
  [file, 'ok', '50000 MB free on D:\\'],
  [{ ...file, freeMb: 900 }, 'warning', '900 MB free'],
  [{ ...file, maxMb: 1_200 }, 'warning', 'of at most 1200'],
  [{ ...file, maxMb: 20_000 }, 'ok', 'of at most 20000'],
  [{ ...file, freeMb: null, volume: null }, 'ok', 'not seen'],
])('a file of the database: %j', (given, state, words) => {
  const found = fileFinding(given, gibibyte);
  expect(found.state).toBe(state);
  expect(found.message).toContain(words);
});

test.each([
  ['NOTHING', 'ok'],
  ['CHECKPOINT', 'ok'],
  ['LOG_BACKUP', 'warning'],
  ['ACTIVE_TRANSACTION', 'warning'],
])('a log that waits for %s', (reason, state) => {
  expect(logReuseFinding(reason).state).toBe(state);
});
