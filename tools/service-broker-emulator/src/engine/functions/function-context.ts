import type { DateSettings } from '../types/date-settings.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';

/** What ERROR_NUMBER() and its sisters show inside a CATCH block. */
export interface CaughtError {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  readonly line: number;
  readonly procedure: string | null;
  readonly message: string;
}

/**
 * Session, server and catalog facts that scalar functions read. The session implements it; facts that belong to one
 * statement (`now`) stay the same for the whole statement.
 */
export interface FunctionContext {
  /** Start of the statement: 100 ns ticks since 0001-01-01 UTC, and the server's offset from UTC in minutes. */
  readonly now: { readonly utcTicks: bigint; readonly offsetMinutes: number };
  readonly databaseName: string;
  readonly userName: string;
  readonly loginName: string;
  readonly originalLoginName: string;
  readonly applicationName: string;
  readonly hostName: string;
  readonly sessionId: number;
  readonly rowCount: bigint;
  readonly transactionCount: number;
  /** -1 doomed, 0 none, 1 active. */
  readonly transactionState: -1 | 0 | 1;
  readonly currentTransactionId: bigint | null;
  /** Only inside a CATCH block. */
  readonly caughtError: CaughtError | undefined;
  /** @@PROCID: object id of the running module, 0 in a batch. */
  readonly moduleId: number;
  readonly nestLevel: number;
  /** @@ERROR: number of the error of the statement before, 0 = none. */
  readonly lastErrorNumber: number;
  /** @@FETCH_STATUS: 0, -1, -2 or -9. */
  readonly fetchStatus: number;
  /** @@CURSOR_ROWS of the last cursor opened. */
  readonly cursorRows: number;
  /** SET LOCK_TIMEOUT in milliseconds, -1 = forever. */
  readonly lockTimeoutMs: number;
  /** @@OPTIONS: SET options as bits. */
  readonly setOptionBits: number;
  readonly textSize: number;
  /** @@SERVERNAME. */
  readonly serverName: string;
  /** @@VERSION. */
  readonly versionText: string;
  /** @@DBTS: the last rowversion of the database. */
  readonly lastRowVersion: bigint;
  /** SCOPE_IDENTITY(): last identity of this scope. */
  readonly scopeIdentity: bigint | null;
  /** @@IDENTITY: last identity of the session. */
  readonly lastIdentity: bigint | null;
  /** First day of the week, 1 (Monday) to 7 (Sunday, the default). */
  readonly dateFirst: number;
  /** SET DATEFORMAT and SET LANGUAGE. */
  readonly dates: DateSettings;
  /** Current identity of a table, null when it has none. */
  identityOf(tableName: string): bigint | null;
  databaseIdOf(name: string): number | null;
  databaseNameOf(id: number): string | null;
  /** @param typeCode `sys.objects.type`, for example `U`, `P`, `V`, `SQ`; absent = any */
  objectIdOf(name: string, typeCode?: string): number | null;
  /** @param databaseId absent = the current one */
  objectOf(
    id: number,
    databaseId?: number,
  ): { readonly name: string; readonly schemaId: number; readonly schema: string } | null;
  schemaIdOf(name: string): number | null;
  schemaNameOf(id: number): string | null;
  /** Schema of unqualified names. */
  readonly defaultSchema: string;
  principalIdOf(name: string): number | null;
  principalNameOf(id: number): string | null;
  loginIdOf(name: string): number | null;
  loginNameOf(id: number): string | null;
  /** SUSER_SNAME of a security identifier. */
  loginNameOfSid(sid: Uint8Array): string | null;
  typeIdOf(name: string): number | null;
  typeNameOf(id: number): string | null;
  columnOf(
    tableName: string | number,
    column: string | number,
  ): {
    readonly name: string;
    readonly type: SqlType;
    readonly nullable: boolean;
    readonly ordinal: number;
    readonly identity: boolean;
    readonly computed: boolean;
  } | null;
  /** SERVERPROPERTY; null for a property that SQL Server does not know. */
  serverProperty(name: string): SqlValue;
  databaseProperty(database: string, property: string): SqlValue;
  objectProperty(objectId: number, property: string): number | null;
  sessionContext(key: string): SqlValue;
  contextInfo(): Uint8Array | null;
  isRoleMember(role: string, principal?: string): number | null;
  isServerRoleMember(role: string, login?: string): number | null;
  /** COLUMNS_UPDATED(): a bit for each column that the statement set; null outside a trigger. */
  columnsUpdated(): Uint8Array | null;
  /** Triggers that run, or those of one; 0 outside. */
  triggerNestLevel(objectId?: number): number;
  /** Text of a module; null for another object, and where it may not be seen. */
  definitionOf(objectId: number): string | null;
  /** Why the last message of a conversation could not be delivered; empty when it was, null for an unknown handle. */
  transmissionStatus(handle: string): string | null;
  hasPermission(securable: string | null, securableClass: string | null, permission: string): number | null;
  /** The same for a column. NULL where it, its object, a class or the permission isn't one that there is. */
  hasColumnPermission(
    securable: string | null,
    securableClass: string | null,
    permission: string,
    column: string | null,
    columnClass: string | null,
  ): number | null;
}
