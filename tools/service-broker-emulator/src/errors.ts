/** What an ERROR token of the TDS protocol carries besides the server name. */
export interface SqlErrorDetails {
  /** SQL Server's own error number, as in `sys.messages`; 50000 and above for user errors. */
  readonly number: number;
  /** Severity (class), 11 to 25. From 20 on the connection is closed. @default 16 */
  readonly severity?: number;
  /** State, 0 to 255. @default 1 */
  readonly state?: number;
  /** Name of the procedure the error came from; empty in a batch. */
  readonly procedure?: string;
  /** Another error that the server reports before this one. */
  readonly before?: SqlError;
  /** 1-based line in the batch or procedure; 0 when not known yet (the interpreter fills in the statement's line). */
  readonly line?: number;
}

/** Base of what starting and stopping the emulator throws; errors of statements are {@link SqlError}. */
export abstract class EmulatorError extends Error {
  abstract readonly code: string;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when options don't have the shape that they should have, with a line for each problem. */
export class InvalidEmulatorOptionsError extends EmulatorError {
  readonly code = 'INVALID_OPTIONS';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], cause: unknown) {
    super(`Invalid options for service-broker-emulator:\n  ${problems.join('\n  ')}`, { cause });
    this.problems = problems;
  }
}

/** An error as SQL Server reports it: number, severity, state, line and text. Raised by every part of the emulator. */
export class SqlError extends Error {
  readonly code = 'SQL_ERROR';
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  /** Another error that the server reports before this one. */
  readonly before: SqlError | undefined;
  procedure: string;
  line: number;
  override get name(): string {
    return this.constructor.name;
  }

  constructor(message: string, details: SqlErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.number = details.number;
    this.severity = details.severity ?? 16;
    this.state = details.state ?? 1;
    this.before = details.before;
    this.procedure = details.procedure ?? '';
    this.line = details.line ?? 0;
  }
}

/** The errors that the server reports before this one, in that order. */
export function errorsBefore(error: SqlError): readonly SqlError[] {
  return error.before === undefined ? [] : [...errorsBefore(error.before), error.before];
}

/** 40000: a valid construct of T-SQL that the emulator doesn't have. */
export function unsupportedConstruct(construct: string, line: number): SqlError {
  return new SqlError(`The emulator does not support ${construct}.`, { number: 40000, line });
}
