import { limitHeap } from '@hartonomous/worker-host/limit-heap';

/**
 * Keeps the heap of a worker that takes its messages in batches within bounds; see `limitHeap`. Import it before everything
 * else: modules loaded earlier grow the space for new objects past its limit, and V8 won't shrink it back.
 *
 * @param growthPercent how much the old generation may grow between full collections. Too little: collections take the
 * processor. Too much: garbage stays in memory. 80 suits batches of rows.
 */
export function limitWorkerHeap(growthPercent: number): void {
  limitHeap({ newSpaceBytes: 16 * 1024 * 1024, growthPercent });
}
