import type { SqlError } from '../../errors.ts';
import type { Language } from '../../languages.ts';
import type { Expression, Predicate } from '../../tsql/ast/expressions.ts';
import type { ObjectName } from '../../tsql/ast/nodes.ts';
import type { Batch } from '../../tsql/ast/statements.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { EmulatorServer } from '../emulator-server.ts';
import { compileCondition, compileScalar } from '../query/compile-statement.ts';
import type { IsolationLevel } from '../query/table-hints.ts';
import {
  columnRefusal,
  connectPermission,
  isChained,
  type ObjectAccess,
  serverPrefix,
} from '../security/object-access.ts';
import type { Securable } from '../security/securables.ts';
import { type Database, firstUserDatabaseId } from '../server/database.ts';
import { databaseForOne } from '../server/errors.ts';
import type { ConnectionFacts, ResultSink } from '../session-contract.ts';
import type { Transaction } from '../storage/transaction.ts';
import { dateTimeNow } from '../types/datetime.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { newSessionCursors, type SessionCursors } from './cursor-state.ts';
import { FrameContext } from './execution-context.ts';
import type { Impersonation } from './impersonation.ts';
import { parsedBatch } from './module-cache.ts';
import type { ModuleFrame } from './module-frame.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { ModuleEnvironment } from './query-environment.ts';
import {
  newSessionIdentities,
  newStatementState,
  type SessionIdentities,
  type StatementState,
} from './session-state.ts';
import { SessionTransactions } from './session-transactions.ts';
import { defaultSetOptions, type SetOptions } from './set-options.ts';
import { settingBits } from './statement-settings.ts';
import { TempProcedures } from './temp-procedures.ts';
import { type TempTableLookups, TempTables } from './temp-tables.ts';

/** What a session learned at login. */
export interface SessionIdentity {
  readonly login: string;
  /** Security identifier of the login. */
  readonly sid: string;
  readonly hostName: string;
  readonly applicationName: string;
  /** @default us_english */
  readonly language?: Language | undefined;
  /** The client's connection; a session of the server itself has none. */
  readonly connection?: ConnectionFacts | undefined;
}

export interface CachedPlan {
  readonly version: number;
  readonly database: Database;
  readonly defaultSchema: string;
  readonly isolation: IsolationLevel;
  readonly settings: number;
  readonly plan: unknown;
  /** Permissions that running it takes. */
  readonly accesses: readonly ObjectAccess[];
  /** Definitions of the session's temp tables that it was compiled with; such a plan belongs to one frame. */
  readonly tempTables: TempTableLookups;
  /** For whom they were last found to be there. */
  authorized?: { readonly user: string; readonly version: number; readonly owner: string | undefined };
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
  readonly tempProcedures: TempProcedures;
  readonly tempTables: TempTables;
  readonly cursors: SessionCursors = newSessionCursors();
  readonly identities: SessionIdentities = newSessionIdentities();
  readonly prepared = new PreparedStatements();
  readonly statement: StatementState = newStatementState();
  options: SetOptions;
  #database: Database;
  sink: ResultSink | undefined;
  contextInfo: Uint8Array | null = null;
  /** Users taken on by EXECUTE AS, innermost last. */
  readonly impersonated: Impersonation[] = [];
  #now: { readonly utcTicks: bigint; readonly offsetMinutes: number } | undefined;

  constructor(server: EmulatorServer, sessionId: number, identity: SessionIdentity, database: Database) {
    this.server = server;
    this.sessionId = sessionId;
    this.identity = identity;
    this.options = defaultSetOptions(identity.language);
    this.#database = database;
    this.tempTables = new TempTables(() => server.nextTempTableId());
    this.tempProcedures = new TempProcedures(server.sharedProcedures);
    this.transactions = new SessionTransactions(server, sessionId, () => this.options.isolation);
  }

  get database(): Database {
    return this.#database;
  }

  set database(database: Database) {
    this.#database = database;
    for (const listener of this.server.databaseLeft) listener();
  }

  /** Goes into another database. @throws {SqlError} 924 for one that is for one session, and has it */
  enter(database: Database): void {
    this.refuseTaken(database);
    this.database = database;
  }

  /** @throws {SqlError} 924 for a database that is for one session and has another one in it */
  refuseTaken(database: Database): void {
    if (!database.isForOne) return;
    if (this.server.sessionsIn(database).some(({ core }) => core !== this)) throw databaseForOne(database.name);
  }

  /** Whether everything is allowed. Under EXECUTE AS USER the rights of the login don't count. */
  get isSysadmin(): boolean {
    return this.impersonated.length === 0 && this.server.logins.isInRole(this.identity.login, 'sysadmin');
  }

  /** The database user in whose name statements run. */
  get userName(): string {
    return this.userIn(this.database) ?? 'guest';
  }

  /** The user that the session is in a database; `undefined` = it has no access to it. */
  userIn(database: Database): string | undefined {
    const impersonation = this.impersonated.at(-1);
    if (impersonation !== undefined) {
      if (impersonation.database === database) return impersonation.user;
      return database.databaseId < firstUserDatabaseId ? 'guest' : undefined;
    }
    if (this.isSysadmin) return 'dbo';
    return database.userOf({ name: this.identity.login, sid: this.identity.sid });
  }

  /** Whether the session's user holds a permission, regardless of the module that asks. */
  holds(permission: string, { database, path, owner }: Securable): boolean {
    const user = this.userIn(database);
    return user !== undefined && database.principals.allows(user, permission, path, owner);
  }

  /** Whether the session's user holds a permission on a column of a securable. */
  holdsOnColumn(permission: string, { database, path, owner }: Securable, column: string): boolean {
    const user = this.userIn(database);
    return user !== undefined && database.principals.allowsColumn(user, permission, path, nameKey(column), owner);
  }

  /** Whether the session's user sees a securable in catalog views. */
  sees({ database, path, owner }: Securable): boolean {
    const user = this.userIn(database);
    return user !== undefined && database.principals.sees(user, path, owner);
  }

  /** Whether the session holds a permission of the server; never under EXECUTE AS USER. */
  holdsOnServer(permission: string): boolean {
    return this.impersonated.length === 0 && this.server.logins.allows(this.identity.login, permission);
  }

  /**
   * Asks for the permissions that a statement takes.
   *
   * @throws {SqlError} 229 and others for the first that is missing
   */
  authorize(accesses: readonly ObjectAccess[], frame: ModuleFrame | undefined): void {
    for (const access of accesses) {
      const { permission, securable, chain, refusal, columns } = access;
      if (permission === connectPermission) {
        if (this.userIn(securable.database) === undefined) throw refusal();
        continue;
      }
      if (permission.startsWith(serverPrefix)) {
        if (!this.holdsOnServer(permission.slice(serverPrefix.length))) throw refusal();
        continue;
      }
      if (isChained(securable, chain ?? frame?.chain)) continue;
      if (columns !== undefined && securable.database.principals.hasColumnPermissions(securable.path[0] ?? '')) {
        const user = this.userIn(securable.database);
        const refused = user === undefined ? refusal() : columnRefusal(access, columns, user);
        if (refused !== undefined) throw refused;
        continue;
      }
      if (!this.holds(permission, securable)) throw refusal();
    }
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

  /** The syntax tree of a text, read by the session's SET QUOTED_IDENTIFIER. @param parameters declarations of sp_executesql */
  parse(text: string, parameters = ''): Batch {
    const { quotedIdentifier, ansiNulls } = this.options;
    return parsedBatch(text, { parameters, quotedIdentifier, ansiNulls });
  }

  /** How names are understood in a module. @param database where a table is whose expressions are compiled */
  environment(frame: ModuleFrame | undefined, database = this.database): ModuleEnvironment {
    return new ModuleEnvironment(this, frame, database, frame?.defaultSchema ?? this.defaultSchema);
  }

  /**
   * The plan of a syntax tree node, with the permissions that running it takes.
   *
   * @throws {SqlError} as {@link compiled}, or 229 and others for a permission that is missing
   */
  plan<T>(node: object, frame: ModuleFrame, compile: (environment: ModuleEnvironment) => T): T {
    const compiled = this.#compiled(node, frame, compile);
    this.#authorizePlan(compiled, frame);
    return compiled.plan as T;
  }

  /** Compiles a syntax tree node ahead of running it. @throws {SqlError} when names do not resolve or types do not fit */
  prepare(node: object, frame: ModuleFrame, compile: (environment: ModuleEnvironment) => unknown): void {
    this.#compiled(node, frame, compile);
  }

  /** Compiled when it is first run, and again when the catalog or a temp table that it uses has changed. */
  #compiled(node: object, frame: ModuleFrame, compile: (environment: ModuleEnvironment) => unknown): CachedPlan {
    const { database } = this;
    const { defaultSchema } = frame;
    const { version } = this.server.clock;
    const { isolation } = this.options;
    const settings = settingBits(this.options, frame.settings);
    const cached = plans.get(node) ?? frame.ownPlan(node);
    if (
      cached?.version === version &&
      cached.database === database &&
      cached.defaultSchema === defaultSchema &&
      cached.isolation === isolation &&
      cached.settings === settings &&
      this.tempTables.areStill(cached.tempTables)
    ) {
      return cached;
    }
    const environment = this.environment(frame);
    const plan = compile(environment);
    const { accesses, tempTables } = environment;
    const compiled: CachedPlan = { version, database, defaultSchema, isolation, settings, plan, accesses, tempTables };
    if (tempTables.size === 0) plans.set(node, compiled);
    else frame.keepOwnPlan(node, compiled);
    return compiled;
  }

  #authorizePlan(plan: CachedPlan, frame: ModuleFrame): void {
    if (plan.accesses.length === 0) return;
    const user = this.userName;
    const { version } = this.database.principals;
    const owner = frame.chain?.owner;
    const { authorized } = plan;
    if (authorized?.user === user && authorized.version === version && authorized.owner === owner) return;
    this.authorize(plan.accesses, frame);
    // Permissions of another database have a version of their own; those of the server belong to the login.
    const own = ({ permission, securable }: ObjectAccess): boolean =>
      securable.database === this.database && !permission.startsWith(serverPrefix);
    if (plan.accesses.every(own)) plan.authorized = { user, version, owner };
  }

  condition(predicate: Predicate, frame: ModuleFrame): boolean {
    const plan = this.plan(predicate, frame, (environment) => compileCondition(predicate, environment));
    return plan(this.context(frame));
  }

  scalar(expression: Expression, frame: ModuleFrame): { readonly type: SqlType; readonly value: SqlValue } {
    const plan = this.plan(expression, frame, (environment) => compileScalar(expression, environment));
    return { type: plan.type, value: plan.evaluate(this.context(frame)) };
  }

  /** Releases what the session holds on the server; called once. */
  sessionEnded(): void {
    this.server.applicationLocks.releaseSession(this.sessionId);
    this.tempTables.clear();
    this.tempProcedures.clear();
    for (const listener of this.server.databaseLeft) listener();
  }

  /** The name with the schema in which its object is to be made. */
  targetSchema(name: ObjectName, frame: ModuleFrame): string {
    return name.schema ?? frame.defaultSchema;
  }
}
