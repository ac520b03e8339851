import { readCommittedSnapshotQuery, readCommittedSnapshotUnderTest } from '@hartonomous/test-support';
import { describe, expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// READ_COMMITTED_SNAPSHOT on and off. All other suites run with one of the two: off in `pnpm test`, on in `test:row-versions`.

vi.setConfig({ testTimeout: 120_000 });

describe('the fixture of all suites', () => {
  const fixture = fixtureOfFile();

  test('has the setting that the run is about', async () => {
    expect(await fixture().sql(readCommittedSnapshotQuery)).toEqual([{ on: readCommittedSnapshotUnderTest() }]);
  });
});

describe('with READ_COMMITTED_SNAPSHOT on', () => {
  const fixture = fixtureOfFile({ readCommittedSnapshot: true });

  test('a file becomes atoms, the same file is known again, and both leave nothing half done', async () => {
    expect(await fixture().sql(readCommittedSnapshotQuery)).toEqual([{ on: true }]);
    const tenantId = await fixture().newTenant();
    const data = 'One line.\n\nAnother paragraph. It has two sentences.\n';
    const jobs = [
      await fixture().enqueue({ name: 'a.txt', tenantId, data }),
      await fixture().enqueue({ name: 'b.txt', tenantId, data: `${data}\nAnd more.\n` }),
    ];
    const worker = new WorkerProcess(fixture().env);
    for (const job of jobs) expect((await fixture().ended(job)).Status).toBe('COMPLETED');
    const again = await fixture().enqueue({ name: 'c.txt', tenantId, data });
    expect((await fixture().ended(again)).Status).toBe('UNCHANGED');
    await fixture().isSound(tenantId);
    await worker.stop();
  });
});
