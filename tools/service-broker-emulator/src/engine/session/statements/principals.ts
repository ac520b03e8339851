import { findLanguage } from '../../../languages.ts';
import type { AlterPrincipalStatement, CreatePrincipalStatement } from '../../../tsql/ast/principals.ts';
import { unsupported } from '../../../unsupported.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { cannotDo } from '../../security/errors.ts';
import { type LoginDefaults, serverRoles } from '../../server/logins.ts';
import type { Interpreter } from '../interpreter.ts';
import type { SessionCore } from '../session-core.ts';
import { invalidLanguage, invalidLogin, unknownDatabase } from './errors/definition-errors.ts';

export function runCreatePrincipal(run: Interpreter, statement: CreatePrincipalStatement): void {
  const { session } = run;
  const { principals } = session.database;
  const transaction = session.transactionForWriting();
  switch (statement.principal) {
    case 'login':
      if (statement.password === undefined) throw unsupported('CREATE LOGIN without a password', statement.line);
      session.server.logins.create(transaction, statement.name, statement.password, defaultsOf(session, statement));
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

/** Defaults of a login, in the spelling that they have. @throws {SqlError} 15010 and 15033 for what there isn't */
function defaultsOf(
  session: SessionCore,
  written: { readonly defaultDatabase?: string; readonly defaultLanguage?: string },
): LoginDefaults {
  const { defaultDatabase, defaultLanguage } = written;
  const database = defaultDatabase === undefined ? undefined : session.server.databases.find(defaultDatabase);
  if (defaultDatabase !== undefined && database === undefined) throw unknownDatabase(defaultDatabase);
  const language = defaultLanguage === undefined ? undefined : findLanguage(defaultLanguage);
  if (defaultLanguage !== undefined && language === undefined) throw invalidLanguage(defaultLanguage);
  return {
    ...(database === undefined ? {} : { database: database.name }),
    ...(language === undefined ? {} : { language: language.name }),
  };
}

export function runAlterPrincipal(run: Interpreter, statement: AlterPrincipalStatement): void {
  const { session } = run;
  const { catalog, principals } = session.database;
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
    if (change.kind === 'defaults') {
      session.server.logins.setDefaults(transaction, statement.name, defaultsOf(session, change));
      return;
    }
    if (change.kind !== 'password') throw unsupported(`ALTER LOGIN with ${change.kind}`, statement.line);
    session.server.logins.setPassword(transaction, statement.name, change.password);
    return;
  }
  switch (change.kind) {
    case 'addMember':
    case 'dropMember':
      principals.setMember(transaction, statement.name, change.member, change.kind === 'addMember');
      return;
    case 'rename':
      principals.rename(transaction, statement.name, change.newName);
      catalog.renameOwner(transaction, statement.name, change.newName);
      return;
    case 'defaultSchema':
      principals.update(transaction, statement.name, (principal) => ({ ...principal, defaultSchema: change.schema }));
      return;
    default:
      throw unsupported(`ALTER ${statement.principal.toUpperCase()} with ${change.kind}`, statement.line);
  }
}
