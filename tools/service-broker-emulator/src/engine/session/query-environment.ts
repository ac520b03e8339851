import type { ObjectName, TypeReference } from '../../tsql/ast/nodes.ts';
import type { CreateViewStatement } from '../../tsql/ast/schema-statements.ts';
import { parseBatch } from '../../tsql/parse.ts';
import type { CatalogObject, ModuleObject, TableObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { ForeignKeyDefinition } from '../catalog/table-definition.ts';
import type {
  QueryEnvironment,
  ReferencingKey,
  ResolvedRelation,
  ScalarUserFunction,
  SequenceReference,
  TableRelation,
  TableUserFunction,
  TriggerEvent,
} from '../query/environment.ts';
import type { IsolationLevel } from '../query/table-hints.ts';
import type { Database } from '../server/database.ts';
import type { TableStore } from '../storage/table-store.ts';
import { queueRelation, receivedRelation, receivedRelationName } from '../system-views/queue-relation.ts';
import { findSystemView } from '../system-views/system-view.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { ModuleFrame } from './module-frame.ts';
import { databaseOf, findObject, resolveScalarType } from './name-resolution.ts';
import type { SessionCore } from './session-core.ts';
import { type FunctionPlace, scalarUserFunction, tableUserFunction } from './user-functions.ts';

function asTable(object: TableObject, database: Database): TableRelation {
  const triggers: TriggerEvent[] = database.triggerEvents(object);
  return {
    kind: 'table',
    database: database.name,
    definition: object.definition,
    local: false,
    store: () => object.store,
    ...(triggers.length > 0 ? { triggers } : {}),
  };
}

/** How names are understood where a module stands. Lives only while statements are compiled. */
export class ModuleEnvironment implements QueryEnvironment {
  readonly #session: SessionCore;
  readonly #frame: ModuleFrame | undefined;
  readonly #database: Database;
  readonly #defaultSchema: string;
  readonly #addedTables = new Map<string, TableStore>();
  /** Set when a name was resolved to something of this session alone, so that the plan must not be shared. */
  sessionBound = false;

  constructor(session: SessionCore, frame: ModuleFrame | undefined, database: Database, defaultSchema: string) {
    this.#session = session;
    this.#frame = frame;
    this.#database = database;
    this.#defaultSchema = defaultSchema;
  }

  get database(): string {
    return this.#database.name;
  }

  get isolation(): IsolationLevel {
    return this.#session.options.isolation;
  }

  relation(name: ObjectName): ResolvedRelation | undefined {
    const key = nameKey(name.name);
    if (name.name === receivedRelationName) return { kind: 'rows', relation: receivedRelation };
    if (key.startsWith('#')) return this.#tempTable(key);
    if (
      name.schema === undefined &&
      this.#frame?.triggerRows !== undefined &&
      (key === 'inserted' || key === 'deleted')
    ) {
      const rows = this.#frame.triggerRows[key];
      this.sessionBound = true;
      return { kind: 'table', database: this.database, definition: rows.definition, local: true, store: () => rows };
    }
    const database = databaseOf(name, this.#database, this.#session.server.databases);
    const object = findObject(name, database, this.#defaultSchema);
    if (object !== undefined) return this.#objectRelation(object, database);
    const view = findSystemView(name.schema, name.name);
    return view === undefined ? undefined : { kind: 'rows', relation: view.relation(database) };
  }

  /** Makes a table known under a name that is looked up like a table variable's. */
  addTable(name: string, store: TableStore): void {
    this.#addedTables.set(nameKey(name), store);
    this.sessionBound = true;
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

  tableFunction(name: ObjectName): TableUserFunction | undefined {
    const found = this.#function(name);
    return found === undefined ? undefined : tableUserFunction(found.object, this.#placeOf(found));
  }

  scalarFunction(name: ObjectName): ScalarUserFunction | undefined {
    const found = this.#function(name);
    return found === undefined ? undefined : scalarUserFunction(found.object, this.#placeOf(found));
  }

  variable(name: string): SqlType | undefined {
    return this.#frame?.declarations.scalars.get(nameKey(name));
  }

  dataType(reference: TypeReference): SqlType {
    return resolveScalarType(reference, this.#database, this.#defaultSchema).type;
  }

  sequence(name: ObjectName): SequenceReference | undefined {
    const database = databaseOf(name, this.#database, this.#session.server.databases);
    const object = findObject(name, database, this.#defaultSchema);
    if (object?.kind !== 'sequence') return undefined;
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
    const store = this.#session.findTempTable(key);
    this.sessionBound = true;
    if (store === undefined) return undefined;
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
        return asTable(object, database);
      case 'queue':
        return { kind: 'rows', relation: queueRelation(object, database) };
      case 'view':
        return this.#view(object, database);
      default:
        return undefined;
    }
  }

  #view(object: ModuleObject, database: Database): ResolvedRelation | undefined {
    const statement = parseBatch(object.text).statements.find(
      (candidate): candidate is CreateViewStatement => candidate.kind === 'createView',
    );
    if (statement === undefined) return undefined;
    return {
      kind: 'view',
      name: object.name,
      query: statement.query,
      environment: new ModuleEnvironment(this.#session, undefined, database, object.schema),
      ...(statement.columns === undefined ? {} : { columns: statement.columns }),
    };
  }

  #function(name: ObjectName): { readonly object: ModuleObject; readonly database: Database } | undefined {
    const database = databaseOf(name, this.#database, this.#session.server.databases);
    const object = name.schema === undefined ? undefined : findObject(name, database, this.#defaultSchema);
    return object?.kind === 'function' ? { object, database } : undefined;
  }

  #placeOf({ object, database }: { readonly object: ModuleObject; readonly database: Database }): FunctionPlace {
    const environment = new ModuleEnvironment(this.#session, undefined, database, object.schema);
    return { session: this.#session, database, environment };
  }
}
