/** Stable names of what can go wrong; tests and callers branch on them. */
export type LocalModelErrorCode =
  | 'UNKNOWN_MODEL'
  | 'MAVEN_NOT_FOUND'
  | 'MODEL_DOWNLOAD_FAILED'
  | 'MODEL_CHECKSUM_MISMATCH';

/** Base of everything that this package throws on purpose. */
export abstract class LocalModelError extends Error {
  abstract readonly code: LocalModelErrorCode;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown for a name that isn't one of the models. */
export class UnknownModelError extends LocalModelError {
  readonly code = 'UNKNOWN_MODEL';

  constructor(name: string, known: readonly string[]) {
    super(`There is no model ${name} to fetch. Take one of these: ${known.join(', ')}.`);
  }
}

/** Thrown when the model isn't in the cache yet and there is no Maven to fetch it with. */
export class MavenNotFoundError extends LocalModelError {
  readonly code = 'MAVEN_NOT_FOUND';

  constructor(model: string, cacheFolder: string) {
    super(
      `The model ${model} is not in the cache yet (${cacheFolder}), and mvn, which fetches it, was not found on PATH. ` +
        'Install Maven, or give the folder of a model that you have.',
    );
  }
}

/** Thrown when Maven could not fetch the model; carries the end of what Maven printed. */
export class ModelDownloadFailedError extends LocalModelError {
  readonly code = 'MODEL_DOWNLOAD_FAILED';
  override readonly retryable = true;
  readonly outputTail: string;

  constructor(model: string, outputTail: string, cause?: unknown) {
    super(
      `Maven could not fetch the model ${model}. Check the network, and the proxy or mirror in Maven's settings.xml, ` +
        `then try again. Maven's last lines:\n${outputTail}`,
      { cause },
    );
    this.outputTail = outputTail;
  }
}

/** Thrown when what was fetched isn't what it should be; nothing of it is kept. */
export class ModelChecksumMismatchError extends LocalModelError {
  readonly code = 'MODEL_CHECKSUM_MISMATCH';
  readonly file: string;

  constructor(model: string, file: string, found: string) {
    super(
      `${file} of the model ${model} is not the file that it was (${found}). It is not used. A proxy or mirror may have ` +
        'changed it: fetch it by another way, or report it.',
    );
    this.file = file;
  }
}
