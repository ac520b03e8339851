import type { AlterAuthorizationStatement } from '../../../tsql/ast/authorization.ts';
import { unsupported } from '../../../unsupported.ts';
import { cannotDo } from '../../security/errors.ts';
import { principalSecurable } from '../../security/securables.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { securableOf } from '../securable-name.ts';
import { ownerIsUserAlready } from './errors/definition-errors.ts';

/** ALTER AUTHORIZATION ON DATABASE: the owner is a login. */
function changeDatabaseOwner(run: Interpreter, name: string, owner: string): void {
  const { session } = run;
  const { server } = session;
  const database = server.databases.require(name);
  const login = server.logins.find(owner);
  if (!session.isSysadmin || login === undefined) throw cannotDo('find', 'principal', owner);
  if (database.principals.userOfLogin(login) !== undefined && login.sid !== database.ownerSid) {
    throw ownerIsUserAlready();
  }
  const transaction = session.transactionForWriting();
  server.databases.setOwner(transaction, database, login.sid);
  database.broker.retryDelivery(transaction);
}

/**
 * ALTER AUTHORIZATION.
 *
 * @throws {SqlError} 15151 without permission or for an owner that isn't there, 40000 for objects: they belong to the
 * owner of their schema here
 */
export function runAlterAuthorization(
  run: Interpreter,
  statement: AlterAuthorizationStatement,
  frame: ModuleFrame,
): void {
  const { session } = run;
  const { class: kind, name, owner, line } = statement;
  if (kind === 'DATABASE') {
    if (owner === undefined) throw unsupported('ALTER AUTHORIZATION ON DATABASE ... TO SCHEMA OWNER', line);
    changeDatabaseOwner(run, name.name, owner);
    return;
  }
  const target = securableOf(run, { on: { class: kind, name }, line }, frame);
  const { broker, catalog, principals } = session.database;
  if (!session.holds('CONTROL', target.securable)) throw cannotDo('find', target.kind, target.name);
  if (owner === undefined) {
    if (kind === 'OBJECT') return;
    throw unsupported(`ALTER AUTHORIZATION ON ${kind} ... TO SCHEMA OWNER`, line);
  }
  const principal = principals.find(owner);
  if (principal === undefined) throw cannotDo('find', 'principal', owner);
  const isMember = principals.rolesOf(session.userName).has(owner.toLowerCase());
  if (!isMember && !session.holds('IMPERSONATE', principalSecurable(session.database, principal)))
    throw cannotDo('find', 'principal', owner);
  const transaction = session.transactionForWriting();
  switch (kind) {
    case 'SCHEMA':
      catalog.setSchemaOwner(transaction, name.name, principal.name);
      return;
    case 'ROLE':
      principals.update(transaction, name.name, (role) => ({ ...role, owner: principal.name }));
      return;
    case 'SERVICE':
    case 'CONTRACT':
    case 'MESSAGE TYPE':
      broker.setOwner(transaction, kind, name.name, principal.principalId);
      return;
    default:
      throw unsupported(`ALTER AUTHORIZATION ON ${kind}`, line);
  }
}
