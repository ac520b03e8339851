const maxDetailLength = 300;

/** Stable names of what can be wrong with a file. */
export type AtomizerErrorCode =
  | 'INVALID_LIMITS'
  | 'ENCODING_INVALID'
  | 'FILE_BROKEN'
  | 'FILE_ENCRYPTED'
  | 'FILE_TOO_LARGE'
  | 'VALUE_TOO_LARGE'
  | 'TOO_MANY_ATOMS'
  | 'NESTING_TOO_DEEP'
  | 'XML_DOCTYPE_FORBIDDEN'
  | 'ARCHIVE_BOMB'
  | 'ARCHIVE_PATH'
  | 'ARCHIVE_MEMBER'
  | 'MEMORY_EXCEEDED'
  | 'TIME_EXCEEDED';

/** Base of everything that this package throws on purpose. Errors of the source itself (a disk, a network) pass as they are. */
export abstract class AtomizerError extends Error {
  abstract readonly code: AtomizerErrorCode;
  /** Whether the same file may succeed later: never, for the same bytes fail the same way. */
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/**
 * Thrown when nothing can be written to the temporary folder, which is needed for archives and large members: an outage of this
 * machine, which says nothing of the file. Not an {@link AtomizerError}: the same bytes may succeed later.
 */
export class TemporaryFileError extends Error {
  readonly code = 'TEMPORARY_FILE';
  readonly retryable = true;
  readonly folder: string;
  constructor(folder: string, cause: Error) {
    super(`Nothing can be written to the temporary folder ${folder}: ${cause.message}`, { cause });
    this.folder = folder;
  }
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when limits don't have the shape that they should have. */
export class InvalidLimitsError extends AtomizerError {
  readonly code = 'INVALID_LIMITS';
  readonly problems: readonly string[];
  constructor(problems: readonly string[], cause: unknown) {
    super(`Invalid limits for atomizers:\n  ${problems.join('\n  ')}`, { cause });
    this.problems = problems;
  }
}

/**
 * Thrown when an encoding that is stated isn't known, and when bytes that no registry has looked at aren't valid in theirs. Where one has,
 * such bytes are replaced and noted.
 */
export class EncodingInvalidError extends AtomizerError {
  readonly code = 'ENCODING_INVALID';
  readonly encoding: string;
  /** @param cause what the decoder says of the bytes; undefined where the encoding isn't known */
  constructor(encoding: string, cause?: unknown) {
    const told =
      cause === undefined
        ? `No encoding is known as ${JSON.stringify(encoding)}. State another name of it, such as windows-1252.`
        : `The file isn't valid ${encoding}. Save it as UTF-8, or state its encoding.`;
    super(told, { cause });
    this.encoding = encoding;
  }
}

/** Thrown when a file isn't what its format demands: truncated, damaged, or another format under this name. */
export class FileBrokenError extends AtomizerError {
  readonly code = 'FILE_BROKEN';
  readonly format: string;
  constructor(format: string, detail: string, cause?: unknown) {
    // Libraries quote what they don't like, and that may be long.
    const short = detail.length > maxDetailLength ? `${detail.slice(0, maxDetailLength)}…` : detail;
    super(`The file isn't readable as ${format}: ${short}.`, { cause });
    this.format = format;
  }
}

/** Thrown when a file can't be read without a password. */
export class FileEncryptedError extends AtomizerError {
  readonly code = 'FILE_ENCRYPTED';
  readonly format: string;
  constructor(format: string, cause?: unknown) {
    super(`The ${format} file is encrypted. Remove the password and hand it in again.`, { cause });
    this.format = format;
  }
}

/** Thrown when a file, or a part of it, has to be held in memory as a whole and is larger than allowed. */
export class FileTooLargeError extends AtomizerError {
  readonly code = 'FILE_TOO_LARGE';
  readonly format: string;
  readonly limitBytes: number;
  /** @param part what has to be in memory; undefined: the file, whose limit is `maxWholeFileBytes` */
  constructor(format: string, limitBytes: number, part?: string) {
    const told =
      part === undefined
        ? `more than ${limitBytes} bytes (limit maxWholeFileBytes), and this format can't be read in pieces`
        : `${part} of more than ${limitBytes} bytes, which can't be read in pieces`;
    super(`The ${format} file has ${told}.`);
    this.format = format;
    this.limitBytes = limitBytes;
  }
}

/** Thrown when a single value (a JSON string, a CSV row, a run of XML text) is larger than allowed. */
export class ValueTooLargeError extends AtomizerError {
  readonly code = 'VALUE_TOO_LARGE';
  readonly format: string;
  readonly limitBytes: number;
  constructor(format: string, where: string, limitBytes: number, limit = 'limit maxValueBytes') {
    super(`The ${format} file has a value of more than ${limitBytes} bytes (${limit}) at ${where}.`);
    this.format = format;
    this.limitBytes = limitBytes;
  }
}

/** Thrown when a file would become more atoms than allowed, or more cells of one sheet. */
export class TooManyAtomsError extends AtomizerError {
  readonly code = 'TOO_MANY_ATOMS';
  readonly limit: number;
  /** @param what there are too many of */
  constructor(limit: number, what = 'atoms (limit maxAtoms)') {
    super(`The file has more than ${limit} ${what}.`);
    this.limit = limit;
  }
}

/** Thrown when values or elements are nested deeper than allowed. */
export class NestingTooDeepError extends AtomizerError {
  readonly code = 'NESTING_TOO_DEEP';
  readonly format: string;
  readonly limit: number;
  constructor(format: string, limit: number) {
    super(`The ${format} file is nested deeper than ${limit} levels (limit maxNesting).`);
    this.format = format;
    this.limit = limit;
  }
}

/** Thrown when XML declares a document type: that is where entity expansion and external entities come from. */
export class XmlDoctypeError extends AtomizerError {
  readonly code = 'XML_DOCTYPE_FORBIDDEN';
  readonly part: string;
  constructor(part: string) {
    super(`The XML part ${part} has a DOCTYPE. Entities are never expanded or fetched, so the file is refused.`);
    this.part = part;
  }
}

/** What an archive has too much of. */
export type ArchiveLimit =
  | 'maxArchiveDepth'
  | 'maxArchiveMembers'
  | 'maxExpandedBytes'
  | 'maxExpansionRatio'
  | 'maxTextExpansionRatio'
  | 'maxElementsPerByte';

/** Thrown when an archive expands beyond a limit. It is noticed while expanding; what is beyond is never held. */
export class ArchiveBombError extends AtomizerError {
  readonly code = 'ARCHIVE_BOMB';
  readonly limit: ArchiveLimit;
  readonly allowed: number;
  constructor(limit: ArchiveLimit, allowed: number) {
    super(`The archive goes beyond ${limit}, which is ${allowed}.`);
    this.limit = limit;
    this.allowed = allowed;
  }
}

/** Thrown when a member's name points out of the archive. Nothing is ever written under a member's name, even so. */
export class ArchivePathError extends AtomizerError {
  readonly code = 'ARCHIVE_PATH';
  readonly path: string;
  constructor(path: string, reason: string) {
    super(`The archive has a member named ${JSON.stringify(path)}, which ${reason}.`);
    this.path = path;
  }
}

/** Thrown when an archive names one member twice, so that readers disagree about what it holds. */
export class ArchiveMemberError extends AtomizerError {
  readonly code = 'ARCHIVE_MEMBER';
  readonly path: string;
  constructor(path: string, reason: string) {
    super(`The archive's member ${JSON.stringify(path)} ${reason}.`);
    this.path = path;
  }
}

/** Thrown when a library that reads a whole file took more memory than allowed; its thread was ended. */
export class MemoryExceededError extends AtomizerError {
  readonly code = 'MEMORY_EXCEEDED';
  readonly limitBytes: number;
  constructor(format: string, limitBytes: number, cause?: unknown) {
    super(`Reading the ${format} file took more than ${limitBytes} bytes of memory (limit maxWorkerBytes).`, { cause });
    this.limitBytes = limitBytes;
  }
}

/** Thrown when a library that reads a whole file took more time than allowed; its thread was ended. */
export class TimeExceededError extends AtomizerError {
  readonly code = 'TIME_EXCEEDED';
  readonly limitMs: number;
  /** @param of what the limit is: waiting (`maxWorkerMs`), the file, or all files that are read in threads because they are in one */
  constructor(format: string, limitMs: number, of: 'waiting' | 'file' | 'together' = 'waiting') {
    const ms = Math.round(limitMs);
    const told = {
      waiting: `the ${format} file took more than ${ms} ms (limit maxWorkerMs)`,
      file: `the ${format} file took more than ${ms} ms of CPU time, the limit for its size`,
      together: `the ${format} files in this file took more than ${ms} ms of CPU time, the limit for its size`,
    };
    super(`Reading ${told[of]}.`);
    this.limitMs = limitMs;
  }
}
