import type {
  AlterPrincipalStatement,
  CreatePrincipalStatement,
  PermissionStatement,
} from '../../../tsql/ast/schema-statements.ts';
import type { Statement } from '../../../tsql/ast/statements.ts';
import { unsupported } from '../../../unsupported.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { actionDenied, cannotDo } from '../../security/errors.ts';
import { isServerPermission, serverRoles } from '../../server/logins.ts';
import { impersonate } from '../impersonation.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { type SecurableName, securableOf } from '../securable-name.ts';
import { grantOutsideMaster, invalidLogin } from './errors/definition-errors.ts';

export function runCreatePrincipal(run: Interpreter, statement: CreatePrincipalStatement): void {
  const { session } = run;
  const { principals } = session.database;
  const transaction = session.transactionForWriting();
  switch (statement.principal) {
    case 'login':
      if (statement.password === undefined) throw unsupported('CREATE LOGIN without a password', statement.line);
      session.server.logins.create(transaction, statement.name, statement.password);
      return;
    case 'role':
      principals.create(transaction, {
        name: statement.name,
        kind: 'role',
        owner: statement.owner === undefined ? session.userName : principals.require(statement.owner).name,
      });
      return;
    case 'user': {
      const name = statement.withoutLogin ? undefined : (statement.forLogin ?? statement.name);
      const login = name === undefined ? undefined : session.server.logins.find(name);
      if (name !== undefined && login === undefined) throw invalidLogin(name);
      principals.create(transaction, {
        name: statement.name,
        kind: 'user',
        defaultSchema: statement.defaultSchema ?? 'dbo',
        ...(login === undefined ? {} : { login: login.name, sid: login.sid }),
      });
    }
  }
}

export function runAlterPrincipal(run: Interpreter, statement: AlterPrincipalStatement): void {
  const { session } = run;
  const { principals } = session.database;
  const transaction = session.transactionForWriting();
  const { change } = statement;
  if (statement.principal === 'serverRole') {
    const role = nameKey(statement.name);
    if (!serverRoles.includes(role)) throw cannotDo('alter', 'server role', statement.name);
    if (change.kind === 'addMember' || change.kind === 'dropMember')
      session.server.logins.setRole(transaction, change.member, role, change.kind === 'addMember');
    return;
  }
  if (statement.principal === 'login') {
    if (change.kind !== 'password') throw unsupported(`ALTER LOGIN with ${change.kind}`, statement.line);
    session.server.logins.setPassword(transaction, statement.name, change.password);
    return;
  }
  switch (change.kind) {
    case 'addMember':
    case 'dropMember': {
      const role = principals.require(statement.name).name;
      principals.update(transaction, change.member, (member) => {
        const others = member.memberOf.filter((name) => nameKey(name) !== nameKey(role));
        return { ...member, memberOf: change.kind === 'addMember' ? [...others, role] : others };
      });
      return;
    }
    case 'rename':
      principals.update(transaction, statement.name, (principal) => ({ ...principal, name: change.newName }));
      return;
    case 'defaultSchema':
      principals.update(transaction, statement.name, (principal) => ({ ...principal, defaultSchema: change.schema }));
      return;
    default:
      throw unsupported(`ALTER ${statement.principal.toUpperCase()} with ${change.kind}`, statement.line);
  }
}

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

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

export function runExecuteAs(run: Interpreter, statement: Of<'executeAs'>, frame: ModuleFrame): void {
  if (statement.context !== 'user' || statement.name === undefined)
    throw unsupported(`EXECUTE AS ${statement.context.toUpperCase()}`, statement.line);
  const { value } = run.session.scalar(statement.name, frame);
  impersonate(run.session, typeof value === 'string' ? value : '', { asked: true });
}

export function runRevert(run: Interpreter): void {
  run.session.impersonated.pop();
}
