/** Base of the errors of this package. */
abstract class RepositoryCheckError extends Error {
  abstract readonly code: string;
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when the Rooms table of docs/architecture.md can't be read, so that no layer can be checked. */
export class RoomsTableError extends RepositoryCheckError {
  readonly code = 'ROOMS_TABLE';
  constructor(problem: string) {
    super(
      `docs/architecture.md: ${problem}. The last column says "nothing of ours", "anything", or lists names in backquotes.`,
    );
  }
}

/** Thrown when a source file can't be parsed, so that its imports are unknown. */
export class SourceFileError extends RepositoryCheckError {
  readonly code = 'SOURCE_FILE';
  constructor(file: string, problem: string) {
    super(`${file} can't be parsed: ${problem}`);
  }
}

/** Thrown when the commit that a branch was made from is not in this clone. */
export class MergeBaseError extends RepositoryCheckError {
  readonly code = 'MERGE_BASE';
  readonly branch: string;
  constructor(branch: string) {
    super(
      `Changesets can't be checked: this clone doesn't have the commit that this branch shares with ${branch}. ` +
        'Fetch the whole history: git fetch --unshallow origin, or fetch-depth: 0 of actions/checkout.',
    );
    this.branch = branch;
  }
}
