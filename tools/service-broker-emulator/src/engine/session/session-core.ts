import type { QueueRow } from '../../broker/receiving.ts';
import { SqlError } from '../../errors.ts';
import type { Expression, Predicate } from '../../tsql/ast/expressions.ts';
import type { ObjectName } from '../../tsql/ast/nodes.ts';
import type { InsertBulkStatement } from '../../tsql/ast/statements.ts';
import { nameKey } from '../catalog/name-key.ts';
import { compileCondition, compileScalar } from '../query/compile-statement.ts';
import type { IsolationLevel } from '../query/table-hints.ts';
import type { Database } from '../server/database.ts';
import type { EmulatorServer } from '../server/emulator-server.ts';
import type { ResultSink } from '../session-contract.ts';
import type { MemoryTable } from '../storage/memory-table.ts';
import type { Transaction } from '../storage/transaction.ts';
import { dateTimeNow } from '../types/datetime.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import type { CursorState } from './cursor-state.ts';
import { FrameContext } from './execution-context.ts';
import type { ModuleFrame } from './module-frame.ts';
import { ModuleEnvironment } from './query-environment.ts';
import { SessionTransactions } from './session-transactions.ts';
import { defaultSetOptions, type SetOptions } from './set-options.ts';

/** What a session was told at login. */
export interface SessionIdentity {
  readonly login: string;
  readonly hostName: string;
  readonly applicationName: string;
}

/** A statement prepared by sp_prepare or sp_prepexec. */
export interface PreparedStatement {
  readonly text: string;
  readonly parameters: string;
}

interface CachedPlan {
  readonly version: number;
  readonly database: Database;
  readonly defaultSchema: string;
  readonly isolation: IsolationLevel;
  readonly plan: unknown;
}

/** Plans by syntax tree node. Trees are shared by all sessions that send the same text, so their plans are too. */
const plans = new WeakMap<object, CachedPlan>();

/** The state of one session that outlives its requests, and the way from syntax tree to plan. */
export class SessionCore {
  readonly server: EmulatorServer;
  readonly sessionId: number;
  readonly identity: SessionIdentity;
  readonly transactions: SessionTransactions;
  readonly loginTime = Date.now();
  /** Errors already reported or handed on, so that enclosing statements leave them alone. */
  readonly handled = new WeakSet<SqlError>();
  /** In which module a name could not be resolved: a TRY block of that module does not catch the error. */
  readonly resolutionFrames = new WeakMap<SqlError, ModuleFrame>();
  readonly sessionContext = new Map<
    string,
    { readonly type: SqlType; readonly value: SqlValue; readonly readOnly: boolean }
  >();
  readonly #tempTables = new Map<string, MemoryTable>();
  options: SetOptions = defaultSetOptions();
  database: Database;
  sink: ResultSink | undefined;
  lastError = 0;
  rowCount = 0n;
  /** @@FETCH_STATUS and @@CURSOR_ROWS. */
  fetchStatus = 0;
  cursorRows = 0;
  readonly globalCursors = new Map<string, CursorState>();
  lastIdentity: bigint | null = null;
  contextInfo: Uint8Array | null = null;
  identityInsertTable: { readonly schema: string; readonly name: string } | undefined;
  /** What the session waits for, as `sys.dm_exec_requests.wait_type` names it; absent = it does not wait. */
  waitType: string | undefined;
  /** Messages that the RECEIVE being run has taken. */
  received: readonly QueueRow[] = [];
  /** Table that INSERT BULK announced rows for. */
  bulkTarget: InsertBulkStatement | undefined;
  /** Prepared statements by handle. */
  readonly prepared = new Map<number, PreparedStatement>();
  lastHandle = 0;
  /** Users taken on by EXECUTE AS, innermost last. */
  readonly impersonated: string[] = [];
  #now: { readonly utcTicks: bigint; readonly offsetMinutes: number } | undefined;

  constructor(server: EmulatorServer, sessionId: number, identity: SessionIdentity, database: Database) {
    this.server = server;
    this.sessionId = sessionId;
    this.identity = identity;
    this.database = database;
    this.transactions = new SessionTransactions(server, sessionId);
  }

  /** The database user in whose name statements run. */
  get userName(): string {
    return this.impersonated.at(-1) ?? this.database.userOf(this.identity.login);
  }

  get defaultSchema(): string {
    return this.database.principals.find(this.userName)?.defaultSchema ?? 'dbo';
  }

  /** The time that one statement sees. */
  get now(): { readonly utcTicks: bigint; readonly offsetMinutes: number } {
    this.#now ??= dateTimeNow();
    return this.#now;
  }

  beginStatement(): void {
    this.#now = undefined;
  }

  transactionForWriting(): Transaction {
    if (this.options.implicitTransactions && this.transactions.explicit === undefined && this.sink !== undefined) {
      this.transactions.begin(this.sink);
    }
    return this.transactions.forWriting();
  }

  context(frame: ModuleFrame): FrameContext {
    frame.context ??= new FrameContext(this, frame);
    return frame.context;
  }

  environment(frame: ModuleFrame | undefined): ModuleEnvironment {
    return new ModuleEnvironment(this, frame, this.database, frame?.defaultSchema ?? this.defaultSchema);
  }

  /** The plan of a syntax tree node: compiled when it is first run and again when the catalog has changed. */
  plan<T>(node: object, frame: ModuleFrame, compile: (environment: ModuleEnvironment) => T): T {
    const { database } = this;
    const { defaultSchema } = frame;
    const { version } = this.server.clock;
    const cached = plans.get(node);
    const { isolation } = this.options;
    if (
      cached?.version === version &&
      cached.database === database &&
      cached.defaultSchema === defaultSchema &&
      cached.isolation === isolation
    ) {
      return cached.plan as T;
    }
    const environment = this.environment(frame);
    const plan = compile(environment);
    if (!environment.sessionBound) plans.set(node, { version, database, defaultSchema, isolation, plan });
    return plan;
  }

  condition(predicate: Predicate, frame: ModuleFrame): boolean {
    const plan = this.plan(predicate, frame, (environment) => compileCondition(predicate, environment));
    return plan(this.context(frame));
  }

  scalar(expression: Expression, frame: ModuleFrame): { readonly type: SqlType; readonly value: SqlValue } {
    const plan = this.plan(expression, frame, (environment) => compileScalar(expression, environment));
    return { type: plan.type, value: plan.evaluate(this.context(frame)) };
  }

  /** @throws {SqlError} 2714 when the session has a temp table of that name */
  addTempTable(name: string, store: MemoryTable): void {
    const key = nameKey(name);
    if (this.#tempTables.has(key))
      throw new SqlError(`There is already an object named '${name}' in the database.`, { number: 2714, state: 6 });
    this.#tempTables.set(key, store);
  }

  findTempTable(name: string): MemoryTable | undefined {
    return this.#tempTables.get(nameKey(name));
  }

  /** @throws {SqlError} 208 when there is none */
  tempTable(name: string): MemoryTable {
    const store = this.findTempTable(name);
    if (store === undefined) throw new SqlError(`Invalid object name '${name}'.`, { number: 208 });
    return store;
  }

  /** ALTER TABLE and CREATE INDEX: the same temp table in another shape. */
  replaceTempTable(name: string, store: MemoryTable): void {
    this.#tempTables.set(nameKey(name), store);
  }

  dropTempTable(name: string): boolean {
    return this.#tempTables.delete(nameKey(name));
  }

  clearTempTables(): void {
    this.#tempTables.clear();
  }

  /** Releases what the session holds on the server; called once. */
  sessionEnded(): void {
    this.server.applicationLocks.releaseSession(this.sessionId);
    this.clearTempTables();
  }

  /** Checks a permission of the session's user. Inside modules ownership chaining makes the check unnecessary. */
  requirePermission(permission: string, securables: readonly string[], refusal: () => SqlError): void {
    if (!this.database.principals.allows(this.userName, permission, securables)) throw refusal();
  }

  /** The name with the schema in which its object is to be made. */
  targetSchema(name: ObjectName, frame: ModuleFrame): string {
    return name.schema ?? frame.defaultSchema;
  }
}
