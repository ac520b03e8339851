import { embeddingQueue } from '@hartonomous/provenance-schema';
import { workerQueueProblems } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { embeddingGenerator } from '../src/index.ts';

test('the worker reads its queue under its own name, and its README has the names of the declaration', async () => {
  expect(embeddingGenerator.queue).toBe(embeddingQueue);
  expect(await workerQueueProblems(embeddingQueue, new URL('../', import.meta.url))).toEqual([]);
});
