import { isModelEmbeddingIndex } from '@hartonomous/provenance-schema';
import { GraphSyncError } from '../errors.ts';

/** Thrown when a search needs an index that the graph doesn't have, or that is still being filled. */
export class SearchIndexMissingError extends GraphSyncError {
  readonly code = 'SEARCH_INDEX_MISSING';
  readonly retryable = false;
  readonly index: string;

  constructor(index: string, state: string | undefined) {
    super(
      state === undefined
        ? `The graph has no search index ${index}. Create it: ${creating(index)}.`
        : `The search index ${index} is ${state}, not ONLINE. Wait while it is being filled; where it has failed, drop it ` +
            `and create it anew: ${creating(index)}.`,
    );
    this.index = index;
  }
}

function creating(index: string): string {
  return isModelEmbeddingIndex(index) ? 'hartonomous embeddings index' : 'hartonomous graph deploy';
}

/** Thrown when a search takes longer than it may. */
export class SearchTimeoutError extends GraphSyncError {
  readonly code = 'SEARCH_TIMEOUT';
  readonly retryable = false;
  readonly timeoutMs: number;

  constructor(timeoutMs: number, cause: unknown) {
    super(`The search took longer than ${timeoutMs} ms and was ended. Look for rarer words, or allow more time.`, {
      cause,
    });
    this.timeoutMs = timeoutMs;
  }
}

/** Thrown when an atom has nothing to be compared by. */
export class AtomNotEmbeddedError extends GraphSyncError {
  readonly code = 'ATOM_HAS_NO_EMBEDDING';
  readonly retryable = false;
  readonly atomId: bigint;

  constructor(atomId: bigint, dimensions: number) {
    super(
      `Atom ${atomId} has no embedding of ${dimensions} numbers in the graph. Atoms of a model's types that have text get ` +
        'one: hartonomous embeddings status.',
    );
    this.atomId = atomId;
  }
}
