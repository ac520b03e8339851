/** Thrown when the documents or a reader can't be had. */
export class DocumentCheckError extends Error {
  readonly code = 'DOCUMENT_CHECK_NOT_POSSIBLE';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }

  /** @param problem what is missing, and what to do about it */
  constructor(problem: string, options?: ErrorOptions) {
    super(problem, options);
  }
}
