import { nameKey } from '../catalog/name-key.ts';
import type { Transaction } from '../storage/transaction.ts';
import { cannotDo, cannotDropPrincipal, userExists } from './errors.ts';
import { coveringPermissions, deniedByRole, fixedRoles, grantedByRole } from './permission-cover.ts';

export interface Principal {
  readonly principalId: number;
  readonly name: string;
  readonly kind: 'user' | 'role';
  /** Login a user maps to; absent for WITHOUT LOGIN and for roles. */
  readonly login?: string;
  /** Security identifier of that login, hexadecimal: a login of the same name made later is another one. */
  readonly sid?: string;
  /** Owner of a role. */
  readonly owner?: string;
  readonly defaultSchema?: string;
  readonly fixed: boolean;
  readonly createdAt: number;
  readonly memberOf: readonly string[];
}

export interface Permission {
  readonly state: 'grant' | 'deny';
  readonly withGrantOption: boolean;
  /** Upper case, e.g. RECEIVE. */
  readonly permission: string;
  /** Securable: `OBJECT:dbo.t`, `SERVICE:s`, `SCHEMA:dbo`, `DATABASE:`, ... with the name in key form. */
  readonly securable: string;
  readonly grantee: string;
}

const firstUserPrincipalId = 5;

/** Permissions that a schema or a database hands down to the objects in it. */
const reachingPermissions = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'EXECUTE', 'REFERENCES', 'ALTER'];

/** What {@link Principals} must save when it changes. */
export interface PrincipalsSnapshot {
  readonly principals: readonly Principal[];
  readonly permissions: readonly Permission[];
}

/** Users, roles and permissions of one database. Immutable snapshots, so that a rollback restores the one before. */
export class Principals {
  #principals = new Map<string, Principal>();
  #permissions: readonly Permission[] = [];
  #version = 0;
  readonly #changed: (transaction: Transaction) => void;

  constructor(saved: PrincipalsSnapshot | undefined, changed: (transaction: Transaction) => void) {
    this.#changed = changed;
    if (saved !== undefined) {
      for (const principal of saved.principals) this.#principals.set(nameKey(principal.name), principal);
      this.#permissions = saved.permissions;
      return;
    }
    const createdAt = Date.now();
    const add = (name: string, kind: 'user' | 'role', principalId: number, extra: Partial<Principal> = {}): void => {
      this.#principals.set(nameKey(name), { name, kind, principalId, fixed: true, createdAt, memberOf: [], ...extra });
    };
    add('dbo', 'user', 1, { login: 'sa', defaultSchema: 'dbo', memberOf: ['db_owner'] });
    add('guest', 'user', 2, { defaultSchema: 'guest' });
    add('INFORMATION_SCHEMA', 'user', 3);
    add('sys', 'user', 4);
    for (const [index, role] of fixedRoles.entries()) add(role, 'role', index === 0 ? 0 : 16383 + index);
  }

  /** Grows with every change, so that what was allowed before is asked again. */
  get version(): number {
    return this.#version;
  }

  get snapshot(): PrincipalsSnapshot {
    return { principals: [...this.#principals.values()], permissions: this.#permissions };
  }

  find(name: string): Principal | undefined {
    return this.#principals.get(nameKey(name));
  }

  /** @throws {SqlError} 15151 when there is no such principal */
  require(name: string): Principal {
    const principal = this.find(name);
    if (principal !== undefined) return principal;
    throw cannotDo('find', 'user', name);
  }

  /** The user that a login is here. Users are tied to the login's identifier, not to its name. */
  userOfLogin(login: { readonly name: string; readonly sid: string }): Principal | undefined {
    for (const principal of this.#principals.values()) {
      // Who is dbo is the database's own matter: its owner.
      if (principal.kind !== 'user' || principal.login === undefined || principal.name === 'dbo') continue;
      if (principal.sid === undefined ? nameKey(principal.login) === nameKey(login.name) : principal.sid === login.sid)
        return principal;
    }
    return undefined;
  }

  findById(principalId: number): Principal | undefined {
    for (const principal of this.#principals.values()) if (principal.principalId === principalId) return principal;
    return undefined;
  }

  /** @throws {SqlError} 15023 when the name is taken */
  create(
    transaction: Transaction,
    principal: Omit<Principal, 'principalId' | 'fixed' | 'createdAt' | 'memberOf'>,
  ): void {
    if (this.find(principal.name) !== undefined) {
      throw userExists(principal.name);
    }
    const used = new Set([...this.#principals.values()].map((known) => known.principalId));
    let principalId = firstUserPrincipalId;
    while (used.has(principalId)) principalId += 1;
    this.#change(transaction, (principals) =>
      principals.set(nameKey(principal.name), {
        ...principal,
        principalId,
        fixed: false,
        createdAt: Date.now(),
        memberOf: [],
      }),
    );
  }

  /** @throws {SqlError} 15151 unknown, 15150 for a built-in one */
  drop(transaction: Transaction, name: string): void {
    const principal = this.require(name);
    if (principal.fixed) throw cannotDropPrincipal(principal.kind, name);
    this.#change(transaction, (principals) => principals.delete(nameKey(name)));
    this.#setPermissions(
      transaction,
      this.#permissions.filter((permission) => nameKey(permission.grantee) !== nameKey(name)),
    );
  }

  update(transaction: Transaction, name: string, change: (principal: Principal) => Principal): void {
    const changed = change(this.require(name));
    this.#change(transaction, (principals) => {
      principals.delete(nameKey(name));
      principals.set(nameKey(changed.name), changed);
    });
  }

  /** GRANT, DENY and REVOKE of one permission to one principal. */
  setPermission(
    transaction: Transaction,
    action: 'grant' | 'deny' | 'revoke',
    permission: Omit<Permission, 'state'>,
  ): void {
    const grantee = this.require(permission.grantee).name;
    const others = this.#permissions.filter(
      (known) =>
        known.permission !== permission.permission ||
        known.securable !== permission.securable ||
        nameKey(known.grantee) !== nameKey(grantee),
    );
    this.#setPermissions(
      transaction,
      action === 'revoke' ? others : [...others, { ...permission, grantee, state: action }],
    );
  }

  /** Forgets the permissions on an object that was dropped. */
  forgetSecurable(transaction: Transaction, securable: string): void {
    const kept = this.#permissions.filter((permission) => permission.securable !== securable);
    if (kept.length !== this.#permissions.length) this.#setPermissions(transaction, kept);
  }

  /** The user and every role it is in, directly or not, `public` included; in key form. */
  rolesOf(user: string): Set<string> {
    const reached = new Set<string>([nameKey(user), 'public']);
    const pending = [user];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      for (const role of this.find(name)?.memberOf ?? []) {
        if (!reached.has(nameKey(role))) {
          reached.add(nameKey(role));
          pending.push(role);
        }
      }
    }
    return reached;
  }

  /**
   * Whether `user` holds `permission` on a securable. DENY wins over GRANT; a permission on the schema or the database,
   * and one that covers it (CONTROL, ALTER ANY ...), reaches the object. Who owns the securable holds everything on it.
   *
   * @param securables the object first, then what contains it (schema, database)
   * @param owner user or role that owns the securable
   */
  allows(user: string, permission: string, securables: readonly string[], owner?: string): boolean {
    if (nameKey(user) === 'dbo') return true;
    const roles = this.rolesOf(user);
    if (roles.has('db_owner') || (owner !== undefined && roles.has(nameKey(owner)))) return true;
    const [target = 'DATABASE:'] = securables;
    if (deniedByRole(roles, permission)) return false;
    let granted = grantedByRole(roles, permission, target);
    for (const known of this.#permissions) {
      if (!securables.includes(known.securable) || !roles.has(nameKey(known.grantee))) continue;
      if (!coveringPermissions(permission, target, known.securable).has(known.permission)) continue;
      if (known.state === 'deny') return false;
      granted = true;
    }
    return granted;
  }

  /** Whether `user` sees that a securable exists: with any permission on it, or VIEW DEFINITION on what contains it. */
  sees(user: string, securables: readonly string[], owner?: string): boolean {
    if (this.allows(user, 'VIEW DEFINITION', securables, owner)) return true;
    const roles = this.rolesOf(user);
    const [target] = securables;
    const own = this.#permissions.some(
      (known) => known.state === 'grant' && known.securable === target && roles.has(nameKey(known.grantee)),
    );
    if (own) return true;
    // Permissions on a schema or the database that reach the objects in it count as permissions on these.
    return reachingPermissions.some((permission) => this.allows(user, permission, securables, owner));
  }

  #change(transaction: Transaction, change: (principals: Map<string, Principal>) => void): void {
    const before = this.#principals;
    const after = new Map(before);
    change(after);
    this.#principals = after;
    this.#version += 1;
    transaction.record(() => {
      this.#principals = before;
      this.#version += 1;
    });
    this.#changed(transaction);
  }

  #setPermissions(transaction: Transaction, permissions: readonly Permission[]): void {
    const before = this.#permissions;
    this.#permissions = permissions;
    this.#version += 1;
    transaction.record(() => {
      this.#permissions = before;
      this.#version += 1;
    });
    this.#changed(transaction);
  }
}
