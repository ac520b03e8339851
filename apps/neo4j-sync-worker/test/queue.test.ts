import { syncQueue } from '@hartonomous/provenance-schema';
import { workerQueueProblems } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { neo4jSync } from '../src/index.ts';

test('the worker reads its queue under its own name, and its README has the names of the declaration', async () => {
  expect(neo4jSync.queue).toBe(syncQueue);
  expect(await workerQueueProblems(syncQueue, new URL('../', import.meta.url))).toEqual([]);
});
