/**
 * Which permission includes which, and what the fixed roles hold.
 *
 * Source: Microsoft's "Permissions (Database Engine)" and "Database-level roles".
 */

const dataReader = new Set(['SELECT']);
const dataWriter = new Set(['INSERT', 'UPDATE', 'DELETE']);

/** Database permissions of the fixed roles, by role in key form. `db_owner` holds all and is not here. */
const rolePermissions: Readonly<Record<string, ReadonlySet<string>>> = {
  db_datareader: dataReader,
  db_datawriter: dataWriter,
  db_accessadmin: new Set(['ALTER ANY USER', 'CREATE SCHEMA']),
  db_securityadmin: new Set(['ALTER ANY ROLE', 'CREATE SCHEMA', 'VIEW DEFINITION']),
  db_backupoperator: new Set(['BACKUP DATABASE', 'BACKUP LOG', 'CHECKPOINT']),
  db_ddladmin: new Set([
    'ALTER ANY CONTRACT',
    'ALTER ANY DATABASE EVENT NOTIFICATION',
    'ALTER ANY MESSAGE TYPE',
    'ALTER ANY ROUTE',
    'ALTER ANY SCHEMA',
    'ALTER ANY SERVICE',
    'CREATE CONTRACT',
    'CREATE FUNCTION',
    'CREATE MESSAGE TYPE',
    'CREATE PROCEDURE',
    'CREATE QUEUE',
    'CREATE ROUTE',
    'CREATE SCHEMA',
    'CREATE SERVICE',
    'CREATE TABLE',
    'CREATE TYPE',
    'CREATE VIEW',
    'REFERENCES',
  ]),
};

/** The fixed roles in the order of their ids: `public` is 0, the others count from 16384. */
export const fixedRoles = [
  'public',
  'db_owner',
  'db_accessadmin',
  'db_securityadmin',
  'db_ddladmin',
  'db_backupoperator',
  'db_datareader',
  'db_datawriter',
  'db_denydatareader',
  'db_denydatawriter',
];

/** `ALTER ANY ...` of the database that includes ALTER on a securable, by the class of the securable. */
const alterAny: Readonly<Record<string, string>> = {
  OBJECT: 'ALTER ANY SCHEMA',
  SCHEMA: 'ALTER ANY SCHEMA',
  TYPE: 'ALTER ANY SCHEMA',
  SERVICE: 'ALTER ANY SERVICE',
  CONTRACT: 'ALTER ANY CONTRACT',
  'MESSAGE TYPE': 'ALTER ANY MESSAGE TYPE',
  ROUTE: 'ALTER ANY ROUTE',
  ROLE: 'ALTER ANY ROLE',
  USER: 'ALTER ANY USER',
};

function classOf(securable: string): string {
  return securable.slice(0, securable.indexOf(':'));
}

const covers = new Map<string, ReadonlySet<string>>();

/**
 * Permissions on `holder` that include `permission` on `target`.
 *
 * @param target securable that the permission is asked for
 * @param holder the target itself, or its schema or database
 */
export function coveringPermissions(permission: string, target: string, holder: string): ReadonlySet<string> {
  const level = classOf(holder);
  const targetClass = classOf(target);
  const key = `${permission}|${targetClass}|${level}`;
  const known = covers.get(key);
  if (known !== undefined) return known;
  const found = new Set([permission, 'CONTROL']);
  if (level === 'DATABASE') {
    const any = permission === 'ALTER' ? alterAny[targetClass] : undefined;
    if (any !== undefined) found.add(any).add('ALTER');
    if (/^(CREATE|ALTER ANY) /.test(permission)) found.add('ALTER');
    if (permission === 'CREATE ROLE') found.add('ALTER ANY ROLE');
  }
  covers.set(key, found);
  return found;
}

/** Whether a fixed role of the user holds the permission. */
export function grantedByRole(roles: ReadonlySet<string>, permission: string, target: string): boolean {
  const wanted = coveringPermissions(permission, target, 'DATABASE:');
  for (const role of roles) {
    const held = rolePermissions[role];
    if (held === undefined) continue;
    for (const name of wanted) if (held.has(name)) return true;
  }
  return false;
}

export function deniedByRole(roles: ReadonlySet<string>, permission: string): boolean {
  return (
    (roles.has('db_denydatareader') && dataReader.has(permission)) ||
    (roles.has('db_denydatawriter') && dataWriter.has(permission))
  );
}
