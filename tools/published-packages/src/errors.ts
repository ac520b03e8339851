/** Base of the errors of this package. */
export abstract class PublishedPackageError extends Error {
  abstract readonly code: string;
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when a program that was started here ends with something else than 0. */
export class CommandFailedError extends PublishedPackageError {
  readonly code = 'COMMAND_FAILED';
  readonly output: string;
  constructor(command: string, exitCode: number | null, output: string) {
    super(`${command} ended with ${exitCode}:\n${output.trimEnd()}`);
    this.output = output;
  }
}

/** Thrown when a README has no example to run. */
export class ExampleMissingError extends PublishedPackageError {
  readonly code = 'EXAMPLE_MISSING';
  constructor(readme: string) {
    super(`${readme} has no block \`\`\`ts to begin with.`);
  }
}

/** Thrown when an example doesn't print what its README says. */
export class ExampleOutputError extends PublishedPackageError {
  readonly code = 'EXAMPLE_OUTPUT';
  constructor(file: string, output: string) {
    super(`${file} printed something else than its README says:\n${output.trimEnd()}`);
  }
}
