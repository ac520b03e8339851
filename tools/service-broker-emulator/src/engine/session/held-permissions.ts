import type { CatalogObject } from '../catalog/catalog-object.ts';
import { connectPermission } from '../security/object-access.ts';
import { type PermissionClass, permissionsOn } from '../security/permission-codes.ts';
import { databaseSecurable } from '../security/securables.ts';
import { type FoundSecurable, findSecurable, isSecurableClass } from './find-securable.ts';
import { parseObjectName } from './name-resolution.ts';
import type { SessionCore } from './session-core.ts';

/** What HAS_PERMS_BY_NAME and sys.fn_my_permissions are asked about. */
export interface NamedSecurable extends FoundSecurable {
  readonly permissionClass: PermissionClass;
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
  if (securableClass === 'DATABASE') {
    const found = name === null ? database : session.server.databases.find(name);
    return found && { securable: databaseSecurable(found), permissionClass: 'DATABASE' };
  }
  if (name === null || !isSecurableClass(securableClass)) return undefined;
  // Of these, only names of objects and types have several parts.
  const hasParts = securableClass === 'OBJECT' || securableClass === 'TYPE';
  const parsed = hasParts ? parseObjectName(name) : { name, line: 1 };
  const home = parsed.database === undefined ? database : session.server.databases.find(parsed.database);
  const found = home && findSecurable(securableClass, parsed, home, defaultSchema);
  if (found === undefined) return undefined;
  const { object } = found;
  if (securableClass !== 'OBJECT') return { ...found, permissionClass: securableClass };
  return object && { ...found, permissionClass: classOf(object) };
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
