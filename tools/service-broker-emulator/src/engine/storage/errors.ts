import { EmulatorError, SqlError } from '../../errors.ts';

/** 2601. */
export function duplicateIndexKey(object: string, index: string, key: string): SqlError {
  return new SqlError(
    `Cannot insert duplicate key row in object '${object}' with unique index '${index}'. The duplicate key value is ${key}.`,
    { number: 2601, severity: 14 },
  );
}

/** 2627. */
export function duplicateConstraintKey(kind: string, constraint: string, object: string, key: string): SqlError {
  return new SqlError(
    `Violation of ${kind} constraint '${constraint}'. Cannot insert duplicate key in object '${object}'. The duplicate key value is ${key}.`,
    { number: 2627, severity: 14 },
  );
}

/** 1505. */
export function duplicateKeyInData(schema: string, table: string, index: string, key: string): SqlError {
  return new SqlError(
    `The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '${schema}.${table}' and the index name '${index}'. The duplicate key value is ${key}.`,
    { number: 1505 },
  );
}

/** 8115. */
export function identityOverflow(type: string): SqlError {
  return new SqlError(`Arithmetic overflow error converting IDENTITY to data type ${type}.`, { number: 8115 });
}

/** 1205. */
export function deadlockVictim(session: number): SqlError {
  return new SqlError(
    `Transaction (Process ID ${session}) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.`,
    { number: 1205, severity: 13, state: 51 },
  );
}

/** 1222. */
export function lockTimeout(): SqlError {
  return new SqlError('Lock request time out period exceeded.', { number: 1222, state: 51 });
}

/** 3951. */
export function snapshotTooLate(database: string): SqlError {
  return new SqlError(
    `Transaction failed in database '${database}' because the statement was run under snapshot isolation but the transaction did not start in snapshot isolation. You cannot change the isolation level of the transaction to snapshot after the transaction has started unless the transaction was originally started under snapshot isolation level.`,
    { number: 3951 },
  );
}

/** 3960. */
export function snapshotConflict(table: string, database: string): SqlError {
  return new SqlError(
    `Snapshot isolation transaction aborted due to update conflict. You cannot use snapshot isolation to access table '${table}' directly or indirectly in database '${database}' to update, delete, or insert the row that has been modified or deleted by another transaction. Retry the transaction or change the isolation level for the update/delete statement.`,
    { number: 3960, state: 2 },
  );
}

/** 11728. */
export function sequenceExhausted(sequence: string): SqlError {
  return new SqlError(
    `The sequence object '${sequence}' has reached its minimum or maximum value. Restart the sequence object to allow new values to be generated.`,
    { number: 11728 },
  );
}

/** Another process has the data directory open; two servers on one directory would overwrite each other's work. */
export class DataDirectoryInUseError extends EmulatorError {
  readonly code = 'DATA_DIRECTORY_IN_USE';
  readonly directory: string;

  constructor(directory: string, options?: ErrorOptions) {
    super(
      `The data directory ${directory} is in use by another process. Stop the emulator that runs on it, or start this one with another --data directory.`,
      options,
    );
    this.directory = directory;
  }
}

/** The data directory holds something that is not a database of this emulator, or one of a newer version. */
export class DataDirectoryUnusableError extends EmulatorError {
  readonly code = 'DATA_DIRECTORY_UNUSABLE';
  readonly directory: string;

  constructor(directory: string, reason: string, options?: ErrorOptions) {
    super(`The data directory ${directory} cannot be used: ${reason}`, options);
    this.directory = directory;
  }
}

/** 1105: the disk is full. */
export function fileGroupFull(database: string, cause: unknown): SqlError {
  return new SqlError(
    `Could not allocate space for object in database '${database}' because the 'PRIMARY' filegroup is full. Create disk space by deleting unneeded files, dropping objects in the filegroup, adding additional files to the filegroup, or setting autogrowth on for existing files in the filegroup.`,
    { number: 1105, severity: 17, state: 2 },
    { cause },
  );
}

/** 823. */
export function writeFailed(database: string, cause: unknown): SqlError {
  return new SqlError(
    `The operating system returned an error while writing database '${database}'. Examine the disk of the data directory, and restore the database if the error persists.`,
    { number: 823, severity: 24, state: 2 },
    { cause },
  );
}
