import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { nameKey } from '../catalog/name-key.ts';
import { cannotDo } from '../security/errors.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Transaction } from '../storage/transaction.ts';
import { loginExists, loginFailed } from './errors.ts';

interface Login {
  readonly name: string;
  readonly loginId: number;
  /** Security identifier, hexadecimal; absent in data of before there were any. */
  readonly sid?: string;
  /** Fixed server roles, in lower case. */
  readonly roles?: readonly string[];
  /** Default database; absent is master. */
  readonly database?: string;
  /** Default language; absent is the server's. */
  readonly language?: string;
  /** Server permissions granted, upper case. */
  readonly permissions?: readonly string[];
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** Who a session logged in as. */
export interface LoginIdentity {
  readonly name: string;
  /** Security identifier, hexadecimal. */
  readonly sid: string;
  /** Default database; absent is master. */
  readonly database?: string | undefined;
  /** Default language; absent is the server's. */
  readonly language?: string | undefined;
}

/** What a session of a login has unless it asks for something else. */
export type LoginDefaults = Pick<Login, 'database' | 'language'>;

/** `sa` has the same identifier on every server. */
export const administratorSid = '01';

/** Fixed roles of the server, in the order in which SQL Server numbers them from 3. */
export const serverRoles = [
  'sysadmin',
  'securityadmin',
  'serveradmin',
  'setupadmin',
  'processadmin',
  'diskadmin',
  'dbcreator',
  'bulkadmin',
];

/** Permissions of the server that fixed roles hold. Source: Microsoft's "Server-level roles". */
const rolePermissions: Readonly<Record<string, readonly string[]>> = {
  securityadmin: ['ALTER ANY LOGIN'],
  dbcreator: ['ALTER ANY DATABASE', 'CREATE ANY DATABASE'],
  serveradmin: ['VIEW SERVER STATE'],
  processadmin: ['ALTER ANY CONNECTION', 'ALTER SERVER STATE', 'VIEW SERVER STATE'],
};

/** Permissions of the server that can be granted here, with those that include them. */
const serverPermissions: Readonly<Record<string, readonly string[]>> = {
  'ALTER ANY CONNECTION': [],
  'ALTER ANY DATABASE': [],
  'ALTER ANY LOGIN': [],
  'CONTROL SERVER': [],
  'CREATE ANY DATABASE': ['ALTER ANY DATABASE'],
  'VIEW ANY DATABASE': [],
  'VIEW ANY DEFINITION': [],
  'VIEW SERVER STATE': ['ALTER SERVER STATE'],
  'VIEW SERVER PERFORMANCE STATE': ['VIEW SERVER STATE', 'ALTER SERVER STATE'],
  'ALTER SERVER STATE': [],
};

/** Names of the permissions of the server that there are here. */
export const serverPermissionNames: readonly string[] = Object.keys(serverPermissions);

export function isServerPermission(permission: string): boolean {
  return permission in serverPermissions;
}

/** Small, as a flood of logins must not hold the one thread up: 2^10 rounds take about 3 ms. */
const scryptCost = 1024;

const administrator = 'sa';

function hashed(password: string, salt: Uint8Array): Uint8Array {
  return scryptSync(password, salt, 32, { N: scryptCost });
}

function secretOf(password: string): { salt: Uint8Array; hash: Uint8Array } {
  const salt = randomBytes(16);
  return { salt, hash: hashed(password, salt) };
}

/** Logins of older data have no identifier: their name stands for it. */
function sidOf(login: Login): string {
  return login.sid ?? Buffer.from(nameKey(login.name), 'utf16le').toString('hex');
}

/** Storage address of a login. */
function address(name: string): { database: string; kind: string; schema: string; name: string } {
  return { database: '', kind: 'login', schema: '', name: nameKey(name) };
}

/** The server's SQL logins. `sa` has the password the server was started with; it is not stored. */
export class Logins {
  readonly #logins = new Map<string, Login>();
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore, administratorPassword: string, saved: readonly unknown[]) {
    this.#objects = objects;
    for (const login of saved as readonly Login[]) this.#logins.set(nameKey(login.name), login);
    const salt = randomBytes(16);
    this.#logins.set(administrator, {
      name: administrator,
      loginId: 1,
      sid: administratorSid,
      roles: ['sysadmin'],
      salt,
      hash: hashed(administratorPassword, salt),
    });
  }

  get all(): readonly (LoginIdentity & { readonly loginId: number; readonly roles: readonly string[] })[] {
    return [...this.#logins.values()].map((login) => ({ ...login, sid: sidOf(login), roles: login.roles ?? [] }));
  }

  find(name: string): LoginIdentity | undefined {
    const login = this.#logins.get(nameKey(name));
    return login === undefined ? undefined : { name: login.name, sid: sidOf(login) };
  }

  findBySid(sid: string): LoginIdentity | undefined {
    for (const login of this.#logins.values()) if (sidOf(login) === sid) return { name: login.name, sid };
    return undefined;
  }

  isInRole(name: string, role: string): boolean {
    return this.#logins.get(nameKey(name))?.roles?.includes(role) === true;
  }

  /** Whether a login holds a permission of the server. */
  allows(name: string, permission: string): boolean {
    const login = this.#logins.get(nameKey(name));
    if (login === undefined) return false;
    const { roles = [], permissions = [] } = login;
    if (roles.includes('sysadmin') || permissions.includes('CONTROL SERVER')) return true;
    // That of public is taken away from nobody here.
    const held = new Set([
      'VIEW ANY DATABASE',
      ...permissions,
      ...roles.flatMap((role) => rolePermissions[role] ?? []),
    ]);
    return held.has(permission) || (serverPermissions[permission] ?? []).some((wider) => held.has(wider));
  }

  exists(name: string): boolean {
    return this.#logins.has(nameKey(name));
  }

  /** The login in its own spelling. @throws {SqlError} 18456 */
  authenticate(name: string, password: string): LoginIdentity {
    const login = this.#logins.get(nameKey(name));
    if (login !== undefined && timingSafeEqual(hashed(password, login.salt), login.hash))
      return { name: login.name, sid: sidOf(login), database: login.database, language: login.language };
    throw loginFailed(name);
  }

  /** @throws {SqlError} 15025 when the name is taken */
  create(transaction: Transaction, name: string, password: string, defaults: LoginDefaults = {}): void {
    if (this.exists(name)) throw loginExists(name);
    const loginId = Math.max(256, ...[...this.#logins.values()].map((login) => login.loginId)) + 1;
    const sid = randomBytes(16).toString('hex');
    this.#put(transaction, {
      name,
      loginId,
      sid,
      ...defaults,
      ...secretOf(password),
    });
  }

  /** @throws {SqlError} 15151 when there is no such login */
  setDefaults(transaction: Transaction, name: string, defaults: LoginDefaults): void {
    this.#put(transaction, { ...this.#require(name), ...defaults });
  }

  /** @throws {SqlError} 15151 when there is no such login */
  setPassword(transaction: Transaction, name: string, password: string): void {
    this.#put(transaction, { ...this.#require(name), ...secretOf(password) });
  }

  /** ALTER SERVER ROLE. @throws {SqlError} 15151 when there is no such login or role */
  setRole(transaction: Transaction, name: string, role: string, member: boolean): void {
    const login = this.#require(name);
    const others = (login.roles ?? []).filter((known) => known !== role);
    this.#put(transaction, { ...login, roles: member ? [...others, role] : others });
  }

  /** GRANT and REVOKE of a permission of the server. @throws {SqlError} 15151 when there is no such login */
  setPermission(transaction: Transaction, name: string, permission: string, granted: boolean): void {
    const login = this.#require(name);
    const others = (login.permissions ?? []).filter((known) => known !== permission);
    this.#put(transaction, { ...login, permissions: granted ? [...others, permission] : others });
  }

  /** @throws {SqlError} 15151 when there is no such login */
  drop(transaction: Transaction, name: string): void {
    const login = this.#require(name);
    this.#logins.delete(nameKey(name));
    transaction.record(() => this.#logins.set(nameKey(name), login));
    this.#objects.remove(transaction, address(name));
  }

  #put(transaction: Transaction, login: Login): void {
    const key = nameKey(login.name);
    const before = this.#logins.get(key);
    this.#logins.set(key, login);
    transaction.record(() => {
      if (before === undefined) this.#logins.delete(key);
      else this.#logins.set(key, before);
    });
    if (key !== administrator)
      this.#objects.put(transaction, { ...address(login.name), objectId: login.loginId, definition: login });
  }

  #require(name: string): Login {
    const login = this.#logins.get(nameKey(name));
    if (login !== undefined) return login;
    throw cannotDo('alter', 'login', name);
  }
}
