import { ingestionQueue, syncQueue } from '@hartonomous/provenance-schema';
import { expect, test } from 'vitest';
import { sizeFinding } from './large-queues.ts';

const { queue } = syncQueue;

test.each([
  ['empty and small', 0, 2_559, 'ok'],
  ['empty and large', 0, 2_560, 'warning'],
  ['nearly empty and large', 2_559, 2_560, 'warning'],
  ['deep', 1_000_000, 90_000, 'ok'],
])('a queue that is %s', (_, messages, pages, state) => {
  const finding = sizeFinding(syncQueue, [{ queue, messages, pages }]);
  expect(finding).toMatchObject({ id: `queue.size.${queue}`, state });
  expect(finding.action?.includes(`ALTER QUEUE ${queue} REBUILD;`) ?? false).toBe(state === 'warning');
});

test('a queue that the login does not see is not called small', () => {
  expect(sizeFinding(ingestionQueue, [{ queue, messages: 0, pages: 0 }])).toMatchObject({
    state: 'unseen',
    message: 'Not seen: how much room dbo.IngestionQueue takes.',
  });
});
