import type { ServiceBroker } from '../../broker/service-broker.ts';
import { Catalog } from '../catalog/catalog.ts';
import type {
  CatalogObject,
  ModuleObject,
  SequenceDefinition,
  SequenceObject,
  TableObject,
  TypeObject,
} from '../catalog/catalog-object.ts';
import { constraintNames } from '../catalog/constraint-names.ts';
import { ExtendedProperties, type ExtendedProperty } from '../catalog/extended-properties.ts';
import { nameKey, objectKey } from '../catalog/name-key.ts';
import { parsedTrigger } from '../catalog/parsed-module.ts';
import { partId } from '../catalog/part-id.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import type { TriggerEvent } from '../query/environment.ts';
import { compileIndexFilters } from '../query/index-filter.ts';
import { Principals, type PrincipalsSnapshot } from '../security/principals.ts';
import { DurableTable, type DurableTableOptions } from '../storage/durable-table.ts';
import type { StoredObject } from '../storage/object-store.ts';
import { Sequence } from '../storage/sequence.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { administratorSid, type LoginIdentity } from './logins.ts';
import type { ServerStorage } from './server-storage.ts';

/** What is saved of a database itself. */
export interface DatabaseRecord {
  readonly databaseId: number;
  readonly name: string;
  readonly createdAt: number;
  readonly options: Readonly<Record<string, string>>;
  /** Identifier of the login that owns it. @default that of `sa` */
  readonly ownerSid?: string;
}

/** What is saved of a queue besides what the broker saves. */
interface QueueDates {
  readonly createdAt: number;
  readonly modifiedAt: number;
}

type SavedModule = Omit<ModuleObject, 'schema' | 'name' | 'objectId'>;

/** Databases with lower ids are the server's own. */
export const firstUserDatabaseId = 5;

/** Lower object ids belong to SQL Server's own objects. */
const firstObjectId = 100_000_001;

/** One database: catalog, principals, Service Broker, and the storage of its tables. */
export class Database {
  readonly databaseId: number;
  readonly name: string;
  readonly createdAt: number;
  readonly options: Map<string, string>;
  /** Identifier of the login that is dbo here. */
  ownerSid: string;
  readonly catalog: Catalog;
  readonly principals: Principals;
  readonly properties: ExtendedProperties;
  readonly broker: ServiceBroker;
  readonly #storage: ServerStorage;
  /** Triggers by table, as of a version of the catalogs. */
  #triggers: { readonly version: number; readonly byParent: ReadonlyMap<string, readonly ModuleObject[]> } | undefined;
  #rowVersion: bigint;

  constructor(record: DatabaseRecord, storage: ServerStorage, broker: ServiceBroker, saved: readonly StoredObject[]) {
    this.databaseId = record.databaseId;
    this.name = record.name;
    this.createdAt = record.createdAt;
    this.options = new Map(Object.entries(record.options));
    this.ownerSid = record.ownerSid ?? administratorSid;
    this.#storage = storage;
    this.catalog = new Catalog(storage.clock, {
      objectChanged: (transaction, object, removed) => this.#saveObject(transaction, object, removed),
      typeChanged: (transaction, type, removed) => this.#saveType(transaction, type, removed),
      schemaChanged: (transaction, schema, removed) =>
        this.#save(transaction, 'schema', '', schema.name, schema.schemaId, schema, removed),
    });
    const principals = saved.find((object) => object.kind === 'principals')?.definition as
      | PrincipalsSnapshot
      | undefined;
    this.principals = new Principals(principals, (transaction) =>
      this.#save(transaction, 'principals', '', '', 0, this.principals.snapshot, false),
    );
    this.properties = new ExtendedProperties((transaction, { name, ...property }, removed) => {
      const address = [property.class, property.major, property.minor].join('.');
      this.#save(transaction, 'property', address, name, property.major, property, removed);
    });
    for (const object of saved) this.#restore(object);
    this.broker = broker;
    const queueDates = new Map(
      saved.filter((object) => object.kind === 'queue').map((object) => [object.objectId, object.definition]),
    );
    for (const queue of broker.queues) {
      const { objectId, schema, name } = queue;
      // SQL Server's own queues have no record: they are as old as the database.
      const dates = queueDates.get(objectId) as QueueDates | undefined;
      const { createdAt, modifiedAt } = dates ?? { createdAt: record.createdAt, modifiedAt: record.createdAt };
      this.catalog.restore({ kind: 'queue', objectId, schema, name, createdAt, modifiedAt });
    }
    // 2000 is where a fresh database of SQL Server starts too. Time keeps values growing across restarts.
    this.#rowVersion = BigInt(Date.now()) * 1000n;
  }

  /** READ COMMITTED reads the last committed version of a row instead of waiting for it. */
  /** SET SINGLE_USER: one session at a time. */
  get isForOne(): boolean {
    return this.options.get('USER_ACCESS') === 'SINGLE_USER';
  }

  get readCommittedSnapshot(): boolean {
    return this.options.get('READ_COMMITTED_SNAPSHOT') === 'ON';
  }

  /** Collation of what names none; absent where it is the server's. */
  get collation(): string | undefined {
    return this.options.get('COLLATION');
  }

  get allowSnapshotIsolation(): boolean {
    return this.options.get('ALLOW_SNAPSHOT_ISOLATION') === 'ON';
  }

  /** The database user of a login that isn't a sysadmin; `undefined` = it has none. */
  userOf(login: LoginIdentity): string | undefined {
    if (login.sid === this.ownerSid) return 'dbo';
    const user = this.principals.userOfLogin(login)?.name;
    // Everybody may use the system databases as guest.
    return user ?? (this.databaseId < firstUserDatabaseId ? 'guest' : undefined);
  }

  /** Who owns the objects of a schema. */
  ownerOf(schema: string): string {
    return this.catalog.findSchema(schema)?.owner ?? 'dbo';
  }

  /** @@DBTS. */
  get lastRowVersion(): bigint {
    return this.#rowVersion;
  }

  nextRowVersion(): Uint8Array {
    this.#rowVersion += 1n;
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(this.#rowVersion);
    return bytes;
  }

  /** Makes a table and its storage. @throws {SqlError} 2714 when the name is taken */
  createTable(transaction: Transaction, definition: TableDefinition): TableObject {
    const objectId = this.nextObjectId();
    const now = Date.now();
    const table: TableObject = {
      kind: 'table',
      objectId,
      schema: definition.schema,
      name: definition.name,
      createdAt: now,
      modifiedAt: now,
      definition,
      store: DurableTable.create(transaction, this.#tableOptions(this.#storageName(objectId), definition)),
    };
    this.catalog.add(transaction, table);
    return table;
  }

  /** Names of the row storage that its tables use. */
  get storageNames(): string[] {
    return [...this.catalog.objects].flatMap((object) => (object.kind === 'table' ? [object.store.storageName] : []));
  }

  /**
   * ALTER TABLE and the index statements: the same rows in another shape.
   *
   * @param definition with the columns and indexes of the old one themselves where neither has changed
   */
  rebuildTable(
    transaction: Transaction,
    table: TableObject,
    definition: TableDefinition,
    mapRow: (row: SqlRow) => SqlRow,
  ): TableObject {
    const modifiedAt = Date.now();
    this.#forgetPropertiesOfParts(transaction, table, definition);
    const { columns, indexes, name, schema } = table.definition;
    const kept = new Set(definition.columns.map((column) => nameKey(column.name)));
    this.principals.forgetColumns(transaction, `OBJECT:${objectKey(definition.schema, definition.name)}`, kept);
    const isInPlace = definition.name === name && definition.schema === schema;
    if (isInPlace && definition.columns === columns && definition.indexes === indexes) {
      // Only rules of rows have changed, as by NOCHECK CONSTRAINT: the rows stay where they are.
      table.store.lockShape(transaction);
      const changed = { ...table, definition, modifiedAt };
      this.catalog.replace(transaction, table, changed);
      return changed;
    }
    // Storage names are never used again: the old storage lives until the change commits.
    const storageName = this.#storageName(this.nextObjectId());
    const { store: _store, ...options } = this.#tableOptions(storageName, definition);
    const rebuilt = { ...table, definition, store: table.store.rebuild(transaction, options, mapRow), modifiedAt };
    this.catalog.replace(transaction, table, rebuilt);
    return rebuilt;
  }

  createSequence(
    transaction: Transaction,
    schema: string,
    name: string,
    definition: SequenceDefinition,
  ): SequenceObject {
    const objectId = this.nextObjectId();
    const now = Date.now();
    const state = Sequence.open(this.#storage.store, this.#storageName(objectId), name, definition);
    const sequence: SequenceObject = {
      kind: 'sequence',
      objectId,
      schema,
      name,
      createdAt: now,
      modifiedAt: now,
      definition,
      state,
    };
    this.catalog.add(transaction, sequence);
    return sequence;
  }

  nextObjectId(): number {
    return this.#storage.nextObjectId(firstObjectId);
  }

  /** The triggers of a table or view, disabled ones too, in the order in which they were made. */
  triggersOn({ schema, name }: Pick<CatalogObject, 'schema' | 'name'>): readonly ModuleObject[] {
    const { version } = this.#storage.clock;
    if (this.#triggers?.version !== version) {
      const byParent = new Map<string, ModuleObject[]>();
      for (const object of this.catalog.objects) {
        if (object.kind !== 'trigger' || object.parent === undefined) continue;
        const key = objectKey(object.parent.schema, object.parent.name);
        const known = byParent.get(key);
        if (known === undefined) byParent.set(key, [object]);
        else known.push(object);
      }
      this.#triggers = { version, byParent };
    }
    return this.#triggers.byParent.get(objectKey(schema, name)) ?? [];
  }

  /**
   * Events of the enabled triggers of a table or view, by when they run.
   *
   * @param firing id of a trigger whose own statements these are: an INSTEAD OF trigger does not take its own place
   */
  triggerEvents(
    owner: Pick<CatalogObject, 'schema' | 'name'>,
    firing = 0,
  ): Readonly<Record<'after' | 'insteadOf', ReadonlySet<TriggerEvent>>> {
    const found = { after: new Set<TriggerEvent>(), insteadOf: new Set<TriggerEvent>() };
    for (const trigger of this.triggersOn(owner)) {
      const { timing, events } = parsedTrigger(trigger);
      if (!trigger.enabled || (timing === 'insteadOf' && trigger.objectId === firing)) continue;
      for (const event of events) found[timing].add(event);
    }
    return found;
  }

  /** Columns, indexes and constraints that a table has no longer take their extended properties along. */
  #forgetPropertiesOfParts(transaction: Transaction, table: TableObject, definition: TableDefinition): void {
    const columns = new Set(definition.columns.map((column) => nameKey(column.name)));
    const indexes = new Set(definition.indexes.map((index) => nameKey(index.name)));
    const kept = new Set(constraintNames(definition));
    const gone = constraintNames(table.definition).filter((name) => !kept.has(name));
    const constraints = new Set(gone.map((name) => partId(table.schema, name)));
    this.properties.forget(transaction, (owner) => {
      if (owner.major !== table.objectId) return owner.class === 1 && constraints.has(owner.major);
      if (owner.minor === '') return false;
      if (owner.class === 1) return !columns.has(nameKey(owner.minor));
      return owner.class === 7 && !indexes.has(nameKey(owner.minor));
    });
  }

  #tableOptions(storageName: string, definition: TableDefinition): DurableTableOptions {
    const filters = compileIndexFilters(definition);
    return { store: this.#storage.store, storageName, definition, database: this.name, filters };
  }

  #storageName(objectId: number): string {
    return `${this.databaseId}_${objectId}`;
  }

  #saveObject(transaction: Transaction, object: CatalogObject, removed: boolean): void {
    switch (object.kind) {
      case 'table': {
        const { definition, createdAt, modifiedAt, store } = object;
        const saved = { definition, createdAt, modifiedAt, storageName: store.storageName };
        this.#save(transaction, 'table', object.schema, object.name, object.objectId, saved, removed);
        return;
      }
      case 'sequence': {
        const { definition, createdAt, modifiedAt } = object;
        this.#save(
          transaction,
          'sequence',
          object.schema,
          object.name,
          object.objectId,
          { definition, createdAt, modifiedAt },
          removed,
        );
        return;
      }
      case 'queue': {
        // The broker keeps queues itself. Kept here are their dates, and their ids, which must never be given again.
        const { createdAt, modifiedAt } = object;
        const dates: QueueDates = { createdAt, modifiedAt };
        this.#save(transaction, 'queue', object.schema, object.name, object.objectId, dates, removed);
        return;
      }
      default: {
        const { schema, name, objectId, ...saved } = object;
        this.#save(transaction, 'module', schema, name, objectId, saved, removed);
      }
    }
  }

  #saveType(transaction: Transaction, type: TypeObject, removed: boolean): void {
    const { schema, name, objectId, ...saved } = type;
    this.#save(transaction, 'type', schema, name, objectId, saved, removed);
  }

  #save(
    transaction: Transaction,
    kind: string,
    schema: string,
    name: string,
    objectId: number,
    definition: unknown,
    removed: boolean,
  ): void {
    transaction.changedDatabases.add(this.name);
    const address = { database: String(this.databaseId), kind, schema: nameKey(schema), name: nameKey(name) };
    if (removed) this.#storage.objects.remove(transaction, address);
    else
      this.#storage.objects.put(transaction, {
        ...address,
        objectId,
        definition: { schema, name, ...(definition as object) },
      });
  }

  #restore(saved: StoredObject): void {
    const { objectId } = saved;
    const definition = saved.definition as { readonly schema: string; readonly name: string };
    switch (saved.kind) {
      case 'table': {
        const { storageName, ...table } = definition as typeof definition &
          Pick<TableObject, 'definition' | 'createdAt' | 'modifiedAt'> & { readonly storageName: string };
        const store = DurableTable.open(this.#tableOptions(storageName, table.definition));
        this.catalog.restore({ ...table, kind: 'table', objectId, store });
        return;
      }
      case 'sequence': {
        const sequence = definition as typeof definition &
          Pick<SequenceObject, 'definition' | 'createdAt' | 'modifiedAt'>;
        const state = Sequence.open(
          this.#storage.store,
          this.#storageName(objectId),
          definition.name,
          sequence.definition,
        );
        this.catalog.restore({ ...sequence, kind: 'sequence', objectId, state });
        return;
      }
      case 'module':
        this.catalog.restore({ ...(definition as typeof definition & SavedModule), objectId });
        return;
      case 'type':
        this.catalog.restoreType({ ...(definition as unknown as TypeObject), objectId });
        return;
      case 'property': {
        const { schema: _address, ...property } = definition as typeof definition & ExtendedProperty;
        this.properties.restore(property);
        return;
      }
      case 'schema':
        this.catalog.restoreSchema(definition as unknown as Parameters<Catalog['restoreSchema']>[0]);
        return;
      default:
        return;
    }
  }
}
