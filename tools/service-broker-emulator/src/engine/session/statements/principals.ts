import type { AlterPrincipalStatement, CreatePrincipalStatement } from '../../../tsql/ast/principals.ts';
import { unsupported } from '../../../unsupported.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { cannotDo } from '../../security/errors.ts';
import { serverRoles } from '../../server/logins.ts';
import type { Interpreter } from '../interpreter.ts';
import { invalidLogin } from './errors/definition-errors.ts';

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
