import { loadConversations, ServiceBroker } from '../../broker/service-broker.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { StoredObject } from '../storage/object-store.ts';
import type { Transaction } from '../storage/transaction.ts';
import { Database, type DatabaseRecord, firstUserDatabaseId } from './database.ts';
import { cannotDropDatabase, cannotDropSystemDatabase, databaseExists, databaseNotFound } from './errors.ts';
import { administratorSid } from './logins.ts';
import type { ServerStorage } from './server-storage.ts';

const systemDatabases = ['master', 'tempdb', 'model', 'msdb'];

/** System databases whose broker is off. */
const brokerOff = new Set(['master', 'model']);

/** The databases of the server. */
export class Databases {
  readonly #databases = new Map<string, Database>();
  readonly #storage: ServerStorage;
  readonly #begin: () => Transaction;
  readonly #newOptions: Readonly<Record<string, string>>;

  /** @param newOptions options that a new database begins with, in place of SQL Server's defaults */
  constructor(
    storage: ServerStorage,
    begin: () => Transaction,
    saved: readonly StoredObject[],
    newOptions: Readonly<Record<string, string>> = {},
  ) {
    this.#storage = storage;
    this.#begin = begin;
    this.#newOptions = newOptions;
    const records = saved
      .filter((object) => object.kind === 'database')
      .map((object) => object.definition as DatabaseRecord)
      .sort((left, right) => left.databaseId - right.databaseId);
    const known = new Set(records.map((record) => record.databaseId));
    for (const [index, name] of systemDatabases.entries()) {
      if (!known.has(index + 1)) records.push({ databaseId: index + 1, name, createdAt: Date.now(), options: {} });
    }
    for (const record of records) {
      const own = saved.filter((object) => object.database === String(record.databaseId));
      const broker = ServiceBroker.open(storage.brokers, record.name) ?? this.#createSystemBroker(record.name);
      this.#databases.set(nameKey(record.name), new Database(record, storage, broker, own));
    }
    loadConversations(storage.brokers);
  }

  get all(): readonly Database[] {
    return [...this.#databases.values()].sort((left, right) => left.databaseId - right.databaseId);
  }

  /** Names of the row storage that tables of all databases use. */
  get storageNames(): Set<string> {
    return new Set(this.all.flatMap((database) => database.storageNames));
  }

  find(name: string): Database | undefined {
    return this.#databases.get(nameKey(name));
  }

  findById(databaseId: number): Database | undefined {
    return this.all.find((database) => database.databaseId === databaseId);
  }

  /** @throws {SqlError} 911 */
  require(name: string): Database {
    const database = this.find(name);
    if (database !== undefined) return database;
    throw databaseNotFound(name);
  }

  /**
   * @param ownerSid identifier of the login that makes it and so owns it
   * @throws {SqlError} 1801 when it exists
   */
  create(name: string, ownerSid: string = administratorSid, collation?: string): Database {
    if (this.find(name) !== undefined) {
      throw databaseExists(name);
    }
    const used = new Set(this.all.map((database) => database.databaseId));
    let databaseId = firstUserDatabaseId;
    while (used.has(databaseId)) databaseId += 1;
    const transaction = this.#begin();
    const broker = ServiceBroker.create(transaction, this.#storage.brokers, name);
    const options = { ...this.#newOptions, ...(collation === undefined ? {} : { COLLATION: collation }) };
    const database = new Database(
      { databaseId, name, createdAt: Date.now(), options, ownerSid },
      this.#storage,
      broker,
      [],
    );
    this.#save(transaction, database);
    transaction.commit(this.#storage.store);
    this.#databases.set(nameKey(name), database);
    this.#storage.clock.version += 1;
    return database;
  }

  /** @throws {SqlError} 3701, 3708 @throws {TransactionConflict} while another transaction holds something in it */
  drop(name: string): void {
    const database = this.find(name);
    if (database === undefined) {
      throw cannotDropDatabase(name);
    }
    if (database.databaseId < firstUserDatabaseId) {
      throw cannotDropSystemDatabase(name);
    }
    const transaction = this.#begin();
    try {
      database.broker.drop(transaction);
      for (const object of database.catalog.objects) if (object.kind === 'table') object.store.drop(transaction);
      for (const object of this.#storage.objects.load()) {
        if (object.database === String(database.databaseId)) this.#storage.objects.remove(transaction, object);
      }
    } catch (error) {
      transaction.rollback();
      throw error;
    }
    transaction.commit(this.#storage.store);
    this.#databases.delete(nameKey(name));
    this.#storage.clock.version += 1;
  }

  setOption(transaction: Transaction, database: Database, option: string, value: string): void {
    const before = database.options.get(option);
    database.options.set(option, value);
    // Plans depend on how the database is read.
    this.#storage.clock.version += 1;
    transaction.record(() => {
      this.#storage.clock.version += 1;
      if (before === undefined) database.options.delete(option);
      else database.options.set(option, before);
    });
    this.#save(transaction, database);
  }

  /** ALTER AUTHORIZATION ON DATABASE. */
  setOwner(transaction: Transaction, database: Database, ownerSid: string): void {
    const before = database.ownerSid;
    database.ownerSid = ownerSid;
    transaction.record(() => {
      database.ownerSid = before;
    });
    this.#save(transaction, database);
  }

  /** System databases have no record of their own: their brokers are made at the first start. */
  #createSystemBroker(name: string): ServiceBroker {
    const transaction = this.#begin();
    const broker = ServiceBroker.create(transaction, this.#storage.brokers, name);
    if (brokerOff.has(name)) broker.setEnabled(transaction, false);
    transaction.commit(this.#storage.store);
    return broker;
  }

  #save(transaction: Transaction, database: Database): void {
    const { databaseId, name, createdAt, ownerSid } = database;
    const options = Object.fromEntries(database.options);
    const record: DatabaseRecord = { databaseId, name, createdAt, options, ownerSid };
    this.#storage.objects.put(transaction, {
      database: String(databaseId),
      kind: 'database',
      schema: '',
      name: '',
      objectId: databaseId,
      definition: record,
    });
  }
}
