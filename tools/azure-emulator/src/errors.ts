/** Base of every error that this package throws. */
export abstract class AzureEmulatorError extends Error {
  abstract readonly code: string;
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when the options don't have the shape that they should have; one line per problem. */
export class InvalidEmulatorOptionsError extends AzureEmulatorError {
  readonly code = 'INVALID_OPTIONS';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Invalid options for azure-emulator:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Thrown when a port that was asked for is in use or may not be opened. */
export class EmulatorListenError extends AzureEmulatorError {
  readonly code = 'LISTEN_FAILED';
  readonly port: number;
  constructor(port: number, cause: unknown) {
    super(
      `The Azure emulator can't listen on port ${port}: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Take another port, or 0 for a free one.',
      { cause },
    );
    this.port = port;
  }
}

/** Thrown when the folder of the Arc challenge's key files can't be written. */
export class KeyFolderError extends AzureEmulatorError {
  readonly code = 'KEY_FOLDER_UNUSABLE';
  readonly folder: string;
  constructor(folder: string, cause: unknown) {
    super(
      `The Azure emulator can't write key files to ${folder}, the one folder that clients accept them from: ` +
        `${cause instanceof Error ? cause.message : String(cause)}. Run it as root or make the folder writable, or turn ` +
        'the challenge off (challenge: false; --no-challenge).',
      { cause },
    );
    this.folder = folder;
  }
}
