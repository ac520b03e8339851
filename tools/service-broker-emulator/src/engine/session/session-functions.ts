import type { ObjectName } from '../../tsql/ast/nodes.ts';
import type { CatalogObject } from '../catalog/catalog-object.ts';
import { constraintTypeCode } from '../catalog/constraint-names.ts';
import { nameKey } from '../catalog/name-key.ts';
import { partId } from '../catalog/part-id.ts';
import type { TableColumn } from '../catalog/table-definition.ts';
import type { CaughtError, FunctionContext } from '../functions/function-context.ts';
import type { RelationColumn } from '../query/environment.ts';
import { columnPermissions } from '../security/permission-codes.ts';
import { databaseSecurable, objectSecurable } from '../security/securables.ts';
import type { Database } from '../server/database.ts';
import { serverRoles } from '../server/logins.ts';
import { objectTypeCode } from '../system-views/object-types.ts';
import { objectColumns, relationColumns } from '../system-views/relation-columns.ts';
import { findSystemView } from '../system-views/system-view.ts';
import { builtInTypeId, builtInTypeName } from '../system-views/type-ids.ts';
import { seesObject } from '../system-views/visible.ts';
import type { DateSettings } from '../types/date-settings.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { heldPermissions, holdsNamed, type NamedSecurable, namedSecurable } from './held-permissions.ts';
import type { ModuleFrame } from './module-frame.ts';
import { findObject, parseObjectName } from './name-resolution.ts';
import { constraintProperty, namedObject } from './named-object.ts';
import { databaseProperty, serverProperty, versionText } from './server-properties.ts';
import type { SessionCore } from './session-core.ts';
import { setOptionBits } from './set-options.ts';

/** What built-in functions see of a session and of the module they are called in. */
export class SessionFunctions implements FunctionContext {
  readonly #session: SessionCore;
  readonly #frame: ModuleFrame;

  constructor(session: SessionCore, frame: ModuleFrame) {
    this.#session = session;
    this.#frame = frame;
  }

  get now(): { readonly utcTicks: bigint; readonly offsetMinutes: number } {
    return this.#session.now;
  }

  get databaseName(): string {
    return this.#session.database.name;
  }

  get userName(): string {
    return this.#session.userName;
  }

  get loginName(): string {
    return this.#session.identity.login;
  }

  get originalLoginName(): string {
    return this.#session.identity.login;
  }

  get applicationName(): string {
    return this.#session.identity.applicationName;
  }

  get hostName(): string {
    return this.#session.identity.hostName;
  }

  get sessionId(): number {
    return this.#session.sessionId;
  }

  get rowCount(): bigint {
    return this.#session.statement.rowCount;
  }

  get lastErrorNumber(): number {
    return this.#session.statement.error;
  }

  get fetchStatus(): number {
    return this.#session.cursors.fetchStatus;
  }

  get cursorRows(): number {
    return this.#session.cursors.rowCount;
  }

  get serverName(): string {
    return this.#session.server.serverName;
  }

  get lockTimeoutMs(): number {
    return this.#session.options.lockTimeout;
  }

  get textSize(): number {
    return this.#session.options.textSize;
  }

  get setOptionBits(): number {
    return setOptionBits(this.#session.options);
  }

  get versionText(): string {
    return versionText;
  }

  get lastRowVersion(): bigint {
    return this.#session.database.lastRowVersion;
  }

  get transactionCount(): number {
    return this.#session.transactions.count;
  }

  get transactionState(): -1 | 0 | 1 {
    return this.#session.transactions.state;
  }

  get currentTransactionId(): bigint | null {
    return this.#session.transactions.current?.id ?? null;
  }

  get caughtError(): CaughtError | undefined {
    for (let frame: ModuleFrame | undefined = this.#frame; frame !== undefined; frame = frame.outer) {
      const caught = frame.caught.at(-1);
      if (caught !== undefined) return caught;
    }
    return undefined;
  }

  columnsUpdated(): Uint8Array | null {
    const rows = this.#frame.triggerRows;
    if (rows === undefined) return null;
    const bytes = new Uint8Array(Math.ceil(rows.inserted.definition.columns.length / 8));
    for (const ordinal of rows.updatedColumns) {
      const at = ordinal >> 3;
      bytes[at] = (bytes[at] ?? 0) | (1 << (ordinal & 7));
    }
    return bytes;
  }

  triggerNestLevel(objectId?: number): number {
    let level = 0;
    for (let frame: ModuleFrame | undefined = this.#frame; frame !== undefined; frame = frame.outer) {
      if (frame.triggerRows === undefined) continue;
      if (objectId === undefined || objectId === 0 || frame.moduleId === objectId) level += 1;
    }
    return level;
  }

  definitionOf(objectId: number): string | null {
    const { database } = this.#session;
    const object = database.catalog.findById(objectId);
    if (object === undefined || !('text' in object)) return null;
    return this.#session.holds('VIEW DEFINITION', objectSecurable(database, object)) ? object.text : null;
  }

  transmissionStatus(handle: string): string | null {
    return this.#session.database.broker.transmissionStatusOf(handle);
  }

  get moduleId(): number {
    return this.#frame.moduleId;
  }

  get nestLevel(): number {
    return this.#frame.nestLevel;
  }

  get scopeIdentity(): bigint | null {
    return this.#frame.scopeIdentity;
  }

  get lastIdentity(): bigint | null {
    return this.#session.identities.last;
  }

  get dateFirst(): number {
    return this.#session.options.dateFirst;
  }

  get dates(): DateSettings {
    return this.#session.options.dates;
  }

  get defaultSchema(): string {
    return this.#frame.defaultSchema;
  }

  identityOf(tableName: string): bigint | null {
    const object = this.#find(tableName);
    if (object?.kind !== 'table' || !seesObject(this.#database, this.#session, object)) return null;
    const column = object.definition.columns.find(({ identity }) => identity !== undefined);
    // A table that never had a row shows the seed. Source: Microsoft's documentation of IDENT_CURRENT.
    return object.store.currentIdentity ?? column?.identity?.seed ?? null;
  }

  databaseIdOf(name: string): number | null {
    return this.#session.server.databases.find(name)?.databaseId ?? null;
  }

  databaseNameOf(id: number): string | null {
    return this.#session.server.databases.findById(id)?.name ?? null;
  }

  objectIdOf(name: string, typeCode?: string): number | null {
    const parsed = parseObjectName(name);
    if (parsed.name.startsWith('#')) {
      const here = this.#isOfTempdb(parsed);
      const fits = typeCode === undefined || typeCode.trim().toUpperCase() === 'U';
      return here && fits ? (this.#session.tempTables.object(parsed.name)?.objectId ?? null) : null;
    }
    const object = this.#find(name);
    const { schema, name: viewName } = parsed;
    const view = object === undefined ? findSystemView(schema, viewName) : undefined;
    if (view !== undefined)
      return typeCode === undefined || typeCode.trim() === 'V' ? partId(view.schema, view.name) : null;
    if (object === undefined) return this.#constraintIdOf(parsed, typeCode?.trim().toUpperCase());
    if (object === undefined || (typeCode !== undefined && objectTypeCode(object) !== typeCode.trim().toUpperCase()))
      return null;
    if (!seesObject(this.#database, this.#session, object)) return null;
    return object.objectId;
  }

  objectOf(
    id: number,
    databaseId?: number,
  ): { readonly name: string; readonly schemaId: number; readonly schema: string } | null {
    const database = databaseId === undefined ? this.#database : this.#session.server.databases.findById(databaseId);
    if (database === undefined || this.#session.userIn(database) === undefined) return null;
    const named = namedObject(id, database, this.#session);
    if (named === undefined) return null;
    return { ...named, schemaId: database.catalog.findSchema(named.schema)?.schemaId ?? 1 };
  }

  #constraintIdOf({ database: named, schema, name }: ObjectName, typeCode: string | undefined): number | null {
    const database = named === undefined ? this.#database : this.#session.server.databases.find(named);
    if (database === undefined) return null;
    const { catalog } = database;
    const found = catalog.findConstraint(schema ?? this.defaultSchema, name) ?? catalog.findConstraint('dbo', name);
    if (found === undefined || !seesObject(database, this.#session, found.table)) return null;
    if (typeCode !== undefined && constraintTypeCode(found.table.definition, found.name) !== typeCode) return null;
    return partId(found.table.schema, found.name);
  }

  schemaIdOf(name: string): number | null {
    return this.#database.catalog.findSchema(name)?.schemaId ?? null;
  }

  schemaNameOf(id: number): string | null {
    for (const schema of this.#database.catalog.schemas) if (schema.schemaId === id) return schema.name;
    return null;
  }

  principalIdOf(name: string): number | null {
    return this.#database.principals.find(name)?.principalId ?? null;
  }

  principalNameOf(id: number): string | null {
    return (
      this.#database.principals.snapshot.principals.find((principal) => principal.principalId === id)?.name ?? null
    );
  }

  loginIdOf(name: string): number | null {
    return this.#session.server.logins.all.find((login) => nameKey(login.name) === nameKey(name))?.loginId ?? null;
  }

  loginNameOfSid(sid: Uint8Array): string | null {
    return this.#session.server.logins.findBySid(Buffer.from(sid).toString('hex'))?.name ?? null;
  }

  loginNameOf(id: number): string | null {
    return this.#session.server.logins.all.find((login) => login.loginId === id)?.name ?? null;
  }

  typeIdOf(name: string): number | null {
    const reference = parseObjectName(name);
    return (
      builtInTypeId(reference.name) ??
      this.#database.catalog.findType(reference.schema ?? 'dbo', reference.name)?.objectId ??
      null
    );
  }

  typeNameOf(id: number): string | null {
    const builtIn = builtInTypeName(id);
    if (builtIn !== undefined) return builtIn;
    for (const type of this.#database.catalog.types) if (type.objectId === id) return type.name;
    return null;
  }

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
  } | null {
    const columns = this.#columnsOf(tableName);
    if (columns === undefined) return null;
    const index =
      typeof column === 'number' ? column - 1 : columns.findIndex((known) => nameKey(known.name) === nameKey(column));
    const found = columns[index];
    if (found === undefined) return null;
    const { name, type, nullable } = found;
    return {
      name,
      type,
      nullable,
      ordinal: index + 1,
      identity: 'identity' in found && found.identity !== undefined,
      computed: 'computed' in found && found.computed !== undefined,
    };
  }

  serverProperty(name: string): SqlValue {
    return serverProperty(this.#session.server, name);
  }

  databaseProperty(database: string, property: string): SqlValue {
    const found = this.#session.server.databases.find(database);
    return found === undefined ? null : databaseProperty(found, property);
  }

  objectProperty(objectId: number, property: string): number | null {
    const { catalog } = this.#database;
    const object = catalog.findById(objectId);
    if (object === undefined) {
      const constraint = catalog.findConstraintById(objectId);
      const isSeen = constraint !== undefined && seesObject(this.#database, this.#session, constraint.table);
      return isSeen ? constraintProperty(constraint, property) : null;
    }
    if (!seesObject(this.#database, this.#session, object)) return null;
    const code = objectTypeCode(object);
    const facts: Readonly<Record<string, boolean>> = {
      ISTABLE: code === 'U',
      ISUSERTABLE: code === 'U',
      ISPROCEDURE: code === 'P',
      ISVIEW: code === 'V',
      ISTRIGGER: code === 'TR',
      ISSCALARFUNCTION: code === 'FN',
      ISINLINEFUNCTION: code === 'IF',
      ISTABLEFUNCTION: code === 'TF' || code === 'IF',
      ISQUEUE: code === 'SQ',
      ISMSSHIPPED: false,
      ISCONSTRAINT: false,
      ISPRIMARYKEY: false,
      ISFOREIGNKEY: false,
      TABLEHASIDENTITY:
        object.kind === 'table' && object.definition.columns.some((column) => column.identity !== undefined),
      TABLEHASPRIMARYKEY:
        object.kind === 'table' && object.definition.indexes.some((index) => index.kind === 'primaryKey'),
    };
    const fact = facts[property.toUpperCase()];
    return fact === undefined ? null : Number(fact);
  }

  sessionContext(key: string): SqlValue {
    const entry = this.#session.sessionContext.get(key.toLowerCase());
    if (entry === undefined || entry.value === null) return null;
    if (typeof entry.value === 'object' && 'baseType' in entry.value) return entry.value;
    return { baseType: entry.type, value: entry.value };
  }

  contextInfo(): Uint8Array | null {
    return this.#session.contextInfo;
  }

  isRoleMember(role: string, principal?: string): number | null {
    const { principals } = this.#database;
    if (principals.find(role)?.kind !== 'role') return null;
    const name = principal ?? this.userName;
    const isOther = nameKey(name) !== nameKey(this.userName);
    if (isOther && !this.#session.holds('VIEW DEFINITION', databaseSecurable(this.#database))) return null;
    if (nameKey(name) === 'dbo') return 1;
    return principals.rolesOf(name).has(nameKey(role)) ? 1 : 0;
  }

  isServerRoleMember(role: string, login?: string): number | null {
    const key = nameKey(role);
    if (key === 'public') return 1;
    if (!serverRoles.includes(key)) return null;
    // EXECUTE AS USER leaves the roles of the login behind.
    if (login === undefined && this.#session.impersonated.length > 0) return 0;
    const { logins } = this.#session.server;
    const name = login ?? this.loginName;
    if (logins.find(name) === undefined) return null;
    return Number(logins.isInRole(name, 'sysadmin') || logins.isInRole(name, key));
  }

  hasPermission(securable: string | null, securableClass: string | null, permission: string): number | null {
    const wanted = permission.toUpperCase();
    if (securable === null && (securableClass === null || securableClass.toUpperCase() === 'SERVER'))
      return Number(this.#session.holdsOnServer(wanted));
    const named = this.#named(securable, securableClass);
    if (named === undefined) return null;
    if (wanted === 'ANY') return Number(heldPermissions(this.#session, named).length > 0);
    return Number(holdsNamed(this.#session, wanted, named));
  }

  hasColumnPermission(
    securable: string | null,
    securableClass: string | null,
    permission: string,
    column: string | null,
    columnClass: string | null,
  ): number | null {
    const wanted = permission.toUpperCase();
    const named = this.#named(securable, securableClass);
    if (named?.object === undefined || column === null || columnClass?.toUpperCase() !== 'COLUMN') return null;
    if (!columnPermissions.includes(wanted)) return null;
    const { securable: found, object } = named;
    const columns = objectColumns(object, found.database, this.#session);
    if (!columns.some(({ name }) => nameKey(name) === nameKey(column))) return null;
    return Number(this.#session.holdsOnColumn(wanted, found, column));
  }

  #named(securable: string | null, securableClass: string | null): NamedSecurable | undefined {
    const wanted = securableClass?.toUpperCase() ?? 'OBJECT';
    return namedSecurable(this.#session, wanted, securable, this.#frame.defaultSchema);
  }

  get #database(): Database {
    return this.#session.database;
  }

  /** Columns of a table or view that the session sees. */
  #columnsOf(table: string | number): readonly RelationColumn[] | readonly TableColumn[] | undefined {
    const name = typeof table === 'string' ? parseObjectName(table) : undefined;
    if (name?.name.startsWith('#')) {
      return this.#isOfTempdb(name) ? this.#session.tempTables.find(name.name)?.definition.columns : undefined;
    }
    const object = typeof table === 'number' ? this.#database.catalog.findById(table) : this.#find(table);
    if (object?.kind !== 'table' && object?.kind !== 'view') return undefined;
    if (!seesObject(this.#database, this.#session, object)) return undefined;
    return object.kind === 'table' ? object.definition.columns : relationColumns(object, this.#database, this.#session);
  }

  /** Whether a name is one of tempdb: without a database it is of the session's own. */
  #isOfTempdb({ database = this.#database.name }: ObjectName): boolean {
    return nameKey(database) === 'tempdb';
  }

  #find(text: string): CatalogObject | undefined {
    const name = parseObjectName(text);
    const database = name.database === undefined ? this.#database : this.#session.server.databases.find(name.database);
    return database === undefined ? undefined : findObject(name, database, this.#frame.defaultSchema);
  }
}
