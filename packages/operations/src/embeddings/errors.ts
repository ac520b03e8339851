import { DeployError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';

/** Thrown when the database has no embedding model with a key. */
export class EmbeddingModelUnknownError extends DeployError {
  readonly code = 'EMBEDDING_MODEL_UNKNOWN';
  override readonly exitCode = exitCodes.usage;
  constructor(key: string, known: readonly string[]) {
    super(
      `The database has no embedding model ${key}.`,
      known.length === 0
        ? 'It has none at all. Enable one: hartonomous embeddings enable MODEL.'
        : `It has: ${known.join(', ')}.`,
    );
  }
}

/** Thrown when a model can't be used as was asked. */
export class EmbeddingModelUnusableError extends DeployError {
  readonly code = 'EMBEDDING_MODEL_UNUSABLE';
  override readonly exitCode = exitCodes.usage;
}
