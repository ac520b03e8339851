import type { EmbeddingError } from '@hartonomous/embedding-providers';
import { DeployError } from '../errors.ts';
import type { FailureKind } from '../outcome.ts';

/** Thrown when the database has no embedding model with a key. */
export class EmbeddingModelUnknownError extends DeployError {
  readonly code = 'EMBEDDING_MODEL_UNKNOWN';
  override readonly kind = 'usage';
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
  override readonly kind = 'usage';
}

/** Thrown when a question is too sensitive for the provider that would embed it. Nothing was sent. */
export class QuestionClassifiedError extends DeployError {
  readonly code = 'QUESTION_CLASSIFIED';
  constructor(level: string | null) {
    super(
      `The question ${level === null ? 'has no classification and counts as too sensitive' : `is ${level}`}, and the provider that would ` +
        'embed it is outside of the house. Nothing was sent.',
      'Search by words, which stays here: hartonomous search. Or set Embedding:Provider:IsOutside, Embedding:Unclassified or ' +
        'Embedding:SendClassifiedOfTenants, if it may.',
    );
  }
}

/** Thrown when searches by meaning have no model to read, or another one than was asked for. */
export class NoEmbeddingModelError extends DeployError {
  readonly code = 'NO_EMBEDDING_MODEL';
}

/** Thrown when a provider gives no vector of a question. */
export class QuestionNotEmbeddedError extends DeployError {
  readonly code = 'QUESTION_NOT_EMBEDDED';
  override readonly kind: FailureKind;
  constructor(cause: EmbeddingError) {
    super(
      `The provider of embeddings gives no vector of the question (${cause.code}): ${cause.message}`,
      'Look at the settings of the section Embedding: they must be those of the generator.',
      cause,
    );
    this.kind = cause.retryable ? 'unreachable' : 'failed';
  }
}

/** Thrown when searches would read a model that not every atom has a vector of. Nothing was changed. */
export class EmbeddingModelNotFullError extends DeployError {
  readonly code = 'EMBEDDING_MODEL_NOT_FULL';
  constructor(key: string, { eligible, embedded, excused }: { eligible: number; embedded: number; excused: number }) {
    super(
      `Of ${eligible} eligible atoms, ${embedded} have a vector of ${key} and ${excused} can't have one: searches would miss the other ` +
        `${eligible - embedded - excused}.`,
      'Wait until embeddings status shows all of them, or switch all the same with --force.',
    );
  }
}
