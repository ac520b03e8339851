/** Base of every error that this app throws on purpose. */
export abstract class ConsumerError extends Error {
  abstract readonly code: string;
  readonly retryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Why a file isn't ingested, besides what atomizers say of it; stable, and what dead letters carry as their reason code. */
export type RefusalCode =
  /** It has more bytes than `Ingestion:MaxFileBytes`. */
  | 'FILE_TOO_LARGE'
  /** The message names a tenant that has no row in dbo.Tenant. */
  | 'TENANT_UNKNOWN'
  /** The uploaded file isn't there, belongs to another tenant, or isn't complete. */
  | 'UPLOAD_MISSING'
  /** A file: or https: address that the settings don't allow, or that can't be one. */
  | 'SOURCE_NOT_ALLOWED'
  /** An https: address leads into the own network or to the machine itself. */
  | 'ADDRESS_NOT_ALLOWED'
  /** There is nothing at the address, or it isn't a file. */
  | 'SOURCE_NOT_FOUND'
  /** The address did not answer, or not with the file. */
  | 'SOURCE_UNAVAILABLE'
  /** The file was written to while it was read. */
  | 'SOURCE_CHANGED'
  /** Something is noted about how it was read, and the job is strict. */
  | 'STRICT_NOTED'
  /** It isn't a message of this queue. */
  | 'UNEXPECTED_MESSAGE_TYPE'
  /** SQL Server refuses an atom of it. */
  | 'SQL_REFUSED'
  /** The worker crashed repeatedly while processing this file. */
  | 'REPEATED_CRASH'
  /** It failed too often by something that passes, for example a lock that somebody holds. */
  | 'RETRIES_EXHAUSTED'
  /** A defect; the log has its stack. */
  | 'UNEXPECTED';

/** Thrown when a file can't be ingested and trying again can't help: it goes to the dead letters. */
export class RefusedFileError extends ConsumerError {
  readonly code = 'REFUSED_FILE';
  readonly reasonCode: RefusalCode;
  constructor(reasonCode: RefusalCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reasonCode = reasonCode;
  }
}

/**
 * The refusal of a file with too many bytes.
 *
 * @param maxBytes most that are allowed (`Ingestion:MaxFileBytes`)
 * @param size its bytes, where they are known
 */
export function tooLarge(maxBytes: number, size?: number): RefusedFileError {
  const given = size === undefined ? `more than ${maxBytes} bytes` : `${size} bytes, more than ${maxBytes}`;
  return new RefusedFileError(
    'FILE_TOO_LARGE',
    `The file has ${given}, the most that is allowed (Ingestion:MaxFileBytes).`,
  );
}

/** Thrown when an atomizer breaks its contract, for example names a parent that did not come before. A defect. */
export class DraftContractError extends ConsumerError {
  readonly code = 'DRAFT_CONTRACT';
}

/** Thrown when the lease of a file's tenant has run out and another worker has taken it: nothing of the file may be written any more. */
export class LeaseLostError extends ConsumerError {
  readonly code = 'LEASE_LOST';
  override readonly retryable = true;
  readonly tenantId: number;
  constructor(tenantId: number, cause?: unknown) {
    super(
      `The lease on the files of tenant ${tenantId} has run out, and another worker has it.`,
      cause === undefined ? undefined : { cause },
    );
    this.tenantId = tenantId;
  }
}

/** Thrown when a file that another worker has begun with comes apart in another way here; it is undone and begun anew. */
export class AtomizationChangedError extends ConsumerError {
  readonly code = 'ATOMIZATION_CHANGED';
  override readonly retryable = true;
}

/** Thrown when a worker is to stop before a file is through; what is written stays, and the next worker goes on there. */
export class WorkStoppedError extends ConsumerError {
  readonly code = 'WORK_STOPPED';
  override readonly retryable = true;
  constructor() {
    super('The worker stops; another one continues the file.');
  }
}

/** Thrown when a file can't be kept in the temporary folder: an outage of this machine, which says nothing of the file. */
export class TemporaryFolderError extends ConsumerError {
  readonly code = 'TEMPORARY_FOLDER';
  override readonly retryable = true;
  constructor(folder: string, cause: Error) {
    super(
      `Nothing can be written to the temporary folder ${folder}: ${cause.message}. Make room there, or set TMPDIR.`,
      { cause },
    );
  }
}

/** Thrown when this machine, or the disk or share that a local file is on, keeps it from being read for now. */
export class LocalFileTroubleError extends ConsumerError {
  readonly code = 'LOCAL_FILE_TROUBLE';
  override readonly retryable = true;
  /** Whether it may go on for this file alone, so that tries are counted. */
  readonly mayBeTheFiles: boolean;
  constructor(systemCode: string, mayBeTheFiles: boolean, cause: Error) {
    super(`The file can't be read for now (${systemCode}); it will be tried again.`, { cause });
    this.mayBeTheFiles = mayBeTheFiles;
  }
}
