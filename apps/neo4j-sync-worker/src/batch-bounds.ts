import type { QueueWork } from '@hartonomous/queue-worker';
import type { Settings } from './options.ts';

/** Batches that fail are halved down to this where the settings name no other minimum. */
const leastBatchSize = 100;

/** Full batches under way where the settings say nothing else; see `Worker:MessagesInHand`. */
const batchesInHand = 2.5;

/** How many messages a batch has, and all batches under way have together. */
export function batchBounds({
  BatchSize,
  MinBatchSize,
  TargetBatchMs,
  MessagesInHand,
}: Settings['Worker']): Pick<QueueWork, 'batchSize' | 'messagesInHand'> {
  return {
    batchSize: { min: MinBatchSize ?? Math.min(BatchSize, leastBatchSize), max: BatchSize, targetMs: TargetBatchMs },
    messagesInHand: MessagesInHand ?? Math.ceil(batchesInHand * BatchSize),
  };
}
