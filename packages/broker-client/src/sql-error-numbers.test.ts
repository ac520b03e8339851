import { expect, test } from 'vitest';
import {
  conversationErrorNumbers,
  databaseErrorNumbers,
  loginErrorNumbers,
  permissionErrorNumbers,
  storageFullErrorNumbers,
  transientErrorNumbers,
} from './sql-error-numbers.ts';

const sorted = (numbers: Iterable<number>) => [...numbers].sort((left, right) => left - right);

// Repeated on purpose: a change of what is retried has to be made twice.
test('these numbers, and no others, are retried', () => {
  expect(sorted(transientErrorNumbers)).toEqual([
    64, 121, 233, 596, 615, 701, 802, 904, 921, 922, 923, 924, 926, 927, 942, 945, 951, 952, 976, 978, 979, 983, 1204,
    1205, 1222, 3935, 3960, 3967, 3989, 4221, 6005, 8645, 8651, 9001, 10053, 10054, 10060, 10928, 10929, 17142, 17197,
    18401, 40143, 40166, 40197, 40501, 40613, 41301, 41302, 41305, 41325, 41839, 49918, 49919, 49920,
  ]);
});

test('no number has two meanings', () => {
  const all = [
    transientErrorNumbers,
    storageFullErrorNumbers,
    loginErrorNumbers,
    databaseErrorNumbers,
    permissionErrorNumbers,
    conversationErrorNumbers,
  ].flatMap((numbers) => [...numbers]);
  expect(new Set(all).size).toBe(all.length);
});
