import { cannotImpersonate } from '../security/errors.ts';
import { principalSecurable } from '../security/securables.ts';
import type { Database } from '../server/database.ts';
import type { Logins } from '../server/logins.ts';
import type { SessionCore } from './session-core.ts';

/** A user taken on by EXECUTE AS, in the database that it belongs to. */
export interface Impersonation {
  readonly user: string;
  readonly database: Database;
}

/**
 * Takes on a user of the session's database until `session.impersonated` is cut back.
 *
 * @param options `asked`: by EXECUTE AS USER, which takes IMPERSONATE; a module's own clause doesn't
 * @throws {SqlError} 15517 for what isn't a user, for one whose login is gone, and without permission
 */
export function impersonate(session: SessionCore, name: string, options: { readonly asked: boolean }): void {
  const { database } = session;
  const user = database.principals.find(name);
  if (user === undefined || user.kind !== 'user' || !hasLogin(database, session.server.logins, user.name))
    throw cannotImpersonate(name);
  if (options.asked && !session.holds('IMPERSONATE', principalSecurable(database, user))) throw cannotImpersonate(name);
  session.impersonated.push({ user: user.name, database });
}

/** Whether the login behind a user is there. Users without login have none to lose. */
export function hasLogin(database: Database, logins: Logins, name: string): boolean {
  const user = database.principals.find(name);
  if (user?.name === 'dbo') return logins.findBySid(database.ownerSid) !== undefined;
  if (user?.login === undefined) return true;
  return user.sid === undefined ? logins.exists(user.login) : logins.findBySid(user.sid) !== undefined;
}
