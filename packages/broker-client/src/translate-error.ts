import { batchCause } from './batch-cause.ts';
import {
  BrokerError,
  BrokerLoginError,
  BrokerObjectError,
  BrokerTimeoutError,
  BrokerTlsError,
  BrokerUnavailableError,
  ConversationEndedError,
  DatabaseUnavailableError,
  OdbcDriverMissingError,
  PermissionDeniedError,
  QueueDisabledError,
  QueueNotFoundError,
  SqlStatementError,
  SqlStorageFullError,
  TransactionEndedError,
  TransientSqlError,
} from './errors.ts';
import { grantFor } from './grant-for.ts';
import { loginErrorOf } from './login-error.ts';
import {
  brokerObjectErrorNumbers,
  conversationErrorNumbers,
  databaseErrorNumbers,
  invalidObjectNameErrorNumber,
  loginErrorNumbers,
  permissionErrorNumbers,
  queueDisabledErrorNumber,
  readOnlyErrorNumber,
  storageFullErrorNumbers,
  transientErrorNumbers,
} from './sql-error-numbers.ts';

/** What was being done when an error came, for its message. */
export interface ErrorContext {
  /** For example `receiving from dbo.Queue`. */
  readonly operation: string;
  /** The queue, where one was named. */
  readonly queue?: string;
  /** `host:port`, where a connection was being made. */
  readonly server?: string;
  /** Whether the server is a named instance, whose port had to be asked for first. */
  readonly isNamedInstance?: boolean;
  /** What to grant when the server refuses it. @default found by the error */
  readonly grant?: string;
}

/** Codes of mssql, tedious and Node that mean: no connection, or not any more. */
const connectionCodes: ReadonlySet<string> = new Set([
  'ESOCKET',
  'ECONNCLOSED',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EPIPE',
  'ENOTOPEN',
  'EINSTLOOKUP',
  'ECLOSE',
  'EINVALIDSTATE',
]);

/** Codes of Node's TLS for a certificate that isn't trusted, besides those of tedious. */
const tlsCode =
  /^(EENCRYPT|EPROTO|ERR_TLS_.*|ERR_SSL_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_.*)$/;

/** SQLSTATEs of ODBC's driver manager (Windows) for a driver that it doesn't have, or can't load. */
const noDriverStates: ReadonlySet<string> = new Set(['IM002', 'IM003']);
/** unixODBC's for the same, which as an error of SQL Server would have a number. */
const unixNoDriverState = '01000';

/**
 * Translates an error of mssql, tedious or Node to one of this package, by number and code, never by text. Of several errors
 * of a batch it is the first of severity 11 or more: the cause. Errors of this package pass unchanged, so translating twice
 * does no harm.
 */
export function translateError(error: unknown, context: ErrorContext): BrokerError {
  if (error instanceof BrokerError) return error;
  const codes = codesOf(error);
  const cause = batchCause(error);
  const loginFailure = codes.has('ELOGIN') ? loginErrorOf(error) : undefined;
  const number = numberOf(cause) ?? loginFailure?.number;
  const message = loginFailure?.message ?? (cause instanceof Error ? cause.message : String(cause));
  const details = { cause: error, ...(number === undefined ? {} : { number }) };
  const where = context.server === undefined ? '' : ` ${context.server}`;

  if (isDriverMissing(error, number, context)) {
    return new OdbcDriverMissingError(context.server ?? 'SQL Server', 'ODBC Driver 18 for SQL Server', error);
  }
  if (number !== undefined) {
    const byNumber = translateNumber(number, message, context, error, cause);
    if (byNumber !== undefined) return byNumber;
  }
  if (codes.has('EABORT')) {
    return new TransactionEndedError(
      `The server has rolled the transaction back, so it can't go on ${context.operation}. Begin a new one.`,
      details,
    );
  }
  if (codes.has('ELOGIN')) return loginError(where, message, details);
  if ([...codes].some((code) => tlsCode.test(code))) {
    return new BrokerTlsError(
      `No encrypted connection to SQL Server${where} (${message}). If its certificate is self-signed, install it or set ` +
        'TrustServerCertificate=True; if one side refuses encryption, set Encrypt to what the other side wants.',
      details,
    );
  }
  if (codes.has('ETIMEOUT') && context.server === undefined) {
    return new BrokerTimeoutError(
      `SQL Server did not answer in time while ${context.operation} (${message}). It may be overloaded or blocked, or the connection is dead.`,
      details,
    );
  }
  if (codes.has('ETIMEOUT') || [...codes].some((code) => connectionCodes.has(code)) || isPoolTimeout(error)) {
    const advice =
      context.isNamedInstance === true
        ? 'The port of a named instance is asked of SQL Server Browser: check that it runs there and that UDP 1434 gets through, or ' +
          'write host,port instead of host\\INSTANCE, which needs no Browser.'
        : 'Check that it runs, listens on TCP at that host and port, and that no firewall is in between.';
    return new BrokerUnavailableError(
      `SQL Server${where} can't be reached while ${context.operation} (${message}). ${advice}`,
      details,
    );
  }
  return new SqlStatementError(`Failed while ${context.operation}: ${message}`, details);
}

/** Whether an error means that the request was cancelled, or its transaction already rolled back by the server. */
export function hasDriverCode(error: unknown, ...codes: readonly string[]): boolean {
  const found = codesOf(error);
  return codes.some((code) => found.has(code));
}

function translateNumber(
  number: number,
  text: string,
  context: ErrorContext,
  error: unknown,
  cause: unknown,
): BrokerError | undefined {
  const details = { number, cause: error };
  const message = `SQL Server error ${number} while ${context.operation}: ${text}`;
  const queue = context.queue;
  if (loginErrorNumbers.has(number)) {
    return loginError(context.server === undefined ? '' : ` ${context.server}`, text, details);
  }
  if (databaseErrorNumbers.has(number)) {
    return new DatabaseUnavailableError(
      `${message} Check the Database in the connection string, that the database is online, and that the login has a user in it.`,
      details,
    );
  }
  if (number === readOnlyErrorNumber) {
    return new DatabaseUnavailableError(
      `${message} In an availability group connect to the listener, with ApplicationIntent=ReadWrite; else: ALTER DATABASE ... SET READ_WRITE.`,
      details,
    );
  }
  if (number === queueDisabledErrorNumber) {
    const name = queue ?? 'the queue';
    return new QueueDisabledError(
      `${message} ${name} is switched off, by hand or because five transactions in a row were rolled back. Find the cause, then ` +
        `ALTER QUEUE ${name} WITH STATUS = ON.`,
      queue,
      details,
    );
  }
  if (number === invalidObjectNameErrorNumber && queue !== undefined) return new QueueNotFoundError(queue, details);
  if (permissionErrorNumbers.has(number)) {
    const grant = context.grant ?? grantFor(number, text);
    return new PermissionDeniedError(`${message} As an administrator: ${grant}`, details);
  }
  if (conversationErrorNumbers.has(number)) return new ConversationEndedError(message, details);
  if (brokerObjectErrorNumbers.has(number)) return new BrokerObjectError(message, details);
  if (storageFullErrorNumbers.has(number)) {
    return new SqlStorageFullError(`${message} Make room on the disk of the database or its log.`, details);
  }
  if (transientErrorNumbers.has(number)) return new TransientSqlError(message, details);
  return new SqlStatementError(message, {
    ...details,
    procedure: stringField(cause, 'procName'),
    line: numberField(cause, 'lineNumber'),
  });
}

function loginError(where: string, text: string, details: { number?: number; cause: unknown }): BrokerLoginError {
  return new BrokerLoginError(
    `SQL Server${where} refused the login (${text}). Check User Id and Password, that the login exists and is enabled, and ` +
      'that the server allows SQL logins (mixed mode).',
    details,
  );
}

/** The codes of an error and of what it wraps. */
function codesOf(error: unknown): ReadonlySet<string> {
  return textsOf(error, 'code');
}

/** What msnodesqlv8 has from ODBC's driver manager, when it can't connect for want of a driver. */
function isDriverMissing(error: unknown, number: number | undefined, { server }: ErrorContext): boolean {
  const states = textsOf(error, 'sqlState');
  if ([...states].some((state) => noDriverStates.has(state))) return true;
  return server !== undefined && (number ?? 0) === 0 && states.has(unixNoDriverState);
}

/** The values of a field of an error and of what it wraps. */
function textsOf(error: unknown, field: string): ReadonlySet<string> {
  const found = new Set<string>();
  const queue: unknown[] = [error];
  for (let depth = 0; depth < 16 && queue.length > 0; depth += 1) {
    const current = queue.shift();
    if (typeof current !== 'object' || current === null) continue;
    const value: unknown = Reflect.get(current, field);
    if (typeof value === 'string') found.add(value);
    if ('originalError' in current) queue.push(current.originalError);
    if ('cause' in current) queue.push(current.cause);
    if ('errors' in current && Array.isArray(current.errors)) queue.push(...current.errors);
  }
  return found;
}

/** The number of SQL Server, of the error itself or of the one that it wraps. */
function numberOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const own = numberField(error, 'number');
  if (own !== undefined) return own;
  // mssql makes errors of logins by msnodesqlv8 anew, with SQL Server's number for a code.
  if (error instanceof Error && error.name === 'ConnectionError') {
    const code = numberField(error, 'code');
    if (code !== undefined) return code;
  }
  if ('originalError' in error) return numberOf(error.originalError);
  return undefined;
}

function isPoolTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function numberField(error: unknown, name: string): number | undefined {
  const value = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'number' ? value : undefined;
}

function stringField(error: unknown, name: string): string | undefined {
  const value = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
