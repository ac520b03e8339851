import { readCommittedSnapshotQuery, readCommittedSnapshotUnderTest } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startTestDatabase } from './test-database.ts';

test('the database of all suites has the setting of READ_COMMITTED_SNAPSHOT that the run is about', async () => {
  await using database = await startTestDatabase();
  const rows = await database.client.query(readCommittedSnapshotQuery, {}, z.object({ on: z.boolean() }));
  expect(rows).toEqual([{ on: readCommittedSnapshotUnderTest() }]);
});
