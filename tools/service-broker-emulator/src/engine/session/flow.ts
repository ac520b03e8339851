/** How a statement hands control on: to the next statement, out of a loop, out of the module, or to a label. */
export type Flow = 'next' | 'break' | 'continue' | 'return' | { readonly goto: string };

/** Thrown to end the request: its error has been reported already, what follows in the batch does not run. */
export class BatchAborted extends Error {
  readonly code = 'BATCH_ABORTED';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }

  constructor() {
    super('the batch was aborted');
  }
}
