import type { DropStatement } from '../../tsql/ast/drop.ts';
import type { ObjectName } from '../../tsql/ast/nodes.ts';
import { cannotDo } from '../security/errors.ts';
import {
  contractSecurable,
  databaseSecurable,
  messageTypeSecurable,
  objectSecurable,
  principalSecurable,
  routeSecurable,
  type Securable,
  schemaSecurable,
  serviceSecurable,
  typeSecurable,
} from '../security/securables.ts';
import { mayNotDrop } from './errors.ts';
import type { ModuleFrame } from './module-frame.ts';
import { databaseOf, findObject, findType, printName } from './name-resolution.ts';
import type { SessionCore } from './session-core.ts';

/** What a name of DROP means, as far as it is there. */
function securableOf(
  session: SessionCore,
  kind: DropStatement['object'],
  name: ObjectName,
  frame: ModuleFrame,
): Securable | undefined {
  const { database } = session;
  const { broker, catalog, principals } = database;
  switch (kind) {
    case 'SCHEMA':
      return catalog.findSchema(name.name) === undefined ? undefined : schemaSecurable(database, name.name);
    case 'DATABASE': {
      const target = session.server.databases.find(name.name);
      return target === undefined ? undefined : databaseSecurable(target);
    }
    case 'TYPE': {
      const type = findType(name, database, frame.defaultSchema);
      return type === undefined ? undefined : typeSecurable(database, type);
    }
    case 'USER':
    case 'ROLE': {
      const principal = principals.find(name.name);
      return principal === undefined ? undefined : principalSecurable(database, principal);
    }
    case 'MESSAGE TYPE': {
      const type = broker.messageType(name.name);
      return type === undefined ? undefined : messageTypeSecurable(database, type);
    }
    case 'CONTRACT': {
      const contract = broker.contract(name.name);
      return contract === undefined ? undefined : contractSecurable(database, contract);
    }
    case 'SERVICE': {
      const service = broker.service(name.name);
      return service === undefined ? undefined : serviceSecurable(database, service);
    }
    case 'ROUTE': {
      const route = [...broker.routes].find((known) => known.name === name.name);
      return route === undefined ? undefined : routeSecurable(database, route);
    }
    case 'BROKER PRIORITY':
      return databaseSecurable(database);
    default: {
      const target = databaseOf(name, database, session.server.databases);
      const object = findObject(name, target, frame.defaultSchema);
      if (object?.kind !== 'trigger' || object.parent === undefined)
        return object === undefined ? undefined : objectSecurable(target, object);
      return objectSecurable(target, object.parent);
    }
  }
}

/** Objects and types: CONTROL on them or ALTER on their schema. Others: ALTER, which the `ALTER ANY ...` include. */
function mayDrop(session: SessionCore, kind: DropStatement['object'], securable: Securable): boolean {
  const [, schema] = securable.path;
  if (schema?.startsWith('SCHEMA:') === true && kind !== 'TRIGGER') {
    const owner = securable.owner;
    return (
      session.holds('CONTROL', securable) ||
      session.holds('ALTER', { ...securable, path: securable.path.slice(1), owner })
    );
  }
  if (kind === 'DATABASE') return session.holds('CONTROL', securable) || session.holdsOnServer('ALTER ANY DATABASE');
  if (kind === 'SCHEMA') return session.holds('CONTROL', securable) || session.holds('ALTER', securable);
  if (kind === 'BROKER PRIORITY')
    return session.holds('ALTER', securable) || session.holds('ALTER ANY SERVICE', securable);
  return session.holds('ALTER', securable);
}

/** @throws {SqlError} 3701 for objects and databases, 15151 for the others */
export function requireDropPermission(session: SessionCore, statement: DropStatement, frame: ModuleFrame): void {
  const { object: kind, names } = statement;
  for (const name of names) {
    if (name.name.startsWith('#')) continue;
    if (kind === 'LOGIN') {
      if (!session.holdsOnServer('ALTER ANY LOGIN')) throw cannotDo('drop', 'login', name.name);
      continue;
    }
    const securable = securableOf(session, kind, name, frame);
    if (securable === undefined || mayDrop(session, kind, securable)) continue;
    const inSchema = securable.path[1]?.startsWith('SCHEMA:') === true;
    if (!inSchema && kind !== 'DATABASE') throw cannotDo('drop', kind.toLowerCase(), name.name);
    throw mayNotDrop(kind.toLowerCase(), printName(name));
  }
}
