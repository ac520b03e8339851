import { SqlError } from '../../errors.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { Transaction } from '../storage/transaction.ts';

export interface Principal {
  readonly principalId: number;
  readonly name: string;
  readonly kind: 'user' | 'role';
  /** Login a user maps to; absent for WITHOUT LOGIN and for roles. */
  readonly login?: string;
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

const fixedRoles = [
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

const firstUserPrincipalId = 5;

/** Permissions that one holds when one holds the permission of the key; CONTROL implies all on its securable. */
const dataReader = new Set(['SELECT']);
const dataWriter = new Set(['INSERT', 'UPDATE', 'DELETE']);

/** What {@link Principals} must save when it changes. */
export interface PrincipalsSnapshot {
  readonly principals: readonly Principal[];
  readonly permissions: readonly Permission[];
}

/** Users, roles and permissions of one database. Immutable snapshots, so that a rollback restores the one before. */
export class Principals {
  #principals = new Map<string, Principal>();
  #permissions: readonly Permission[] = [];
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
    throw new SqlError(`Cannot find the user '${name}', because it does not exist or you do not have permission.`, {
      number: 15151,
    });
  }

  userOfLogin(login: string): Principal | undefined {
    for (const principal of this.#principals.values()) {
      if (principal.kind === 'user' && principal.login !== undefined && nameKey(principal.login) === nameKey(login))
        return principal;
    }
    return undefined;
  }

  /** @throws {SqlError} 15023 when the name is taken */
  create(
    transaction: Transaction,
    principal: Omit<Principal, 'principalId' | 'fixed' | 'createdAt' | 'memberOf'>,
  ): void {
    if (this.find(principal.name) !== undefined) {
      throw new SqlError(`User, group, or role '${principal.name}' already exists in the current database.`, {
        number: 15023,
      });
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
    if (principal.fixed) throw new SqlError(`Cannot drop the ${principal.kind} '${name}'.`, { number: 15150 });
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
   * Whether `user` holds `permission` on a securable. DENY wins over GRANT; a grant on the schema or the database, and
   * CONTROL on any of them, reaches the object.
   *
   * @param securables the object first, then what contains it (schema, database)
   */
  allows(user: string, permission: string, securables: readonly string[]): boolean {
    if (nameKey(user) === 'dbo') return true;
    const roles = this.rolesOf(user);
    if (roles.has('db_owner')) return true;
    let granted =
      (roles.has('db_datareader') && dataReader.has(permission)) ||
      (roles.has('db_datawriter') && dataWriter.has(permission));
    for (const known of this.#permissions) {
      if (!roles.has(nameKey(known.grantee)) || !securables.includes(known.securable)) continue;
      if (known.permission !== permission && known.permission !== 'CONTROL' && known.permission !== 'ALL') continue;
      if (known.state === 'deny') return false;
      granted = true;
    }
    return granted;
  }

  #change(transaction: Transaction, change: (principals: Map<string, Principal>) => void): void {
    const before = this.#principals;
    const after = new Map(before);
    change(after);
    this.#principals = after;
    transaction.record(() => {
      this.#principals = before;
    });
    this.#changed(transaction);
  }

  #setPermissions(transaction: Transaction, permissions: readonly Permission[]): void {
    const before = this.#permissions;
    this.#permissions = permissions;
    transaction.record(() => {
      this.#permissions = before;
    });
    this.#changed(transaction);
  }
}
