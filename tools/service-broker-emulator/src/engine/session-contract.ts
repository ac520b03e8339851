import type { SqlError } from '../errors.ts';
import type { SqlType } from './types/sql-type.ts';
import type { SqlRow, SqlValue } from './types/sql-value.ts';

/** One column of a result set. */
export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
}

/** Which kind of statement a completion belongs to; the wire maps it to the TDS `curcmd` numbers. */
export type CompletedCommand =
  | 'select'
  | 'insert'
  | 'delete'
  | 'update'
  | 'merge'
  | 'set'
  | 'begin'
  | 'commit'
  | 'rollback'
  | 'execute'
  | 'other';

/** End of one statement. `rowCount` is absent where SQL Server sends no count (SET NOCOUNT ON, DDL, control flow). */
export interface StatementCompletion {
  readonly command: CompletedCommand;
  readonly rowCount?: number | bigint;
  /** True when the statement ended with an error that was sent before. */
  readonly error?: boolean;
  /** Told to the client although it has neither count nor error. @default false */
  readonly always?: boolean;
}

/** A value that a procedure call hands back. */
export interface ReturnedParameter {
  /** Position in the RPC parameter list, 0-based (see tds-clients: JDBC checks it). */
  readonly ordinal: number;
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue;
}

/** A change of the session's environment that clients track (TDS ENVCHANGE). */
export type EnvironmentChange =
  | { readonly kind: 'database'; readonly newValue: string; readonly oldValue: string }
  | { readonly kind: 'language'; readonly newValue: string; readonly oldValue: string }
  /** Names of collations; undefined is the server's. */
  | { readonly kind: 'collation'; readonly newValue: string | undefined; readonly oldValue: string | undefined }
  | { readonly kind: 'begin'; readonly descriptor: bigint }
  | { readonly kind: 'commit'; readonly descriptor: bigint }
  | { readonly kind: 'rollback'; readonly descriptor: bigint }
  | { readonly kind: 'reset' };

/**
 * Where a request's answer goes, in the order in which the engine produces it. `columns` opens a result set,
 * `row` adds to it, `statementDone` ends the statement. Inside procedures the engine calls the `...InProcedure`
 * completion, and `procedureDone` when a procedure called from a batch or by RPC ends; the request's final DONE or
 * DONEPROC is the wire's own business when the promise of the request settles.
 */
export interface ResultSink {
  /** @param order the columns that ORDER BY sorts by, from 1 */
  columns(columns: readonly ResultColumn[], order?: readonly number[]): void;
  row(values: SqlRow): void;
  statementDone(completion: StatementCompletion): void;
  statementDoneInProcedure(completion: StatementCompletion): void;
  procedureDone(returnStatus: number): void;
  returnValue(parameter: ReturnedParameter): void;
  /** Severity 11 and above. The session goes on unless severity is 20 or more. */
  error(error: SqlError): void;
  /** PRINT, RAISERROR of severity 10 or less, and server notices such as 5701. */
  info(message: {
    number: number;
    state: number;
    severity: number;
    text: string;
    procedure: string;
    line: number;
  }): void;
  environment(change: EnvironmentChange): void;
  /** Resolves when the receiver can take more; `undefined` when it can take more at once. */
  drained(): Promise<void> | undefined;
}

/** A parameter of a procedure call as it came over the wire. */
export interface RpcParameter {
  /** With the leading `@`; empty for a positional parameter. */
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue;
  /** Passed by reference (OUTPUT). */
  readonly output: boolean;
  /** The caller asks for the parameter's default value. */
  readonly useDefault: boolean;
  /** Present for a table-valued parameter: its type name and rows; `value` is then null and `type` is not meaningful. */
  readonly table?: TableValue;
}

/** A table-valued parameter. */
export interface TableValue {
  readonly schema: string;
  readonly typeName: string;
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  readonly rows: readonly SqlRow[];
}

/** One procedure call. System procedures that clients call by number arrive with their name, for example `sp_executesql`. */
export interface RpcCall {
  /** As sent: may be `dbo.p`, `[dbo].[p]` or a bare name. */
  readonly procedure: string;
  readonly parameters: readonly RpcParameter[];
}

/** A request of the TDS transaction manager (packet type 0x0E). */
export type TransactionRequest =
  | { readonly kind: 'begin'; readonly isolation: number; readonly name: string }
  | {
      readonly kind: 'commit' | 'rollback';
      readonly name: string;
      readonly beginAgain?: { isolation: number; name: string };
    }
  | { readonly kind: 'save'; readonly name: string };

/** What a client says of itself at login; the engine keeps it for `sys.dm_exec_sessions`, APP_NAME() and the like. */
/** What is known of the connection that a session came by. */
export interface ConnectionFacts {
  /** TDS version as in LOGIN7. */
  readonly protocolVersion: number;
  /** Everything, not only the login, is encrypted. */
  readonly encrypted: boolean;
  readonly packetSize: number;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

export interface LoginRequest {
  readonly userName: string;
  readonly password: string;
  /** The password is to be changed to this one first. */
  readonly newPassword?: string;
  /** Empty = the login's default database. */
  readonly database: string;
  readonly hostName: string;
  readonly applicationName: string;
  /** ODBC-style login: the server applies the ANSI defaults. */
  readonly odbc: boolean;
  /** Empty = the login's default language. */
  readonly language: string;
  /** Absent for a session without a network connection. */
  readonly connection?: ConnectionFacts;
}

/**
 * One client connection. Requests run one at a time. Each settles when its answer is complete; errors of the request
 * itself go to the sink, so a rejected promise means a defect of the emulator. `signal` is the client's attention:
 * the request stops at its next wait or statement, and an open transaction survives unless XACT_ABORT is on.
 */
export interface EngineSession extends AsyncDisposable {
  /** @@SPID, 51 and up. */
  readonly sessionId: number;
  readonly database: string;
  /** @@LANGUAGE. */
  readonly language: string;
  /** Collation of the database; undefined where it is the server's. */
  readonly collation: string | undefined;
  /** Aborted when the server ends the session: ALTER DATABASE ... WITH ROLLBACK IMMEDIATE. The connection is then closed. */
  readonly killed?: AbortSignal;
  /** Descriptor of the open transaction for the request headers, 0n when none. */
  readonly transactionDescriptor: bigint;
  batch(sql: string, sink: ResultSink, signal: AbortSignal): Promise<void>;
  rpc(call: RpcCall, sink: ResultSink, signal: AbortSignal): Promise<void>;
  transaction(request: TransactionRequest, sink: ResultSink): Promise<void>;
  /** Rows of an `INSERT BULK` whose batch went before. Returns the number of rows stored through the sink's completion. */
  bulkLoad(
    columns: readonly ResultColumn[],
    rows: readonly SqlRow[],
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void>;
  /** What the reset-connection status bit asks for. */
  reset(keepTransaction: boolean, sink: ResultSink): Promise<void>;
}

/** The server side of a login. */
export interface Engine {
  /** Name for INFO and ERROR tokens and @@SERVERNAME. */
  readonly serverName: string;
  /** @throws {SqlError} 18456 for a wrong user or password, 4060 for an unknown database, 18464 for an empty new password, 40000 for an unknown language */
  login(request: LoginRequest): Promise<EngineSession>;
}
