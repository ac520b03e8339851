import type { PermissionStatement } from '../../../tsql/ast/permissions.ts';
import { unsupported } from '../../../unsupported.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { actionDenied, cannotDo, permissionElsewhere } from '../../security/errors.ts';
import { isServerPermission } from '../../server/logins.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { type SecurableName, securableOf } from '../securable-name.ts';
import { grantOutsideMaster } from './errors/definition-errors.ts';

/** What ALL means on a securable of a class; for a procedure it is EXECUTE. */
const all = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES'];

function permissionsOf(statement: PermissionStatement, target: SecurableName): readonly string[] {
  return statement.permissions.flatMap((permission) => {
    if (permission === 'EXEC') return ['EXECUTE'];
    if (permission === 'CREATE PROC') return ['CREATE PROCEDURE'];
    if (permission !== 'ALL') return [permission];
    if (target.objectKind === 'procedure') return ['EXECUTE'];
    if (target.objectKind === undefined) throw unsupported('ALL for other than tables and procedures', statement.line);
    return all;
  });
}

/** Who may give a permission away: who has it WITH GRANT OPTION, has CONTROL, or manages the security of the database. */
function mayGrant(run: Interpreter, { securable }: SecurableName, permission: string): boolean {
  const { session } = run;
  const { database, userName } = session;
  if (session.holds('CONTROL', securable)) return true;
  const roles = database.principals.rolesOf(userName);
  if (roles.has('db_securityadmin')) return true;
  return database.principals.snapshot.permissions.some(
    (known) =>
      known.withGrantOption &&
      known.permission === permission &&
      known.securable === securable.path[0] &&
      roles.has(nameKey(known.grantee)),
  );
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
    for (const permission of statement.permissions)
      session.server.logins.setPermission(transaction, login, permission, statement.action === 'grant');
  }
}

export function runPermission(run: Interpreter, statement: PermissionStatement, frame: ModuleFrame): void {
  const { session } = run;
  if (statement.on === undefined && statement.permissions.every(isServerPermission)) {
    runServerPermission(run, statement);
    return;
  }
  if (statement.on !== undefined && statement.on.columns.length > 0)
    throw unsupported('permissions on columns', statement.line);
  const target = securableOf(run, statement, frame);
  if (target.securable.database !== session.database) throw permissionElsewhere();
  const permissions = permissionsOf(statement, target);
  for (const permission of permissions)
    if (!mayGrant(run, target, permission)) throw cannotDo('find', target.kind, target.name);
  const [securable = ''] = target.securable.path;
  const transaction = session.transactionForWriting();
  for (const grantee of statement.principals) {
    for (const permission of permissions) {
      session.database.principals.setPermission(transaction, statement.action, {
        permission,
        securable,
        grantee,
        withGrantOption: statement.withGrantOption,
      });
    }
  }
}
