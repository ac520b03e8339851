import { ingestionQueue } from '@hartonomous/provenance-schema';
import { workerQueueProblems } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { cesConsumer } from '../src/index.ts';

test('the worker reads its queue under its own name, and its README has the names of the declaration', async () => {
  expect(cesConsumer.queue).toBe(ingestionQueue);
  expect(await workerQueueProblems(ingestionQueue, new URL('../', import.meta.url))).toEqual([]);
});
