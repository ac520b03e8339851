import type { CatalogObject } from '../catalog/catalog-object.ts';
import { connectPermission } from '../security/object-access.ts';
import { type PermissionClass, permissionsOn } from '../security/permission-codes.ts';
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
import { findObject, findType, parseObjectName } from './name-resolution.ts';
import type { SessionCore } from './session-core.ts';

/** What HAS_PERMS_BY_NAME and sys.fn_my_permissions are asked about. */
export interface NamedSecurable {
  readonly securable: Securable;
  readonly permissionClass: PermissionClass;
  /** For a table, view, function, procedure, queue or sequence: itself. */
  readonly object?: CatalogObject;
}

const objectClasses: Readonly<Record<CatalogObject['kind'], PermissionClass>> = {
  table: 'TABLE',
  view: 'TABLE',
  procedure: 'PROCEDURE',
  function: 'FUNCTION',
  queue: 'QUEUE',
  sequence: 'SEQUENCE',
  trigger: 'PROCEDURE',
};

/** The class of permissions that there are on an object. */
export function classOf(object: CatalogObject): PermissionClass {
  return object.kind === 'function' && object.typeCode !== 'FN' ? 'TABLE FUNCTION' : objectClasses[object.kind];
}

/**
 * What a name means as a securable of a class, from the current database on; undefined when there is none, or no such class.
 *
 * @param securableClass OBJECT, SCHEMA, TYPE, DATABASE and others, in upper case
 */
export function namedSecurable(
  session: SessionCore,
  securableClass: string,
  name: string | null,
  defaultSchema: string,
): NamedSecurable | undefined {
  const { database } = session;
  const { broker, catalog, principals } = database;
  if (securableClass === 'DATABASE') {
    const found = name === null ? database : session.server.databases.find(name);
    return found && { securable: databaseSecurable(found), permissionClass: 'DATABASE' };
  }
  if (name === null) return undefined;
  switch (securableClass) {
    case 'OBJECT': {
      const parsed = parseObjectName(name);
      const home = parsed.database === undefined ? database : session.server.databases.find(parsed.database);
      const object = home && findObject(parsed, home, defaultSchema);
      if (home === undefined || object === undefined) return undefined;
      return { securable: objectSecurable(home, object), permissionClass: classOf(object), object };
    }
    case 'SCHEMA': {
      const schema = catalog.findSchema(name);
      return schema && { securable: schemaSecurable(database, schema.name), permissionClass: 'SCHEMA' };
    }
    case 'TYPE': {
      const type = findType(parseObjectName(name), database, defaultSchema);
      return type && { securable: typeSecurable(database, type), permissionClass: 'TYPE' };
    }
    case 'SERVICE': {
      const service = broker.service(name);
      return service && { securable: serviceSecurable(database, service), permissionClass: 'SERVICE' };
    }
    case 'CONTRACT': {
      const contract = broker.contract(name);
      return contract && { securable: contractSecurable(database, contract), permissionClass: 'CONTRACT' };
    }
    case 'MESSAGE TYPE': {
      const type = broker.messageType(name);
      return type && { securable: messageTypeSecurable(database, type), permissionClass: 'MESSAGE TYPE' };
    }
    case 'ROUTE': {
      const route = [...broker.routes].find((known) => known.name === name);
      return route && { securable: routeSecurable(database, route), permissionClass: 'ROUTE' };
    }
    case 'USER':
    case 'ROLE': {
      const principal = principals.find(name);
      const permissionClass = securableClass === 'ROLE' ? 'ROLE' : 'USER';
      if (principal?.kind !== permissionClass.toLowerCase()) return undefined;
      return { securable: principalSecurable(database, principal), permissionClass };
    }
    default:
      return undefined;
  }
}

/** Whether the session's user has a permission on a securable. Every user of a database may connect to it. */
export function holdsNamed(session: SessionCore, permission: string, named: NamedSecurable): boolean {
  const { permissionClass, securable } = named;
  if (permissionClass === 'DATABASE' && permission === connectPermission)
    return session.userIn(securable.database) !== undefined;
  return session.holds(permission, securable);
}

/** Permissions on a securable that the session's user has, of all that there are on it. */
export function heldPermissions(session: SessionCore, named: NamedSecurable): readonly string[] {
  return permissionsOn(named.permissionClass).filter((permission) => holdsNamed(session, permission, named));
}
