/** Typed facts about a failure, as far as they are known. */
export interface BrokerErrorDetails {
  /** SQL Server's error number. */
  readonly number?: number;
  readonly cause?: unknown;
}

/**
 * Base of every error that this package throws. `retryable` says whether the same call may succeed later without
 * anybody changing anything in the program or its configuration: an outage, a deadlock, a queue that is switched off.
 */
export abstract class BrokerError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;
  readonly number: number | undefined;
  constructor(message: string, details: BrokerErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.number = details.number;
  }
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when SQL Server can't be reached or the connection was lost. */
export class BrokerUnavailableError extends BrokerError {
  readonly code = 'BROKER_UNAVAILABLE';
  readonly retryable = true;
}

/** Thrown when SQL Server refuses the login. */
export class BrokerLoginError extends BrokerError {
  readonly code = 'BROKER_LOGIN_FAILED';
  readonly retryable = false;
}

/** Thrown when the login is good but the database can't be opened: absent, offline, or no user for the login. */
export class DatabaseUnavailableError extends BrokerError {
  readonly code = 'DATABASE_UNAVAILABLE';
  readonly retryable = true;
}

/** Thrown when the two sides can't agree on encryption, or the server's certificate isn't trusted. */
export class BrokerTlsError extends BrokerError {
  readonly code = 'BROKER_TLS_FAILED';
  readonly retryable = false;
}

/**
 * Thrown when connection options ask for a login with the process's own account, and a part of the way there isn't installed: the
 * optional package msnodesqlv8, or Microsoft's ODBC driver that it goes through.
 */
export class OdbcDriverMissingError extends BrokerError {
  readonly code = 'ODBC_DRIVER_MISSING';
  readonly retryable = false;
  readonly missing: 'msnodesqlv8' | 'ODBC Driver 18 for SQL Server';
  constructor(server: string, missing: OdbcDriverMissingError['missing'] = 'msnodesqlv8', cause?: unknown) {
    super(
      missing === 'msnodesqlv8'
        ? `The connection options for ${server} ask for the driver msnodesqlv8, and it isn't installed. Install it beside ` +
            "mssql (npm install msnodesqlv8) together with Microsoft's ODBC driver 18, or use a SQL login."
        : `The connection options for ${server} ask for Microsoft's ODBC Driver 18 for SQL Server, and it isn't installed on this ` +
            'machine (msnodesqlv8 is). Install it, or use a SQL login.',
      cause === undefined ? {} : { cause },
    );
    this.missing = missing;
  }
}

/** Thrown when SQL Server didn't answer in time. */
export class BrokerTimeoutError extends BrokerError {
  readonly code = 'BROKER_TIMEOUT';
  readonly retryable = true;
}

/** Thrown when a queue has STATUS = OFF, by hand or by poison message detection (five rollbacks in a row). */
export class QueueDisabledError extends BrokerError {
  readonly code = 'QUEUE_DISABLED';
  readonly retryable = true;
  readonly queue: string | undefined;
  constructor(message: string, queue: string | undefined, details: BrokerErrorDetails) {
    super(message, details);
    this.queue = queue;
  }
}

/** Thrown when a queue doesn't exist in the database, or the login may not see it. */
export class QueueNotFoundError extends BrokerError {
  readonly code = 'QUEUE_NOT_FOUND';
  readonly retryable = false;
  readonly queue: string;
  constructor(queue: string, details: BrokerErrorDetails = {}) {
    super(
      `There is no queue ${queue} in this database. Check the database in the connection string and deploy the Service Broker objects.`,
      details,
    );
    this.queue = queue;
  }
}

/** Thrown when a service, contract or message type doesn't exist or doesn't fit the dialog. */
export class BrokerObjectError extends BrokerError {
  readonly code = 'BROKER_OBJECT_INVALID';
  readonly retryable = false;
}

/** Thrown when a conversation handle is unknown, or its conversation has ended: begin a new dialog. */
export class ConversationEndedError extends BrokerError {
  readonly code = 'CONVERSATION_ENDED';
  readonly retryable = false;
}

/** Thrown when the login lacks a permission; the message of SQL Server names it. */
export class PermissionDeniedError extends BrokerError {
  readonly code = 'PERMISSION_DENIED';
  readonly retryable = false;
}

/** Thrown when SQL Server has no room left on disk for data or log. */
export class SqlStorageFullError extends BrokerError {
  readonly code = 'SQL_STORAGE_FULL';
  readonly retryable = true;
}

/** Thrown for errors that pass by themselves: deadlock, lock time-out, fail-over, throttling. */
export class TransientSqlError extends BrokerError {
  readonly code = 'SQL_TRANSIENT';
  readonly retryable = true;
}

/** Thrown for any other error that SQL Server reports for a statement, also one raised by a procedure with THROW. */
export class SqlStatementError extends BrokerError {
  readonly code = 'SQL_STATEMENT_FAILED';
  readonly retryable = false;
  /** Procedure in which it happened, where SQL Server says so. */
  readonly procedure: string | undefined;
  readonly line: number | undefined;
  constructor(
    message: string,
    details: BrokerErrorDetails & { readonly procedure?: string | undefined; readonly line?: number | undefined },
  ) {
    super(message, details);
    this.procedure = details.procedure;
    this.line = details.line;
  }
}

/** Thrown when a transaction is used after its end. */
export class TransactionEndedError extends BrokerError {
  readonly code = 'TRANSACTION_ENDED';
  readonly retryable = false;
}

/** Thrown when an option or name isn't usable. */
export class InvalidBrokerOptionsError extends BrokerError {
  readonly code = 'INVALID_BROKER_OPTIONS';
  readonly retryable = false;
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`These broker options can't be used: ${problems.join('; ')}.`);
    this.problems = problems;
  }
}

/** Thrown when SQL Server answers with rows of another shape than the statement asks for. */
export class UnexpectedRowsError extends BrokerError {
  readonly code = 'UNEXPECTED_ROWS';
  readonly retryable = false;
}

/** Thrown when a received body isn't what its codec says: a case for dead letters, reading it again doesn't help. */
export class MessageDecodeError extends BrokerError {
  readonly code = 'MESSAGE_UNDECODABLE';
  readonly retryable = false;
  readonly messageType: string;
  readonly issues: readonly string[];
  constructor(messageType: string, issues: readonly string[], details: BrokerErrorDetails = {}) {
    super(`A message of type ${messageType} can't be read: ${issues.join('; ')}.`, details);
    this.messageType = messageType;
    this.issues = issues;
  }
}

/** Thrown when a value isn't what its codec says; nothing was sent. */
export class MessageEncodeError extends BrokerError {
  readonly code = 'MESSAGE_UNENCODABLE';
  readonly retryable = false;
  readonly messageType: string;
  readonly issues: readonly string[];
  constructor(messageType: string, issues: readonly string[], details: BrokerErrorDetails = {}) {
    super(`The value is not a message of type ${messageType}: ${issues.join('; ')}. Nothing was sent.`, details);
    this.messageType = messageType;
    this.issues = issues;
  }
}

/** Thrown when a handler resolves without having committed its batch or rolled it back: nothing says what is to become of it. */
export class BatchLeftOpenError extends BrokerError {
  readonly code = 'BATCH_LEFT_OPEN';
  readonly retryable = false;
  readonly queue: string;
  constructor(queue: string) {
    super(
      `The handler of ${queue} resolved with its batch neither committed nor rolled back; the messages are back in the ` +
        'queue. End the handler with batch.commit(), or let it reject.',
    );
    this.queue = queue;
  }
}

/** Thrown when a receive loop is asked for a step that its present state doesn't allow, for example a second run. */
export class ReceiveLoopStateError extends BrokerError {
  readonly code = 'RECEIVE_LOOP_STATE';
  readonly retryable = false;
  readonly from: string;
  readonly to: string;
  constructor(queue: string, from: string, to: string) {
    super(`The receive loop of ${queue} is ${from} and can't become ${to}. Create a new ReceiveLoop to run again.`);
    this.from = from;
    this.to = to;
  }
}

/**
 * Thrown for a probe of a receive loop that has neither succeeded nor failed within its time. It says nothing about the server: something
 * on the way to it waits forever.
 */
export class ProbeTimeoutError extends BrokerError {
  readonly code = 'PROBE_TIMEOUT';
  readonly retryable = true;
  /** What was probed. */
  readonly dependency: string;
  readonly timeoutMs: number;
  constructor(dependency: string, timeoutMs: number) {
    super(
      `The probe of ${dependency} has neither succeeded nor failed within ${timeoutMs} ms, which is longer than its own time-outs; it was ` +
        'given up, and is tried again. If that repeats, restart the worker and report it with its log.',
    );
    this.dependency = dependency;
    this.timeoutMs = timeoutMs;
  }
}
