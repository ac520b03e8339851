/** Base of the errors of this package. */
export abstract class ArtifactError extends Error {
  abstract readonly code: string;
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when the command line names what can't be built. */
export class ArtifactOptionsError extends ArtifactError {
  readonly code = 'ARTIFACT_OPTIONS';
}

/** Thrown when the commit that artifacts are built from is unknown, or isn't what the files are. */
export class CommitError extends ArtifactError {
  readonly code = 'COMMIT';
}

/** Thrown when a program hasn't been built, or its build is older than what describes it. */
export class BuildMissingError extends ArtifactError {
  readonly code = 'BUILD_MISSING';
  constructor(file: string, { command = 'pnpm build', ...options }: ErrorOptions & { readonly command?: string } = {}) {
    super(`${file} is missing. Run first: ${command}`, options);
  }
}

/** Thrown when it can't be said where a part of an artifact comes from, or under which licence. */
export class PartUnknownError extends ArtifactError {
  readonly code = 'PART_UNKNOWN';
}

/** Thrown when two builds of a commit differ. */
export class NotReproducibleError extends ArtifactError {
  readonly code = 'NOT_REPRODUCIBLE';
  readonly files: readonly string[];
  constructor(files: readonly string[]) {
    super(
      `Two builds of the same commit differ in ${files.length} files:\n${files.map((file) => `  ${file}`).join('\n')}`,
    );
    this.files = files;
  }
}

/** Thrown when a program that was started here ends with something else than 0. */
export class CommandFailedError extends ArtifactError {
  readonly code = 'COMMAND_FAILED';
  constructor(command: string, output: string) {
    super(`${command} failed:\n${output.trimEnd()}`);
  }
}

/** Thrown when a DACPAC and the command line disagree on what a database has to have. */
export class PublishDiffersError extends ArtifactError {
  readonly code = 'PUBLISH_DIFFERS';
  constructor(what: string, output: string) {
    super(`${what}:\n${output.trimEnd()}`);
  }
}

/** Thrown when files of an artifact are not as they were built. */
export class ChecksumError extends ArtifactError {
  readonly code = 'CHECKSUM';
  readonly files: readonly string[];
  constructor(folder: string, files: readonly string[]) {
    super(
      `${files.length} files of ${folder} are not as they were built:\n${files.map((file) => `  ${file}`).join('\n')}`,
    );
    this.files = files;
  }
}

/** Thrown when a program's start fails, or takes longer than it may. */
export class SlowStartError extends ArtifactError {
  readonly code = 'SLOW_START';
  constructor(command: string, why: string) {
    super(`${command}: ${why.trim()}.`);
  }
}
