import type { SqlError } from '../../errors.ts';
import type { ObjectName } from '../../tsql/ast/nodes.ts';
import type { Statement } from '../../tsql/ast/statements.ts';
import type { TableBody } from '../../tsql/ast/tables.ts';
import type { CatalogObject, TableObject } from '../catalog/catalog-object.ts';
import { schemaNotFound } from '../catalog/errors.ts';
import { actionDenied, cannotDo, noAccessToDatabase, permissionDenied, statementDenied } from '../security/errors.ts';
import {
  contractSecurable,
  databaseSecurable,
  messageTypeSecurable,
  objectSecurable,
  principalSecurable,
  routeSecurable,
  schemaSecurable,
  serviceSecurable,
} from '../security/securables.ts';
import type { Database } from '../server/database.ts';
import { requireDropPermission } from './drop-permissions.ts';
import { cannotAlterDatabase, objectNotFound } from './errors.ts';
import type { ModuleFrame } from './module-frame.ts';
import { databaseOf, findObject, printName } from './name-resolution.ts';
import type { SessionCore } from './session-core.ts';

type Kind = Statement['kind'];
type Of<K extends Kind> = Extract<Statement, { kind: K }>;
type Check<K extends Kind> = (session: SessionCore, statement: Of<K>, frame: ModuleFrame) => void;

/** A permission of the database to make something. @throws {SqlError} 262 */
export function requireStatement(session: SessionCore, permission: string, database = session.database): void {
  if (!session.holds(permission, databaseSecurable(database))) throw statementDenied(permission, database.name);
}

/** ALTER on the schema in which something is made. @throws {SqlError} 2760 */
export function requireSchema(session: SessionCore, name: ObjectName, frame: ModuleFrame, database: Database): void {
  const schema = session.targetSchema(name, frame);
  if (session.holds('ALTER', schemaSecurable(database, schema))) return;
  throw schemaNotFound(schema);
}

function make(session: SessionCore, permission: string, name: ObjectName, frame: ModuleFrame): void {
  const database = databaseOf(name, session.database, session.server.databases);
  requireStatement(session, permission, database);
  requireSchema(session, name, frame, database);
}

interface Found {
  readonly database: Database;
  readonly object: CatalogObject | undefined;
}

function find(session: SessionCore, name: ObjectName, frame: ModuleFrame): Found {
  const database = databaseOf(name, session.database, session.server.databases);
  return { database, object: findObject(name, database, frame.defaultSchema) };
}

/** ALTER on an object that is there; one that isn't is the statement's own matter. */
function alter(session: SessionCore, name: ObjectName, frame: ModuleFrame, refusal: () => SqlError): void {
  if (name.name.startsWith('#')) return;
  const { database, object } = find(session, name, frame);
  if (object !== undefined && !session.holds('ALTER', objectSecurable(database, object))) throw refusal();
}

function noObject(name: ObjectName, number: number): () => SqlError {
  return () => objectNotFound(printName(name), number);
}

/** REFERENCES on what a definition builds on. @throws {SqlError} 15151 */
function references(session: SessionCore, kind: 'contract' | 'message type', names: readonly string[]): void {
  const { database } = session;
  for (const name of names) {
    const object = kind === 'contract' ? database.broker.contract(name) : database.broker.messageType(name);
    if (object === undefined) continue;
    const securable =
      kind === 'contract' ? contractSecurable(database, object) : messageTypeSecurable(database, object);
    if (!session.holds('REFERENCES', securable)) throw cannotDo('find', kind, name);
  }
}

/** REFERENCES on the columns that foreign keys of a table point at. @throws {SqlError} 229, 230 */
function requireReferences(
  session: SessionCore,
  name: ObjectName,
  { constraints }: TableBody,
  frame: ModuleFrame,
): void {
  const home = name.database === undefined ? {} : { database: name.database };
  for (const constraint of constraints) {
    if (constraint.kind !== 'foreignKey') continue;
    // A key that names no database points at a table beside its own.
    const { database, object } = find(session, { ...home, ...constraint.references }, frame);
    if (object?.kind !== 'table') continue;
    const securable = objectSecurable(database, object);
    const refusal = () => permissionDenied('REFERENCES', object, database.name);
    const columns = { object, names: referencedNames(object, constraint.referencedColumns) };
    session.authorize([{ permission: 'REFERENCES', securable, chain: undefined, refusal, columns }], undefined);
  }
}

/** Columns that a foreign key names, or those of the primary key. */
function referencedNames({ definition }: TableObject, named: readonly string[]): readonly string[] {
  if (named.length > 0) return named;
  const key = definition.indexes.find((index) => index.kind === 'primaryKey');
  return key?.columns.flatMap(({ ordinal }) => definition.columns[ordinal]?.name ?? []) ?? [];
}

/** Another owner than oneself takes IMPERSONATE on a user, membership in a role. @throws {SqlError} 15151 */
function requireOwner(session: SessionCore, owner: string | undefined): void {
  if (owner === undefined) return;
  const { database, userName } = session;
  const principal = database.principals.find(owner);
  if (principal === undefined || database.principals.rolesOf(userName).has(owner.toLowerCase())) return;
  if (!session.holds('IMPERSONATE', principalSecurable(database, principal))) throw cannotDo('find', 'user', owner);
}

function module(word: 'PROCEDURE' | 'FUNCTION' | 'VIEW') {
  return (
    session: SessionCore,
    statement: Of<'createProcedure'> | Of<'createFunction'> | Of<'createView'>,
    frame: ModuleFrame,
  ): void => {
    const { database, object } = find(session, statement.name, frame);
    const exists =
      object !== undefined && session.targetSchema(statement.name, frame).toLowerCase() === object.schema.toLowerCase();
    if (statement.mode === 'create' || !exists) make(session, `CREATE ${word}`, statement.name, frame);
    else if (!session.holds('ALTER', objectSecurable(database, object)))
      throw cannotDo('alter', word.toLowerCase(), printName(statement.name));
    if ('executeAs' in statement && statement.executeAs?.kind === 'user') {
      database.principals.require(statement.executeAs.name);
      requireOwner(session, statement.executeAs.name);
    }
  };
}

const checks: { readonly [K in Kind]?: Check<K> } = {
  use: (session, { database: name }) => {
    const database = session.server.databases.require(name);
    if (session.userIn(database) === undefined) throw noAccessToDatabase(session.identity.login, database.name);
  },
  setOption: (session, { table }, frame) => {
    if (table !== undefined) alter(session, table, frame, noObject(table, 1088));
  },
  createTable: (session, { name, table }, frame) => {
    if (name.name.startsWith('#')) return;
    make(session, 'CREATE TABLE', name, frame);
    requireReferences(session, name, table, frame);
  },
  alterTable: (session, { name, change }, frame) => {
    alter(session, name, frame, noObject(name, 4902));
    if (change.kind === 'add') requireReferences(session, name, change.table, frame);
  },
  createIndex: (session, { table }, frame) => alter(session, table, frame, noObject(table, 1088)),
  dropIndex: (session, { indexes }, frame) => {
    for (const { table } of indexes) alter(session, table, frame, noObject(table, 1088));
  },
  alterIndex: (session, { table }, frame) => alter(session, table, frame, noObject(table, 1088)),
  updateStatistics: (session, { table }, frame) => alter(session, table, frame, noObject(table, 1088)),
  checkpoint: (session) => requireStatement(session, 'CHECKPOINT'),
  createProcedure: module('PROCEDURE'),
  createFunction: module('FUNCTION'),
  createView: module('VIEW'),
  createTrigger: (session, { table }, frame) => alter(session, table, frame, noObject(table, 1088)),
  triggerState: (session, { table }, frame) => alter(session, table, frame, noObject(table, 1088)),
  createType: (session, { name }, frame) => make(session, 'CREATE TYPE', name, frame),
  sequence: (session, { mode, name }, frame) => {
    if (mode === 'alter') {
      alter(session, name, frame, () => cannotDo('alter', 'sequence', printName(name)));
      return;
    }
    const schema = schemaSecurable(session.database, session.targetSchema(name, frame));
    if (!session.holds('CREATE SEQUENCE', schema)) requireSchema(session, name, frame, session.database);
  },
  createSchema: (session, { owner }) => {
    requireStatement(session, 'CREATE SCHEMA');
    requireOwner(session, owner);
  },
  createDatabase: (session) => {
    if (!session.holdsOnServer('CREATE ANY DATABASE')) throw statementDenied('CREATE DATABASE', 'master');
  },
  alterDatabase: (session, { name }) => {
    const database = name === undefined ? session.database : session.server.databases.require(name);
    if (session.holds('ALTER', databaseSecurable(database)) || session.holdsOnServer('ALTER ANY DATABASE')) return;
    throw cannotAlterDatabase(database.name);
  },
  drop: requireDropPermission,
  createPrincipal: (session, { principal, owner }) => {
    const { database } = session;
    if (principal === 'login' ? session.holdsOnServer('ALTER ANY LOGIN') : false) return;
    if (principal === 'user' && session.holds('ALTER ANY USER', databaseSecurable(database))) return;
    if (principal === 'role' && session.holds('CREATE ROLE', databaseSecurable(database))) {
      requireOwner(session, owner);
      return;
    }
    throw actionDenied();
  },
  alterPrincipal: (session, { principal, name, change }) => {
    const refusal = cannotDo('alter', principal === 'serverRole' ? 'server role' : principal, name);
    if (principal === 'login' || principal === 'serverRole') {
      const allowed = principal === 'login' ? session.holdsOnServer('ALTER ANY LOGIN') : session.isSysadmin;
      if (!allowed) throw refusal;
      return;
    }
    const known = session.database.principals.find(name);
    if (known === undefined) return;
    // Members of the fixed roles are db_owner's matter.
    const wanted = known.kind === 'role' && known.fixed && change.kind !== 'rename' ? 'CONTROL' : 'ALTER';
    const securable =
      wanted === 'CONTROL' ? databaseSecurable(session.database) : principalSecurable(session.database, known);
    if (!session.holds(wanted, securable)) throw refusal;
  },
  messageType: (session, { mode, name, owner }) => {
    const known = session.database.broker.messageType(name);
    if (mode === 'create') requireStatement(session, 'CREATE MESSAGE TYPE');
    else if (known !== undefined && !session.holds('ALTER', messageTypeSecurable(session.database, known)))
      throw cannotDo('alter', 'message type', name);
    requireOwner(session, owner);
  },
  contract: (session, { owner, messages }) => {
    requireStatement(session, 'CREATE CONTRACT');
    requireOwner(session, owner);
    references(
      session,
      'message type',
      messages.map((message) => message.messageType),
    );
  },
  queue: (session, { mode, name }, frame) => {
    if (mode === 'create') make(session, 'CREATE QUEUE', name, frame);
    else alter(session, name, frame, () => cannotDo('alter', 'queue', printName(name)));
  },
  service: (session, { mode, name, owner, queue, addContracts }, frame) => {
    const { database } = session;
    const known = database.broker.service(name);
    if (mode === 'create') requireStatement(session, 'CREATE SERVICE');
    else if (known !== undefined && !session.holds('ALTER', serviceSecurable(database, known)))
      throw cannotDo('alter', 'service', name);
    requireOwner(session, owner);
    if (queue !== undefined) {
      const { object } = find(session, queue, frame);
      if (object !== undefined && !session.holds('REFERENCES', objectSecurable(database, object)))
        throw cannotDo('find', 'queue', printName(queue));
    }
    references(session, 'contract', addContracts);
  },
  route: (session, { mode, name }) => {
    const { database } = session;
    const known = [...database.broker.routes].find((route) => route.name === name);
    if (mode === 'create') requireStatement(session, 'CREATE ROUTE');
    else if (known !== undefined && !session.holds('ALTER', routeSecurable(database, known)))
      throw cannotDo('alter', 'route', name);
  },
  brokerPriority: (session) => {
    const { database } = session;
    const ddlAdmin = session.holds('ALTER ANY SERVICE', databaseSecurable(database));
    if (!ddlAdmin && !session.holds('ALTER', databaseSecurable(database))) throw actionDenied();
  },
  eventNotification: (session, { queue }, frame) => {
    if (queue !== undefined) alter(session, queue, frame, () => cannotDo('find', 'queue', printName(queue)));
  },
};

/**
 * The permissions that statements which define something take; a module's owner lends none of these.
 *
 * Source: the Permissions sections of Microsoft's T-SQL reference.
 *
 * @throws {SqlError} 262, 1088, 2760, 3701, 5011, 15151, 15247 as SQL Server does
 */
export function requireDefinitionPermission(session: SessionCore, statement: Statement, frame: ModuleFrame): void {
  if (session.isSysadmin) return;
  const check = checks[statement.kind] as Check<Kind> | undefined;
  check?.(session, statement, frame);
}
