import type { NamedPermission, PermissionStatement } from '../../../tsql/ast/permissions.ts';
import { unsupported } from '../../../unsupported.ts';
import { nameKey } from '../../catalog/name-key.ts';
import {
  actionDenied,
  cannotDo,
  cascadeNeeded,
  grantedColumnNotFound,
  permissionElsewhere,
  permissionUnfit,
} from '../../security/errors.ts';
import { permissionsOn } from '../../security/permission-codes.ts';
import { isGrantable, type PermissionChange } from '../../security/permission-rows.ts';
import { isServerPermission } from '../../server/logins.ts';
import { objectColumns } from '../../system-views/relation-columns.ts';
import { classOf } from '../held-permissions.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { type SecurableName, securableOf } from '../securable-name.ts';
import { grantOutsideMaster } from './errors/definition-errors.ts';

/** What ALL means on an object, as far as there is such a permission on it. */
const all = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES', 'EXECUTE'];

function whole(...names: readonly string[]): readonly NamedPermission[] {
  return names.map((name) => ({ name, columns: [] }));
}

function permissionsOf(statement: PermissionStatement, target: SecurableName): readonly NamedPermission[] {
  const { object } = target;
  const known = object && permissionsOn(classOf(object));
  return statement.permissions.flatMap((permission) => {
    const name = permission.name === 'EXEC' ? 'EXECUTE' : permission.name;
    if (name === 'CREATE PROC') return whole('CREATE PROCEDURE');
    if (name === 'ALL') {
      if (known === undefined) throw unsupported('ALL for other than objects', statement.line);
      return whole(...all.filter((each) => known.includes(each)));
    }
    return [{ ...permission, name }];
  });
}

/** Who may give a permission away: who has it WITH GRANT OPTION, has CONTROL, or manages the security of the database. */
function mayGrant(run: Interpreter, { securable }: SecurableName, { name, columns }: NamedPermission): boolean {
  const { session } = run;
  const { database, userName } = session;
  if (session.holds('CONTROL', securable)) return true;
  const roles = database.principals.rolesOf(userName);
  if (roles.has('db_securityadmin')) return true;
  const grantable = database.principals.snapshot.permissions.filter(
    (known) =>
      known.withGrantOption &&
      known.permission === name &&
      known.securable === securable.path[0] &&
      roles.has(nameKey(known.grantee)),
  );
  if (grantable.some((known) => known.column === undefined)) return true;
  return columns.length > 0 && columns.every((column) => grantable.some((known) => known.column === nameKey(column)));
}

/** @throws {SqlError} 4606 for a permission that there isn't on an object of its kind */
function requireFit({ object }: SecurableName, permission: string): void {
  if (object !== undefined && !permissionsOn(classOf(object)).includes(permission)) throw permissionUnfit(permission);
}

/** The columns in key form; one `undefined` for a permission on the whole securable. @throws {SqlError} 4615 */
function columnsOf(run: Interpreter, { object }: SecurableName, columns: readonly string[]): (string | undefined)[] {
  if (columns.length === 0) return [undefined];
  const { session } = run;
  const known = object === undefined ? [] : objectColumns(object, session.database, session);
  const keys = new Set(known.map(({ name }) => nameKey(name)));
  return columns.map((column) => {
    if (!keys.has(nameKey(column))) throw grantedColumnNotFound(column);
    return nameKey(column);
  });
}

/** GRANT, DENY and REVOKE of permissions of the server: the grantees are logins. */
function runServerPermission(run: Interpreter, statement: PermissionStatement): void {
  const { session } = run;
  if (session.database.name !== 'master') {
    throw grantOutsideMaster();
  }
  if (!session.isSysadmin) throw actionDenied();
  if (statement.action === 'deny') throw unsupported('DENY of permissions of the server', statement.line);
  const transaction = session.transactionForWriting();
  for (const login of statement.principals) {
    for (const { name } of statement.permissions)
      session.server.logins.setPermission(transaction, login, name, statement.action === 'grant');
  }
}

export function runPermission(run: Interpreter, statement: PermissionStatement, frame: ModuleFrame): void {
  const { session } = run;
  if (statement.on === undefined && statement.permissions.every(({ name }) => isServerPermission(name))) {
    runServerPermission(run, statement);
    return;
  }
  const target = securableOf(run, statement, frame);
  if (target.securable.database !== session.database) throw permissionElsewhere();
  const permissions = permissionsOf(statement, target);
  for (const permission of permissions)
    if (!mayGrant(run, target, permission)) throw cannotDo('find', target.kind, target.name);
  const [securable = ''] = target.securable.path;
  const { withGrantOption } = statement;
  const changes = permissions.flatMap(({ name, columns }) => {
    const keys = columnsOf(run, target, columns);
    requireFit(target, name);
    return keys.map((column) => ({
      permission: name,
      securable,
      withGrantOption,
      ...(column === undefined ? {} : { column }),
    }));
  });
  for (const grantee of statement.principals)
    for (const change of changes) apply(run, statement, { ...change, grantee });
}

/** @throws {SqlError} 4611 for taking away what may be given on, without CASCADE */
function apply({ session }: Interpreter, statement: PermissionStatement, change: PermissionChange): void {
  const { principals } = session.database;
  const takesAway = statement.action !== 'grant' && !statement.cascade;
  if (takesAway && isGrantable(principals.snapshot.permissions, change)) throw cascadeNeeded();
  principals.setPermission(session.transactionForWriting(), statement.action, change);
}
