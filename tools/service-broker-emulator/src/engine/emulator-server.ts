import { randomBytes } from 'node:crypto';
import { BrokerInstance } from '../broker/broker-instance.ts';
import type { ServiceQueue } from '../broker/service-queue.ts';
import { unsupportedConstruct } from '../errors.ts';
import { findLanguage, type Language } from '../languages.ts';
import type { CatalogClock } from './catalog/catalog.ts';
import type { ModuleObject } from './catalog/catalog-object.ts';
import { cannotImpersonate } from './security/errors.ts';
import { ApplicationLocks } from './server/application-locks.ts';
import type { Database } from './server/database.ts';
import { Databases } from './server/databases.ts';
import { cannotOpenDatabase, newPasswordTooShort } from './server/errors.ts';
import { type LoginIdentity, Logins } from './server/logins.ts';
import type { ServerStorage } from './server/server-storage.ts';
import { firstSessionId } from './server/session-ids.ts';
import { type ActivatedTask, runActivatedProcedure } from './session/activation.ts';
import { hasLogin } from './session/impersonation.ts';
import { SqlSession } from './session/sql-session.ts';
import type { ConnectionFacts, Engine, EngineSession, LoginRequest } from './session-contract.ts';
import { DatabaseStore } from './storage/database-store.ts';
import { ObjectStore } from './storage/object-store.ts';
import type { CommitStore, Transaction } from './storage/transaction.ts';
import { TransactionManager } from './storage/transaction-manager.ts';

export interface EmulatorServerOptions {
  /** Folder for the durable store, or `:memory:`. */
  readonly data: string;
  readonly administratorPassword: string;
  readonly serverName: string;
  /** READ_COMMITTED_SNAPSHOT of new databases. @default false, as on SQL Server */
  readonly readCommittedSnapshot?: boolean | undefined;
  /** Most mebibytes of data; absent = as much as the disk holds. */
  readonly maxDataMb?: number | undefined;
  /** Called with every statement text that a client sends; absent = not logged. */
  readonly onSql?: (entry: { readonly sessionId: number; readonly text: string }) => void;
  /** Told what SQL Server would write to its error log; absent = not logged. */
  readonly onLog?: (line: string) => void;
}

/** @throws {SqlError} 40000 for a language that isn't in `sys.syslanguages` */
function requestedLanguage(name: string | undefined): Language | undefined {
  if (name === undefined || name === '') return undefined;
  const language = findLanguage(name);
  if (language === undefined) throw unsupportedConstruct(`a login with the language ${name}`, 0);
  return language;
}

/** The server: its store, databases, logins and sessions. */
export class EmulatorServer implements Engine, AsyncDisposable {
  readonly serverName: string;
  readonly startedAt = Date.now();
  readonly clock: CatalogClock = { version: 1 };
  readonly databases: Databases;
  readonly logins: Logins;
  readonly applicationLocks = new ApplicationLocks();
  readonly sessions = new Map<number, SqlSession>();
  /** Procedures named `##name`, in key form. */
  readonly sharedProcedures = new Map<string, ModuleObject>();
  /** Called whenever a session has left a database. */
  readonly databaseLeft = new Set<() => void>();
  readonly transactions: TransactionManager;
  readonly onSql: EmulatorServerOptions['onSql'];
  /** Activation procedures that run now. */
  readonly activatedTasks = new Set<ActivatedTask>();
  readonly #onLog: EmulatorServerOptions['onLog'];
  readonly #brokers: BrokerInstance;
  readonly #activations = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #store: DatabaseStore;
  #lastObjectId = 0;
  #tempTables = 0;

  constructor(options: EmulatorServerOptions) {
    this.serverName = options.serverName;
    this.onSql = options.onSql;
    this.#onLog = options.onLog;
    this.#store = new DatabaseStore({ location: options.data, maxDataMb: options.maxDataMb });
    this.transactions = new TransactionManager(this.#store);
    const objects = new ObjectStore(this.#store);
    const saved = objects.load();
    this.#lastObjectId = Math.max(
      0,
      ...saved.filter((object) => object.kind !== 'login').map((object) => object.objectId),
    );
    this.#brokers = new BrokerInstance({
      store: this.#store,
      transactions: this.transactions,
      persistent: options.data !== ':memory:',
      onActivation: (database, queue) => this.#activate(database, queue),
      serverName: options.serverName,
      maySend: (from, to) => this.#maySend(from, to),
      ownerProblem: (owner) => this.#ownerProblem(owner),
      onBackgroundError: (error) => this.log(error instanceof Error ? error.message : String(error)),
    });
    const storage: ServerStorage = {
      store: this.#store,
      objects,
      clock: this.clock,
      nextObjectId: (first) => {
        // Large, uneven steps: object ids of SQL Server are not consecutive either, and nobody should count on it.
        this.#lastObjectId = Math.max(this.#lastObjectId + 16, first);
        return this.#lastObjectId;
      },
      brokers: this.#brokers,
    };
    const logins = saved.filter((object) => object.kind === 'login').map((object) => object.definition);
    this.logins = new Logins(objects, options.administratorPassword, logins);
    const newOptions = options.readCommittedSnapshot === true ? { READ_COMMITTED_SNAPSHOT: 'ON' } : {};
    this.databases = new Databases(storage, () => this.beginTransaction(0), saved, newOptions);
    this.#store.dropUnusedStorage(this.databases.storageNames);
  }

  get store(): CommitStore {
    return this.#store;
  }

  /** Facts of the data folder that belong to no database. */
  get facts(): Pick<DatabaseStore, 'getMeta' | 'setMeta'> {
    return this.#store;
  }

  /** An object id for a temp table: negative, and below those of constraints. */
  nextTempTableId(): number {
    this.#tempTables = (this.#tempTables + 1) % 1_000_000;
    return -2_147_483_648 + this.#tempTables;
  }

  beginTransaction(sessionId: number): Transaction {
    return this.transactions.beginTransaction(sessionId);
  }

  async login(request: LoginRequest): Promise<EngineSession> {
    const login = this.logins.authenticate(request.userName, request.password);
    const wanted = request.database === '' ? (login.database ?? 'master') : request.database;
    const database = this.databases.find(wanted);
    const allowed =
      database !== undefined && (this.logins.isInRole(login.name, 'sysadmin') || database.userOf(login) !== undefined);
    const taken = database?.isForOne === true && this.sessionsIn(database).length > 0;
    if (database === undefined || !allowed || taken) {
      throw cannotOpenDatabase(wanted);
    }
    const language = requestedLanguage(request.language === '' ? login.language : request.language);
    if (request.newPassword !== undefined) this.#changePassword(login.name, request.newPassword);
    return this.openSession(login, database.name, request.hostName, request.applicationName, {
      connection: request.connection,
      language,
    });
  }

  #changePassword(login: string, password: string): void {
    if (password === '') throw newPasswordTooShort(login);
    const transaction = this.beginTransaction(0);
    this.logins.setPassword(transaction, login, password);
    transaction.commit(this.store);
  }

  /** A session that is already authenticated: a client's, or that of an activated procedure. */
  openSession(
    login: LoginIdentity,
    databaseName: string,
    hostName: string,
    applicationName: string,
    {
      connection,
      language,
    }: { readonly connection?: ConnectionFacts | undefined; readonly language?: Language | undefined } = {},
  ): SqlSession {
    let sessionId = firstSessionId;
    while (this.sessions.has(sessionId)) sessionId += 1;
    const session = new SqlSession(
      this,
      sessionId,
      { login: login.name, sid: login.sid, hostName, applicationName, connection, language },
      this.databases.require(databaseName),
    );
    this.sessions.set(sessionId, session);
    return session;
  }

  /** Leaves a database as RESTORE on another server does: the login of its owner isn't there, and its broker is off. */
  simulateRestore(name: string): void {
    const database = this.databases.require(name);
    const transaction = this.beginTransaction(0);
    this.databases.setOwner(transaction, database, randomBytes(16).toString('hex'));
    database.broker.setEnabled(transaction, false);
    transaction.commit(this.store);
  }

  /** Leaves a database with the identity that RESTORE of another one on the same server gives: that one's guid, broker off. */
  simulateCopy(name: string, original: string): void {
    const [copy, other] = [this.databases.require(name), this.databases.require(original)];
    const transaction = this.beginTransaction(0);
    copy.broker.takeIdentifierOf(transaction, other.broker);
    transaction.commit(this.store);
  }

  /** Sessions in a database, those of activated procedures too. */
  sessionsIn(database: Database): SqlSession[] {
    return [...this.sessions.values()].filter(({ core }) => core.database === database);
  }

  /** A line for what SQL Server would write to its error log. */
  log(line: string): void {
    this.#onLog?.(line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new Error('the server stops'));
    await Promise.all(this.#activations);
    for (const session of this.sessions.values()) await session[Symbol.asyncDispose]();
    this.#brokers[Symbol.dispose]();
    this.#store[Symbol.dispose]();
  }

  /** The owner of the initiating service needs SEND on the target service. */
  #maySend(from: { database: string; ownerId: number }, to: { database: string; service: string }): boolean {
    const home = this.databases.find(from.database);
    const target = this.databases.find(to.database);
    const owner = home?.principals.findById(from.ownerId);
    if (home === undefined || target === undefined || owner === undefined) return false;
    const targetOwner = target.principals.findById(target.broker.service(to.service)?.ownerId ?? -1)?.name;
    return target.principals.allows(owner.name, 'SEND', [`SERVICE:${to.service}`, 'DATABASE:'], targetOwner);
  }

  #ownerProblem({ database: name, ownerId }: { database: string; ownerId: number }): string | undefined {
    const database = this.databases.find(name);
    const owner = database?.principals.findById(ownerId)?.name;
    if (database === undefined || owner === undefined || hasLogin(database, this.logins, owner)) return undefined;
    const { number, state, message } = cannotImpersonate(owner);
    return `Error: ${number}, State: ${state}. ${message}`;
  }

  #activate(database: string, queue: ServiceQueue): void {
    const run = runActivatedProcedure(this, database, queue, this.#stopping.signal).catch((error: unknown) => {
      this.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
    this.#activations.add(run);
    void run.finally(() => this.#activations.delete(run));
  }
}
