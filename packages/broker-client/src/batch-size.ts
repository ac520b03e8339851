import { z } from 'zod';
import { maxReceiveMessages } from './receive-limit.ts';

/** Schema of {@link BatchSizeBounds}. */
export const batchSizeBoundsSchema = z
  .strictObject({
    min: z.int().min(1).max(maxReceiveMessages),
    max: z.int().min(1).max(maxReceiveMessages),
    targetMs: z.int().min(10).max(600_000).default(2_000),
  })
  .refine(({ min, max }) => min <= max, { message: 'min is larger than max', path: ['min'] });

/** Within what a batch size may move; see {@link nextBatchSize}. */
export interface BatchSizeBounds {
  /** Messages. Too small and a time of trouble is a time of round trips; too large and there is nothing to move. */
  readonly min: number;
  /** Messages. What `ReceiveOptions` says of `batchSize`. */
  readonly max: number;
  /**
   * Milliseconds that handling a batch should take at most. Too short and the commits dominate; too long and a failure
   * repeats much work, locks are held long, and a stop waits long for the batch in hand. @default 2000
   */
  readonly targetMs: number;
}

/** How a batch went. */
export interface BatchOutcome {
  /** Most messages that were asked for. */
  readonly asked: number;
  /** Messages that came. */
  readonly received: number;
  /** Milliseconds of handler and commit. */
  readonly ms: number;
  /** Rolled back, whatever the reason. */
  readonly hasFailed: boolean;
}

/** Where a size begins, or the bound that is nearest: two or three full batches from where it is best, either way. */
const firstSize = 500;

/**
 * The batch size after a batch, from the size before it:
 *
 * - A batch that failed halves it. What is smaller repeats less, holds fewer locks, and ends within time-outs.
 * - A batch that took longer than `targetMs` shrinks it to what would have taken so long, to a half at most.
 * - A full batch (the queue holds more) doubles it, but only to what would still take `targetMs`, so that it doesn't
 *   swing between too large and too small.
 * - A batch that wasn't full changes nothing: the size wasn't a limit to it.
 *
 * Always within `min` and `max`. A batch that was asked for at another size than the present one (of another reader, before
 * the size changed) can't enlarge it, and shrinks it to no less than its own size would have been shrunk to.
 */
export function nextBatchSize(size: number, outcome: BatchOutcome, bounds: BatchSizeBounds): number {
  const { asked, received, ms, hasFailed } = outcome;
  const within = (wanted: number) => Math.max(bounds.min, Math.min(bounds.max, Math.floor(wanted)));
  if (hasFailed) return within(Math.min(size, asked / 2));
  // What would have taken targetMs; a batch too fast for the clock sets no limit.
  const fitting = ms > 0 ? (Math.max(1, received) * bounds.targetMs) / ms : Number.POSITIVE_INFINITY;
  if (ms > bounds.targetMs) return within(Math.min(size, Math.max(asked / 2, fitting)));
  const isFull = received >= asked && asked >= size;
  return isFull ? within(Math.max(size, Math.min(size * 2, fitting))) : size;
}

/** The present batch size of a receive loop, for all its readers. */
export class BatchSize {
  readonly #bounds: BatchSizeBounds;
  #size: number;

  constructor(bounds: BatchSizeBounds) {
    this.#bounds = bounds;
    this.#size = Math.max(bounds.min, Math.min(bounds.max, firstSize));
  }

  get messages(): number {
    return this.#size;
  }

  /** Takes a batch into account. */
  learn(outcome: BatchOutcome): void {
    this.#size = nextBatchSize(this.#size, outcome, this.#bounds);
  }
}
