import { nameKey } from '../catalog/name-key.ts';
import type { Transaction } from '../storage/transaction.ts';
import {
  cannotDo,
  cannotDropPrincipal,
  publicMembership,
  roleHasMembers,
  roleInItself,
  specialPrincipal,
  userExists,
} from './errors.ts';
import { coveringPermissions, deniedByRole, fixedRoles, grantedByRole } from './permission-cover.ts';
import { changedPermissions, type Permission, type PermissionChange } from './permission-rows.ts';

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

const firstUserPrincipalId = 5;

/** Permissions that a schema or a database hands down to the objects in it. */
const reachingPermissions = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'EXECUTE', 'REFERENCES', 'ALTER'];

/** A user or role of the database, in the form that permissions on it are kept by. */
export function pathOfPrincipal({ kind, name }: Pick<Principal, 'kind' | 'name'>): string {
  return `${kind === 'role' ? 'ROLE' : 'USER'}:${nameKey(name)}`;
}

function isIn(principal: Principal, role: string): boolean {
  return principal.memberOf.some((name) => nameKey(name) === nameKey(role));
}

/** What {@link Principals} must save when it changes. */
export interface PrincipalsSnapshot {
  readonly principals: readonly Principal[];
  readonly permissions: readonly Permission[];
}

/** Users, roles and permissions of one database. Immutable snapshots, so that a rollback restores the one before. */
export class Principals {
  #principals = new Map<string, Principal>();
  #permissions: readonly Permission[] = [];
  /** Securables on whose columns somebody has a permission of its own. */
  #withColumns: ReadonlySet<string> = new Set();
  #version = 0;
  readonly #changed: (transaction: Transaction) => void;

  constructor(saved: PrincipalsSnapshot | undefined, changed: (transaction: Transaction) => void) {
    this.#changed = changed;
    if (saved !== undefined) {
      for (const principal of saved.principals) this.#principals.set(nameKey(principal.name), principal);
      this.#keep(saved.permissions);
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
    const members = [...this.#principals.values()].some((known) => isIn(known, name));
    if (members) throw roleHasMembers();
    this.#change(transaction, (principals) => principals.delete(nameKey(name)));
    const securable = pathOfPrincipal(principal);
    this.#filter(
      transaction,
      (permission) => permission.securable !== securable && nameKey(permission.grantee) !== nameKey(name),
    );
  }

  /** Gives a principal another name; what it is in, has and owns stays. @throws {SqlError} 15151 unknown, 15023 for a taken name */
  rename(transaction: Transaction, name: string, to: string): void {
    const principal = this.require(name);
    const taken = this.find(to);
    if (taken !== undefined && taken !== principal) throw userExists(to);
    const renamed = (known: string): string => (nameKey(known) === nameKey(name) ? to : known);
    this.#change(transaction, (principals) => {
      for (const [key, known] of principals) {
        const { owner, memberOf } = known;
        if (!isIn(known, name) && nameKey(owner ?? '') !== nameKey(name)) continue;
        const changed = { ...known, memberOf: memberOf.map(renamed) };
        principals.set(key, owner === undefined ? changed : { ...changed, owner: renamed(owner) });
      }
      principals.delete(nameKey(name));
      principals.set(nameKey(to), { ...principal, name: to });
    });
    const from = pathOfPrincipal(principal);
    const path = pathOfPrincipal({ ...principal, name: to });
    this.#map(transaction, (known) => {
      const isGrantee = nameKey(known.grantee) === nameKey(name);
      if (!isGrantee && known.securable !== from) return known;
      return {
        ...known,
        grantee: renamed(known.grantee),
        securable: known.securable === from ? path : known.securable,
      };
    });
  }

  /**
   * Puts a user or role into a role, or takes it out.
   *
   * @throws {SqlError} 15151 unknown, 15081 for public, 15405 for dbo, fixed roles and others of the server's own, 15413 for a circle
   */
  setMember(transaction: Transaction, name: string, member: string, isMember: boolean): void {
    const role = this.find(name);
    if (role?.kind !== 'role') throw cannotDo('alter', 'role', name);
    if (nameKey(role.name) === 'public') throw publicMembership();
    const principal = this.find(member);
    if (principal === undefined) throw cannotDo(isMember ? 'add' : 'drop', 'principal', member);
    if (principal.fixed && nameKey(principal.name) !== 'guest') throw specialPrincipal(principal.name);
    if (isMember && this.rolesOf(role.name).has(nameKey(principal.name))) throw roleInItself();
    this.update(transaction, member, (known) => {
      const others = known.memberOf.filter((other) => nameKey(other) !== nameKey(role.name));
      return { ...known, memberOf: isMember ? [...others, role.name] : others };
    });
  }

  update(transaction: Transaction, name: string, change: (principal: Principal) => Principal): void {
    const changed = change(this.require(name));
    this.#change(transaction, (principals) => {
      principals.delete(nameKey(name));
      principals.set(nameKey(changed.name), changed);
    });
  }

  /** GRANT, DENY and REVOKE of one permission to one principal. @throws {SqlError} 15151 for a principal that isn't there */
  setPermission(transaction: Transaction, action: 'grant' | 'deny' | 'revoke', change: PermissionChange): void {
    const grantee = this.require(change.grantee).name;
    this.#setPermissions(transaction, changedPermissions(this.#permissions, action, { ...change, grantee }));
  }

  /** Forgets the permissions on something that was dropped. */
  forgetSecurable(transaction: Transaction, securable: string): void {
    this.#filter(transaction, (permission) => permission.securable !== securable);
  }

  /** Forgets the permissions on columns that a securable no longer has. @param columns those that it has, in key form */
  forgetColumns(transaction: Transaction, securable: string, columns: ReadonlySet<string>): void {
    if (!this.#withColumns.has(securable)) return;
    this.#filter(
      transaction,
      (known) => known.securable !== securable || known.column === undefined || columns.has(known.column),
    );
  }

  /** A column has another name now; both in key form. */
  renameColumn(transaction: Transaction, securable: string, from: string, to: string): void {
    if (!this.#withColumns.has(securable)) return;
    this.#map(transaction, (known) =>
      known.securable === securable && known.column === from ? { ...known, column: to } : known,
    );
  }

  /** A securable has another name now. */
  moveSecurable(transaction: Transaction, from: string, to: string): void {
    this.#map(transaction, (known) => (known.securable === from ? { ...known, securable: to } : known));
  }

  /** Whether somebody has a permission of its own on a column of the securable. */
  hasColumnPermissions(securable: string): boolean {
    return this.#withColumns.has(securable);
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
      if (known.column !== undefined || !securables.includes(known.securable)) continue;
      if (!roles.has(nameKey(known.grantee))) continue;
      if (!coveringPermissions(permission, target, known.securable).has(known.permission)) continue;
      if (known.state === 'deny') return false;
      granted = true;
    }
    return granted;
  }

  /**
   * Whether `user` holds `permission` on a column. DENY on the column wins over all; a GRANT on the column over DENY on the object
   * (as long as common criteria compliance is off, which it always is here), not over DENY on what contains it. Else it is as for
   * the object, without the rows that the column is an exception from.
   *
   * @param securables as for {@link allows}
   * @param column in key form
   */
  allowsColumn(
    user: string,
    permission: string,
    securables: readonly string[],
    column: string,
    owner?: string,
  ): boolean {
    const [target = ''] = securables;
    if (!this.#withColumns.has(target)) return this.allows(user, permission, securables, owner);
    if (nameKey(user) === 'dbo') return true;
    const roles = this.rolesOf(user);
    if (roles.has('db_owner') || (owner !== undefined && roles.has(nameKey(owner)))) return true;
    if (deniedByRole(roles, permission)) return false;
    const mine = this.#permissions.filter(
      (known) => securables.includes(known.securable) && roles.has(nameKey(known.grantee)),
    );
    const own = mine.filter((known) => known.column === column && known.permission === permission);
    if (own.some(({ state }) => state === 'deny')) return false;
    const grantedHere = own.some(({ state }) => state === 'grant');
    const exceptions = new Set(own.map(({ grantee }) => nameKey(grantee)));
    let granted = grantedHere || grantedByRole(roles, permission, target);
    for (const known of mine) {
      if (known.column !== undefined || !coveringPermissions(permission, target, known.securable).has(known.permission))
        continue;
      const isObjects = known.securable === target && known.permission === permission;
      if (isObjects && (grantedHere ? known.state === 'deny' : exceptions.has(nameKey(known.grantee)))) continue;
      if (known.state === 'deny') return false;
      granted = true;
    }
    return granted;
  }

  /**
   * Whether `user` was granted the permission on some column of a securable, or has it on one that a DENY on the securable leaves out.
   *
   * @param securables as for {@link allows}
   */
  allowsSomeColumn(user: string, permission: string, securables: readonly string[], owner?: string): boolean {
    const [target = ''] = securables;
    if (!this.#withColumns.has(target)) return false;
    const roles = this.rolesOf(user);
    return this.#permissions.some(({ column, state, ...known }) => {
      if (column === undefined || known.permission !== permission || known.securable !== target) return false;
      if (!roles.has(nameKey(known.grantee))) return false;
      return (
        state === 'grant' || (state === 'revoke' && this.allowsColumn(user, permission, securables, column, owner))
      );
    });
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

  #filter(transaction: Transaction, isKept: (permission: Permission) => boolean): void {
    const kept = this.#permissions.filter(isKept);
    if (kept.length !== this.#permissions.length) this.#setPermissions(transaction, kept);
  }

  #map(transaction: Transaction, change: (permission: Permission) => Permission): void {
    const changed = this.#permissions.map(change);
    if (changed.some((permission, index) => permission !== this.#permissions[index]))
      this.#setPermissions(transaction, changed);
  }

  #setPermissions(transaction: Transaction, permissions: readonly Permission[]): void {
    const before = this.#permissions;
    this.#keep(permissions);
    this.#version += 1;
    transaction.record(() => {
      this.#keep(before);
      this.#version += 1;
    });
    this.#changed(transaction);
  }

  #keep(permissions: readonly Permission[]): void {
    this.#permissions = permissions;
    this.#withColumns = new Set(
      permissions.flatMap(({ column, securable }) => (column === undefined ? [] : [securable])),
    );
  }
}
