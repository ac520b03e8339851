/** Base of every error that this package throws on purpose. */
export abstract class QueueWorkerError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when a worker is declared in a way that can't work: a defect of the program, found when it starts. */
export class InvalidQueueWorkerError extends QueueWorkerError {
  readonly code = 'INVALID_QUEUE_WORKER';
  readonly retryable = false;
}
