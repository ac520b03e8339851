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
  constructor(readme: string, language: string) {
    super(`${readme} has no block \`\`\`${language} to begin with.`);
  }
}

/** Thrown when an example doesn't print what its README promises, or ends with another code than 0. */
export class ExampleOutputError extends PublishedPackageError {
  readonly code = 'EXAMPLE_OUTPUT';
  constructor(file: string, exitCode: number | null, node: string, output: string) {
    super(
      `${file} on Node ${node} ended with ${exitCode} and printed something else than it should:\n${output.trimEnd()}`,
    );
  }
}

/** Thrown when a package installs more than it may. */
export class InstalledSizeError extends PublishedPackageError {
  readonly code = 'INSTALLED_SIZE';
}

/** Thrown when the declarations of an entry point can't be read. */
export class ApiReportError extends PublishedPackageError {
  readonly code = 'API_REPORT';
  constructor(specifier: string, problems: readonly string[]) {
    super(`No API report of ${specifier}:\n${problems.join('\n')}`);
  }
}

/** Thrown when the reference pages can't be made. */
export class ReferencePagesError extends PublishedPackageError {
  readonly code = 'REFERENCE_PAGES';
  constructor(why: string) {
    super(`No reference pages: ${why}.`);
  }
}

/** Thrown when a rehearsed release is not what it should be. */
export class RehearsalError extends PublishedPackageError {
  readonly code = 'REHEARSAL';
  constructor(why: string) {
    super(`The rehearsal failed: ${why}.`);
  }
}
