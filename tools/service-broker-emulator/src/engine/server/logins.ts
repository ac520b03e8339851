import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { SqlError } from '../../errors.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Transaction } from '../storage/transaction.ts';

interface Login {
  readonly name: string;
  readonly loginId: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** Small, as a flood of logins must not hold the one thread up: 2^10 rounds take about 3 ms. */
const scryptCost = 1024;

const administrator = 'sa';

function hashed(password: string, salt: Uint8Array): Uint8Array {
  return scryptSync(password, salt, 32, { N: scryptCost });
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
      salt,
      hash: hashed(administratorPassword, salt),
    });
  }

  get all(): readonly { readonly name: string; readonly loginId: number }[] {
    return [...this.#logins.values()];
  }

  exists(name: string): boolean {
    return this.#logins.has(nameKey(name));
  }

  /** The login's own spelling of its name. @throws {SqlError} 18456 */
  authenticate(name: string, password: string): string {
    const login = this.#logins.get(nameKey(name));
    if (login !== undefined && timingSafeEqual(hashed(password, login.salt), login.hash)) return login.name;
    throw new SqlError(`Login failed for user '${name}'.`, { number: 18456, severity: 14, state: 1 });
  }

  /** @throws {SqlError} 15025 when the name is taken */
  create(transaction: Transaction, name: string, password: string): void {
    if (this.exists(name)) throw new SqlError(`The server principal '${name}' already exists.`, { number: 15025 });
    const loginId = Math.max(256, ...[...this.#logins.values()].map((login) => login.loginId)) + 1;
    this.#put(transaction, name, password, loginId);
  }

  /** @throws {SqlError} 15151 when there is no such login */
  setPassword(transaction: Transaction, name: string, password: string): void {
    this.#put(transaction, name, password, this.#require(name).loginId);
  }

  /** @throws {SqlError} 15151 when there is no such login */
  drop(transaction: Transaction, name: string): void {
    const login = this.#require(name);
    this.#logins.delete(nameKey(name));
    transaction.record(() => this.#logins.set(nameKey(name), login));
    this.#objects.remove(transaction, address(name));
  }

  #put(transaction: Transaction, name: string, password: string, loginId: number): void {
    const key = nameKey(name);
    const before = this.#logins.get(key);
    const salt = randomBytes(16);
    const login: Login = { name, loginId, salt, hash: hashed(password, salt) };
    this.#logins.set(key, login);
    transaction.record(() => {
      if (before === undefined) this.#logins.delete(key);
      else this.#logins.set(key, before);
    });
    if (key !== administrator)
      this.#objects.put(transaction, { ...address(name), objectId: loginId, definition: login });
  }

  #require(name: string): Login {
    const login = this.#logins.get(nameKey(name));
    if (login !== undefined) return login;
    throw new SqlError(`Cannot alter the login '${name}', because it does not exist or you do not have permission.`, {
      number: 15151,
    });
  }
}
