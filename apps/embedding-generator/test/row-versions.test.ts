import { readCommittedSnapshotQuery, readCommittedSnapshotUnderTest } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { Fixture } from './fixture.ts';

test('the fixture of all suites has the setting of READ_COMMITTED_SNAPSHOT that the run is about', async () => {
  await using fixture = await Fixture.start();
  expect(await fixture.sql(readCommittedSnapshotQuery)).toEqual([{ on: readCommittedSnapshotUnderTest() }]);
});
