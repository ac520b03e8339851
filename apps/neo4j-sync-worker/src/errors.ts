/** Base of every error that this app throws on purpose. */
export abstract class SyncWorkerError extends Error {
  abstract readonly code: string;
  readonly retryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/**
 * What is wrong with one entity of a batch: it goes to the dead letters and the rest of the batch goes on.
 * `reasonCode` is stable, for statistics and filters.
 */
export class RefusedEntityError extends SyncWorkerError {
  readonly code = 'REFUSED_ENTITY';
  /** INVALID_ROW: the row isn't what its entity declares. GRAPH_REFUSED: Neo4j refuses it. UNEXPECTED: a defect here. */
  readonly reasonCode: 'INVALID_ROW' | 'GRAPH_REFUSED' | 'UNEXPECTED';
  constructor(reasonCode: RefusedEntityError['reasonCode'], message: string, cause: unknown) {
    super(message, { cause });
    this.reasonCode = reasonCode;
  }
}
