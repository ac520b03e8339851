import type { CreateViewStatement } from '../../tsql/ast/modules.ts';
import type { ObjectName, TypeReference } from '../../tsql/ast/nodes.ts';
import type { CatalogObject, ModuleObject, TableObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import { parseModuleText } from '../catalog/parsed-module.ts';
import type { ForeignKeyDefinition, TableDefinition } from '../catalog/table-definition.ts';
import { refuseDocumentedView } from '../documented/is-documented.ts';
import type {
  ExecutionContext,
  QueryEnvironment,
  ReferencingKey,
  ResolvedRelation,
  ScalarUserFunction,
  SequenceReference,
  StatementSettings,
  TablePermission,
  TableRelation,
  TableUserFunction,
  TriggerEvent,
} from '../query/environment.ts';
import type { IsolationLevel } from '../query/table-hints.ts';
import type { UsedColumns } from '../query/used-columns.ts';
import { noAccessToDatabase, permissionDenied, serverStateDenied } from '../security/errors.ts';
import {
  type AccessedColumns,
  connectPermission,
  type ObjectAccess,
  type OwnershipChain,
  serverPrefix,
} from '../security/object-access.ts';
import { databaseSecurable, objectSecurable, type Securable } from '../security/securables.ts';
import type { Database } from '../server/database.ts';
import type { TableStore } from '../storage/table-store.ts';
import { describeFunction } from '../system-views/describe-function.ts';
import { permissionFunction } from '../system-views/permission-function.ts';
import { propertyFunction } from '../system-views/property-views.ts';
import { queueRelation, receivedRelation, receivedRelationName } from '../system-views/queue-relation.ts';
import { findSqlView } from '../system-views/sql-views.ts';
import { findSystemView } from '../system-views/system-view.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import { tempTableInFunction, viewOnTempTable } from './errors.ts';
import type { ModuleFrame } from './module-frame.ts';
import { databaseOf, findObject, resolveScalarType } from './name-resolution.ts';
import type { SessionCore } from './session-core.ts';
import { settingsOf } from './statement-settings.ts';
import { type FunctionPlace, scalarUserFunction, tableUserFunction } from './user-functions.ts';

/** Triggers of a table or view, by when they run. */
function triggersOf(
  object: CatalogObject,
  database: Database,
  firing = 0,
): { readonly triggers?: readonly TriggerEvent[]; readonly insteadOf?: readonly TriggerEvent[] } {
  const { after, insteadOf } = database.triggerEvents(object, firing);
  return {
    ...(after.size > 0 ? { triggers: [...after] } : {}),
    ...(insteadOf.size > 0 ? { insteadOf: [...insteadOf] } : {}),
  };
}

/** @param firing id of the module whose statement this is */
function asTable(object: TableObject, database: Database, firing = 0): TableRelation {
  return {
    kind: 'table',
    database: database.name,
    definition: object.definition,
    local: false,
    readCommittedSnapshot: database.readCommittedSnapshot,
    allowSnapshotIsolation: database.allowSnapshotIsolation,
    store: () => object.store,
    securable: objectSecurable(database, object),
    ...triggersOf(object, database, firing),
  };
}

/** The names are asked for when the statement runs: it has been compiled then. */
function accessed(object: AccessedColumns['object'], used: UsedColumns): AccessedColumns {
  return {
    object: { name: object.name, schema: object.schema },
    get names() {
      return used.names;
    },
  };
}

function withoutTriggers({ triggers: _triggers, insteadOf: _insteadOf, ...table }: TableRelation): TableRelation {
  return table;
}

/** How names are understood where a module stands. Lives only while statements are compiled. */
export class ModuleEnvironment implements QueryEnvironment {
  readonly #session: SessionCore;
  readonly #frame: ModuleFrame | undefined;
  readonly #database: Database;
  readonly #defaultSchema: string;
  readonly #addedTables = new Map<string, TableStore>();
  /** Permissions that what was compiled takes. */
  readonly accesses: ObjectAccess[];
  readonly #chain: OwnershipChain | undefined;
  /** Temp tables of the session that were looked up: what was compiled with them must not be shared. */
  readonly tempTables = new Map<string, TableDefinition | undefined>();
  /** The module is compiled before it runs: temp tables that it makes itself are not there yet, whatever has their name. */
  ahead = false;
  /** No trigger of any table counts: a bulk load without FIRE_TRIGGERS. */
  withoutTriggers = false;
  /** Called with each parameter that nobody has declared; gives who learns its type. */
  onUndeclared: ((name: string) => (wanted: SqlType) => void) | undefined;

  /**
   * @param within the module that names are looked up in when it is another than that of the frame: a view, a function
   * or a table's expressions. What they use is asked for with the statement that they stand in.
   */
  constructor(
    session: SessionCore,
    frame: ModuleFrame | undefined,
    database: Database,
    defaultSchema: string,
    within?: { readonly accesses: ObjectAccess[]; readonly chain: OwnershipChain },
  ) {
    this.#session = session;
    this.#frame = frame;
    this.#database = database;
    this.#defaultSchema = defaultSchema;
    this.accesses = within?.accesses ?? [];
    this.#chain = within?.chain;
  }

  get database(): string {
    return this.#database.name;
  }

  get databaseCollation(): string | undefined {
    return this.#database.collation;
  }

  get settings(): StatementSettings {
    return settingsOf(this.#session.options, this.#frame?.settings);
  }

  get isolation(): IsolationLevel {
    return this.#session.options.isolation;
  }

  relation(
    name: ObjectName,
    uses: readonly TablePermission[] = [],
    columns?: UsedColumns,
  ): ResolvedRelation | undefined {
    const key = nameKey(name.name);
    if (name.name === receivedRelationName) return { kind: 'rows', relation: receivedRelation };
    if (key.startsWith('#')) {
      if (this.#frame === undefined) throw viewOnTempTable();
      if (this.#frame.isFunction) throw tempTableInFunction();
      return this.#tempTable(key);
    }
    if (
      name.schema === undefined &&
      this.#frame?.triggerRows !== undefined &&
      (key === 'inserted' || key === 'deleted')
    ) {
      const { definition } = this.#frame.triggerRows[key];
      const store = (context: ExecutionContext): TableStore => context.tableVariable(key);
      return { kind: 'table', database: this.database, definition, local: true, store };
    }
    // A database that isn't there makes the whole name an unknown one: 208, not 911.
    const { databases } = this.#session.server;
    if (name.database !== undefined && name.server === undefined && databases.find(name.database) === undefined) {
      return undefined;
    }
    const database = databaseOf(name, this.#database, databases);
    const object = findObject(name, database, this.#defaultSchema);
    if (object !== undefined) {
      const relation = this.#objectRelation(object, database);
      if (relation === undefined) return undefined;
      const shown = relation.kind === 'rows' ? undefined : columns;
      if (shown !== undefined && relation.kind === 'table') shown.columns = relation.definition.columns;
      for (const permission of uses) this.#require(permission, object, database, shown);
      return relation;
    }
    const view = findSystemView(name.schema, name.name);
    const query = view === undefined ? findSqlView(name.schema, name.name) : undefined;
    if (query !== undefined) {
      if (database !== this.#database) this.#enter(database);
      const environment = this.#within(database, 'sys', 'dbo', undefined);
      return { kind: 'view', schema: 'sys', name: name.name, query, environment };
    }
    if (view === undefined) {
      refuseDocumentedView(name);
      return undefined;
    }
    if (database !== this.#database) this.#enter(database);
    if (view.requires !== undefined) this.#requireOnServer(view.requires, database);
    return { kind: 'rows', relation: view.relation(database) };
  }

  uses({ securable, definition }: TableRelation, permission: TablePermission, columns?: UsedColumns): void {
    if (securable !== undefined) this.#requireOn(securable, permission, definition, columns);
  }

  attempt(): () => void {
    const { length } = this.accesses;
    return () => {
      this.accesses.length = length;
    };
  }

  inside({ securable }: TableRelation): ModuleEnvironment {
    if (securable?.owner === undefined) return this;
    return this.#within(securable.database, this.#defaultSchema, securable.owner, this.#frame);
  }

  /** Makes a table known under a name that is looked up like a table variable's. */
  addTable(name: string, store: TableStore): void {
    this.#addedTables.set(nameKey(name), store);
  }

  tableVariable(name: string): TableRelation | undefined {
    const added = this.#addedTables.get(nameKey(name));
    if (added !== undefined)
      return { kind: 'table', database: 'tempdb', definition: added.definition, local: true, store: () => added };
    const key = nameKey(name);
    const returned = this.#frame?.returnedTable;
    const definition = returned?.name === key ? returned.definition : this.#frame?.declarations.tables.get(key);
    if (definition === undefined) return undefined;
    return {
      kind: 'table',
      database: 'tempdb',
      definition,
      local: true,
      store: (context) => context.tableVariable(name),
    };
  }

  tableFunction(name: ObjectName, columns?: UsedColumns): TableUserFunction | undefined {
    if (nameKey(name.schema ?? '') === 'sys' && nameKey(name.name) === describeFunction.name) return describeFunction;
    const found = this.#function(name);
    if (found === undefined && /^(sys)?$/i.test(name.schema ?? '')) {
      const key = nameKey(name.name);
      if (key === permissionFunction.name) return permissionFunction;
      if (key === 'fn_listextendedproperty')
        return propertyFunction(databaseOf(name, this.#database, this.#session.server.databases));
    }
    if (found === undefined) {
      refuseDocumentedView(name);
      return undefined;
    }
    this.#require('SELECT', found.object, found.database, columns);
    return tableUserFunction(found.object, this.#placeOf(found));
  }

  scalarFunction(name: ObjectName): ScalarUserFunction | undefined {
    // Without its schema a scalar function is taken for a built-in one.
    if (name.schema === undefined) return undefined;
    const found = this.#function(name);
    if (found === undefined) return undefined;
    this.#require('EXECUTE', found.object, found.database);
    return scalarUserFunction(found.object, this.#placeOf(found));
  }

  variable(name: string): SqlType | undefined {
    return this.#frame?.declarations.scalars.get(nameKey(name))?.type;
  }

  undeclared(name: string): ((wanted: SqlType) => void) | undefined {
    return this.onUndeclared?.(name);
  }

  dataType(reference: TypeReference): SqlType {
    return resolveScalarType(reference, this.#database, this.#defaultSchema).type;
  }

  sequence(name: ObjectName): SequenceReference | undefined {
    const database = databaseOf(name, this.#database, this.#session.server.databases);
    const object = findObject(name, database, this.#defaultSchema);
    if (object?.kind !== 'sequence') return undefined;
    this.#require('UPDATE', object, database);
    const convert = compileConversion({ name: 'bigint' }, object.definition.type, { explicit: true });
    return { type: object.definition.type, next: () => convert(object.state.next()) };
  }

  referencingKeys(table: TableRelation): readonly ReferencingKey[] {
    const database = this.#session.server.databases.find(table.database);
    if (database === undefined || table.local) return [];
    const found: ReferencingKey[] = [];
    for (const object of database.catalog.objects) {
      if (object.kind !== 'table') continue;
      for (const key of object.definition.foreignKeys) {
        const points =
          nameKey(key.referencedTable) === nameKey(table.definition.name) &&
          nameKey(key.referencedSchema) === nameKey(table.definition.schema);
        if (points && key.enabled) found.push({ table: asTable(object, database), key });
      }
    }
    return found;
  }

  referencedTable(table: TableRelation, key: ForeignKeyDefinition): TableRelation | undefined {
    const database = this.#session.server.databases.find(table.database);
    const object = database?.catalog.find(key.referencedSchema, key.referencedTable);
    return database === undefined || object?.kind !== 'table' ? undefined : asTable(object, database);
  }

  #tempTable(key: string): ResolvedRelation | undefined {
    const store = this.#session.tempTables.find(key);
    this.tempTables.set(key, store?.definition);
    if (store === undefined) return undefined;
    if (this.ahead && this.#frame?.declarations.madeTempTables.has(key) === true) return undefined;
    return {
      kind: 'table',
      database: 'tempdb',
      definition: store.definition,
      local: true,
      store: (context) => context.tableVariable(key),
    };
  }

  #objectRelation(object: CatalogObject, database: Database): ResolvedRelation | undefined {
    switch (object.kind) {
      case 'table':
        return this.withoutTriggers
          ? withoutTriggers(asTable(object, database))
          : asTable(object, database, this.#frame?.moduleId);
      case 'queue':
        return { kind: 'rows', relation: queueRelation(object, database) };
      case 'view':
        return this.#view(object, database);
      default:
        return undefined;
    }
  }

  #view(object: ModuleObject, database: Database): ResolvedRelation | undefined {
    const statement = parseModuleText(object).statements.find(
      (candidate): candidate is CreateViewStatement => candidate.kind === 'createView',
    );
    if (statement === undefined) return undefined;
    const { insteadOf } = triggersOf(object, database, this.#frame?.moduleId);
    return {
      kind: 'view',
      schema: object.schema,
      name: object.name,
      ...(insteadOf === undefined ? {} : { insteadOf }),
      query: statement.query,
      environment: this.#within(database, object.schema, database.ownerOf(object.schema), undefined),
      ...(statement.columns === undefined ? {} : { columns: statement.columns }),
    };
  }

  #function(name: ObjectName): { readonly object: ModuleObject; readonly database: Database } | undefined {
    const database = databaseOf(name, this.#database, this.#session.server.databases);
    const object = findObject(name, database, this.#defaultSchema);
    return object?.kind === 'function' ? { object, database } : undefined;
  }

  #placeOf({ object, database }: { readonly object: ModuleObject; readonly database: Database }): FunctionPlace {
    const environment = this.#within(database, object.schema, database.ownerOf(object.schema), undefined);
    return { session: this.#session, database, environment };
  }

  /** Names inside a view, a function or a table's expressions. */
  #within(database: Database, schema: string, owner: string, frame: ModuleFrame | undefined): ModuleEnvironment {
    const chain = { database, owner };
    return new ModuleEnvironment(this.#session, frame, database, schema, { accesses: this.accesses, chain });
  }

  #require(permission: string, object: CatalogObject, database: Database, columns?: UsedColumns): void {
    this.#requireOn(objectSecurable(database, object), permission, object, columns);
  }

  #requireOn(
    securable: Securable,
    permission: string,
    object: { readonly name: string; readonly schema: string },
    used: UsedColumns | undefined,
  ): void {
    const { database } = securable;
    if (database !== this.#database) this.#enter(database);
    const refusal = () => permissionDenied(permission, object, database.name);
    const access = { permission, securable, chain: this.#chain, refusal };
    this.accesses.push(used === undefined ? access : { ...access, columns: accessed(object, used) });
  }

  #requireOnServer(permission: string, database: Database): void {
    const refusal = () => serverStateDenied(permission);
    this.accesses.push({
      permission: serverPrefix + permission,
      securable: databaseSecurable(database),
      chain: undefined,
      refusal,
    });
  }

  /** Another database takes a user there. */
  #enter(database: Database): void {
    this.#session.refuseTaken(database);
    const { login } = this.#session.identity;
    const refusal = () => noAccessToDatabase(login, database.name);
    this.accesses.push({
      permission: connectPermission,
      securable: databaseSecurable(database),
      chain: undefined,
      refusal,
    });
  }
}
