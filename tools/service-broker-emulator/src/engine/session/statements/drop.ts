import type { DroppableKind, DropStatement } from '../../../tsql/ast/drop.ts';
import type { ObjectName } from '../../../tsql/ast/nodes.ts';
import { unsupported } from '../../../unsupported.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { CatalogObject } from '../../catalog/catalog-object.ts';
import { constraintNames } from '../../catalog/constraint-names.ts';
import { nameKey, objectKey } from '../../catalog/name-key.ts';
import { partId } from '../../catalog/part-id.ts';
import { principalOwnsRole, principalOwnsSchema } from '../../security/errors.ts';
import type { Principals } from '../../security/principals.ts';
import {
  contractSecurable,
  messageTypeSecurable,
  objectSecurable,
  routeSecurable,
  type Securable,
  schemaSecurable,
  serviceSecurable,
  typeSecurable,
} from '../../security/securables.ts';
import type { Database } from '../../server/database.ts';
import { type Transaction, TransactionConflict } from '../../storage/transaction.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { databaseOf, findObject, findType, printName } from '../name-resolution.ts';
import { sequenceUser } from '../sequence-user.ts';
import type { SessionCore } from '../session-core.ts';
import { typeUser } from '../type-user.ts';
import {
  cannotDrop,
  cannotDropUsedDatabase,
  loginOwnsDatabase,
  notInTransaction,
  referencedByForeignKey,
  sequenceInUse,
  typeInUse,
  wrongDropStatement,
} from './errors/definition-errors.ts';

const objectKinds: Partial<Record<DroppableKind, CatalogObject['kind']>> = {
  TABLE: 'table',
  VIEW: 'view',
  PROCEDURE: 'procedure',
  FUNCTION: 'function',
  TRIGGER: 'trigger',
  SEQUENCE: 'sequence',
};

/** @throws {SqlError} 3726 while a foreign key of another table points at it */
function refuseReferenced(database: Database, table: CatalogObject): void {
  for (const object of database.catalog.objects) {
    if (object.kind !== 'table' || object === table) continue;
    const points = object.definition.foreignKeys.some(
      (key) => objectKey(key.referencedSchema, key.referencedTable) === objectKey(table.schema, table.name),
    );
    if (points) {
      throw referencedByForeignKey(table.schema, table.name);
    }
  }
}

function dropObject(
  run: Interpreter,
  statement: DropStatement,
  name: ObjectName,
  kind: CatalogObject['kind'],
  frame: ModuleFrame,
): void {
  const { session } = run;
  const transaction = session.transactionForWriting();
  if (kind === 'table' && name.name.startsWith('#')) {
    const store = session.tempTables.find(name.name);
    if (store === undefined) {
      if (statement.ifExists) return;
      throw cannotDrop('table', name.name);
    }
    session.tempTables.drop(name.name);
    transaction.record(() => session.tempTables.add(name.name, store));
    return;
  }
  if (kind === 'procedure' && name.name.startsWith('#')) {
    if (session.tempProcedures.find(name.name) !== undefined) session.tempProcedures.remove(transaction, name.name);
    else if (!statement.ifExists) throw cannotDrop('procedure', printName(name));
    return;
  }
  const database = databaseOf(name, session.database, session.server.databases);
  const object = findObject(name, database, frame.defaultSchema);
  if (object === undefined) {
    if (statement.ifExists) return;
    throw cannotDrop(statement.object.toLowerCase(), printName(name));
  }
  if (object.kind !== kind) {
    throw wrongDropStatement(statement.object, printName(name), object.kind, object.kind.toUpperCase());
  }
  if (object.kind === 'table') refuseReferenced(database, object);
  if (object.kind === 'sequence') {
    const user = sequenceUser(database, object);
    if (user !== undefined) throw sequenceInUse(printName(name), user);
  }
  database.catalog.remove(transaction, object);
  if (object.kind === 'table') object.store.drop(transaction);
  if (object.kind === 'table' || object.kind === 'view') {
    for (const trigger of [...database.catalog.objects]) {
      const owned =
        trigger.kind === 'trigger' &&
        trigger.parent !== undefined &&
        objectKey(trigger.parent.schema, trigger.parent.name) === objectKey(object.schema, object.name);
      if (!owned) continue;
      database.catalog.remove(transaction, trigger);
      forgetProperties(transaction, database, trigger);
    }
  }
  forgetPermissions(transaction, objectSecurable(database, object));
  forgetProperties(transaction, database, object);
}

/** Something of the same name that is made later doesn't get the permissions on what was dropped. */
function forgetPermissions(transaction: Transaction, { database, path: [securable = ''] }: Securable): void {
  database.principals.forgetSecurable(transaction, securable);
}

/** Extended properties of an object, its columns, indexes and parameters, and of a table's constraints and triggers. */
function forgetProperties(transaction: Transaction, database: Database, object: CatalogObject): void {
  const ids = new Set([object.objectId]);
  if (object.kind === 'table') {
    for (const name of constraintNames(object.definition)) ids.add(partId(object.schema, name));
  }
  database.properties.forget(
    transaction,
    (owner) => (owner.class === 1 || owner.class === 2 || owner.class === 7) && ids.has(owner.major),
  );
}

function dropType(run: Interpreter, statement: DropStatement, name: ObjectName, frame: ModuleFrame): void {
  const { session } = run;
  const type = findType(name, session.database, frame.defaultSchema);
  if (type === undefined) {
    if (statement.ifExists) return;
    throw cannotDrop('type', printName(name));
  }
  const user = typeUser(session.database, type);
  if (user !== undefined) throw typeInUse(printName(name), user);
  const transaction = session.transactionForWriting();
  session.database.catalog.removeType(transaction, type);
  forgetPermissions(transaction, typeSecurable(session.database, type));
}

function dropPrincipal(run: Interpreter, statement: DropStatement, name: string): void {
  const { session } = run;
  const transaction = session.transactionForWriting();
  if (statement.object === 'LOGIN') {
    const sid = session.server.logins.find(name)?.sid;
    if (session.server.databases.all.some((database) => database.ownerSid === sid)) {
      throw loginOwnsDatabase(name);
    }
    session.server.logins.drop(transaction, name);
    return;
  }
  const { catalog, principals } = session.database;
  if (statement.ifExists && principals.find(name) === undefined) return;
  if (!principals.require(name).fixed) refuseOwner(catalog, principals, name);
  principals.drop(transaction, name);
}

/** @throws {SqlError} 15138, 15421 */
function refuseOwner({ schemas }: Catalog, { snapshot }: Principals, name: string): void {
  const isOwner = (owner: string | undefined): boolean => owner !== undefined && nameKey(owner) === nameKey(name);
  if ([...schemas].some(({ owner }) => isOwner(owner))) throw principalOwnsSchema();
  if (snapshot.principals.some(({ owner }) => isOwner(owner))) throw principalOwnsRole();
}

function dropBrokerObject(run: Interpreter, statement: DropStatement, name: ObjectName, frame: ModuleFrame): void {
  const { session } = run;
  const { database } = session;
  const { broker } = database;
  const transaction = session.transactionForWriting();
  switch (statement.object) {
    case 'MESSAGE TYPE': {
      const type = broker.messageType(name.name);
      broker.dropMessageType(transaction, name.name);
      if (type !== undefined) forgetPermissions(transaction, messageTypeSecurable(database, type));
      return;
    }
    case 'CONTRACT': {
      const contract = broker.contract(name.name);
      broker.dropContract(transaction, name.name);
      if (contract !== undefined) forgetPermissions(transaction, contractSecurable(database, contract));
      return;
    }
    case 'SERVICE': {
      const service = broker.service(name.name);
      broker.dropService(transaction, name.name);
      if (service !== undefined) forgetPermissions(transaction, serviceSecurable(database, service));
      return;
    }
    case 'ROUTE': {
      const route = [...broker.routes].find((known) => known.name === name.name);
      broker.dropRoute(transaction, name.name);
      if (route !== undefined) forgetPermissions(transaction, routeSecurable(database, route));
      return;
    }
    case 'BROKER PRIORITY':
      broker.dropPriority(transaction, name.name);
      return;
    case 'QUEUE': {
      const home = databaseOf(name, database, session.server.databases);
      const object = findObject(name, home, frame.defaultSchema);
      if (object?.kind !== 'queue') throw cannotDrop('queue', printName(name));
      const queue = home.broker.queue(object.objectId);
      if (queue !== undefined) home.broker.dropQueue(transaction, queue);
      home.catalog.remove(transaction, object);
      forgetPermissions(transaction, objectSecurable(home, object));
      return;
    }
    default:
      throw unsupported(`DROP ${statement.object}`, statement.line);
  }
}

export function runDrop(run: Interpreter, statement: DropStatement, frame: ModuleFrame): void {
  for (const name of statement.names) {
    const kind = objectKinds[statement.object];
    if (kind !== undefined) {
      dropObject(run, statement, name, kind, frame);
      continue;
    }
    switch (statement.object) {
      case 'TYPE':
        dropType(run, statement, name, frame);
        break;
      case 'SCHEMA':
        if (statement.ifExists && run.session.database.catalog.findSchema(name.name) === undefined) break;
        dropSchema(run, name.name);
        break;
      case 'DATABASE':
        if (statement.ifExists && run.session.server.databases.find(name.name) === undefined) break;
        dropDatabase(run, name.name);
        break;
      case 'USER':
      case 'ROLE':
      case 'LOGIN':
        dropPrincipal(run, statement, name.name);
        break;
      default:
        dropBrokerObject(run, statement, name, frame);
    }
  }
}

function dropSchema({ session }: Interpreter, name: string): void {
  const { catalog, properties } = session.database;
  const transaction = session.transactionForWriting();
  const id = catalog.findSchema(name)?.schemaId;
  catalog.removeSchema(transaction, name);
  forgetPermissions(transaction, schemaSecurable(session.database, name));
  properties.forget(transaction, (owner) => owner.class === 3 && owner.major === id);
}

/** Whether a session, this one included, is in a database, or an open transaction has changed something there. */
function isUsed({ server }: SessionCore, database: Database): boolean {
  if (server.sessionsIn(database).length > 0) return true;
  return [...server.transactions.open()].some(({ changedDatabases }) => changedDatabases.has(database.name));
}

/** @throws {SqlError} 226 inside a user's transaction, 3702 while a session, this one included, is in the database, or a transaction holds something there */
function dropDatabase(run: Interpreter, name: string): void {
  const { server, transactions } = run.session;
  if (transactions.explicit !== undefined) throw notInTransaction('DROP DATABASE');
  const database = server.databases.find(name);
  if (database !== undefined && isUsed(run.session, database)) throw cannotDropUsedDatabase(database.name);
  try {
    server.databases.drop(name);
  } catch (error) {
    // Nobody waits for a database to be left.
    throw error instanceof TransactionConflict ? cannotDropUsedDatabase(name) : error;
  }
}
