import { type BackOffOptions, backOffMs } from '@hartonomous/back-off';
import { z } from 'zod';
import { BatchSize } from './batch-size.ts';
import type { DeadLetterTarget } from './dead-letters.ts';
import { type MessageRetry, maxSharedAttempts, type RetryTarget } from './message-retries.ts';
import type { ReceiveFailure } from './receive-failure.ts';
import type { ReceivedBatch } from './received-batch.ts';
import { RetrySchedule } from './retry-schedule.ts';

/** Options of a loop's retries. */
export interface LoopRetryOptions extends RetryTarget {
  /** Where a message goes that has failed `maxAttempts` times, with the reason RETRIES_EXHAUSTED. */
  readonly deadLetters: DeadLetterTarget;
  /**
   * Failed tries that a message may be blamed for, at least 5; all but the first few are made with it alone. Too few: a row that
   * stays locked for some minutes costs a message; too many: a message that can't succeed comes up again for hours. Outages
   * don't count. @default 20
   */
  readonly maxAttempts?: number;
  /** Delay before the next try, by the number of tries that failed. @default from 1 second to 5 minutes */
  readonly backOff?: BackOffOptions;
  /**
   * Milliseconds between two checks for messages that are due. Too short: idle queries; too long: what a process that has
   * ended left behind waits that much longer. @default 5000
   */
  readonly lookIntervalMs?: number;
}

/** Schema of the checked part of {@link LoopRetryOptions}. */
export const loopRetryOptionsSchema = z.object({
  maxAttempts: z
    .int()
    .min(maxSharedAttempts + 2)
    .max(1_000)
    .default(20),
  lookIntervalMs: z.int().min(100).max(600_000).default(5_000),
});

const defaultBackOff: BackOffOptions = { baseMs: 1_000, maxMs: 300_000 };

/** Keeps the batches of a loop that failed, so that a receive need not be rolled back; shared by the loop's readers. */
export class LoopRetries {
  readonly target: RetryTarget;
  readonly schedule: RetrySchedule;
  /** Of batches of retries: halved by each that fails, down to 1, so that one bad message drags along fewer and fewer others. */
  readonly batchSize: BatchSize;
  readonly #deadLetters: DeadLetterTarget;
  readonly #maxAttempts: number;
  readonly #backOff: BackOffOptions;

  constructor(options: LoopRetryOptions, checked: z.output<typeof loopRetryOptionsSchema>, maxBatchSize: number) {
    this.target = options;
    this.schedule = new RetrySchedule(checked.lookIntervalMs);
    this.batchSize = new BatchSize({ min: 1, max: maxBatchSize, targetMs: Number.POSITIVE_INFINITY });
    this.#deadLetters = options.deadLetters;
    this.#maxAttempts = checked.maxAttempts;
    this.#backOff = options.backOff ?? defaultBackOff;
  }

  /**
   * Undoes what the handler has written, keeps the messages for another try or as dead letters, and commits.
   *
   * @throws BrokerError when the transaction is lost or can't be committed any more; then everything is rolled back
   */
  async keep<Dependency extends string>(batch: ReceivedBatch, failure: ReceiveFailure<Dependency>): Promise<void> {
    const reason = reasonOf(failure);
    // Only what passes by itself is put down to the messages: in an outage, or by a defect, others would have failed as well.
    const blame = failure.kind === 'transient' ? 1 : 0;
    const retries: MessageRetry[] = [];
    const exhausted: MessageRetry[] = [];
    for (const message of [...batch.messages, ...batch.systemMessages]) {
      const attempts = message.attempts + blame;
      const delayMs = failure.kind === 'outage' ? 0 : backOffMs(Math.max(1, attempts), this.#backOff);
      const isExhausted = attempts >= this.#maxAttempts && !('kind' in message);
      (isExhausted ? exhausted : retries).push({ message, attempts, delayMs, ...reason });
    }
    await batch.undoWork();
    await batch.retryLater(this.target, retries);
    await batch.deadLetter(
      this.#deadLetters,
      exhausted.map(({ message, attempts, reasonText }) => ({
        message,
        reasonCode: 'RETRIES_EXHAUSTED',
        reasonText: `It was tried ${attempts} times. The last time: ${reasonText}`,
      })),
    );
    await batch.commit();
    if (retries.length > 0) this.schedule.expect(Math.min(...retries.map(({ delayMs }) => delayMs)));
  }
}

function reasonOf(failure: ReceiveFailure<string>): Pick<MessageRetry, 'reasonCode' | 'reasonText'> {
  const { error } = failure;
  if (!(error instanceof Error)) return { reasonCode: 'UNKNOWN', reasonText: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { reasonCode: code, reasonText: error.message };
}
