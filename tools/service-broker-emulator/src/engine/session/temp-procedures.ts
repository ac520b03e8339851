import type { ModuleObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { Transaction } from '../storage/transaction.ts';
import { moduleNameTaken } from './errors.ts';

/**
 * Temporary procedures: `#name` belongs to one session, `##name` is seen by all and goes with the session that made it.
 * They are in no database's catalog.
 */
export class TempProcedures {
  readonly #own = new Map<string, ModuleObject>();
  readonly #shared: Map<string, ModuleObject>;
  readonly #made = new Set<string>();

  /** @param shared the server's `##` procedures */
  constructor(shared: Map<string, ModuleObject>) {
    this.#shared = shared;
  }

  find(name: string): ModuleObject | undefined {
    return this.#of(name).get(nameKey(name));
  }

  /** @throws {SqlError} 2714 when there is one of that name */
  add(transaction: Transaction, object: ModuleObject): void {
    const { name } = object;
    if (this.find(name) !== undefined) {
      throw moduleNameTaken(name);
    }
    this.#put(transaction, name, object);
    if (name.startsWith('##')) this.#made.add(nameKey(name));
  }

  replace(transaction: Transaction, object: ModuleObject): void {
    this.#put(transaction, object.name, object);
  }

  remove(transaction: Transaction, name: string): void {
    this.#put(transaction, name, undefined);
  }

  /** The session ends or is reset. */
  clear(): void {
    this.#own.clear();
    for (const key of this.#made) this.#shared.delete(key);
    this.#made.clear();
  }

  #of(name: string): Map<string, ModuleObject> {
    return name.startsWith('##') ? this.#shared : this.#own;
  }

  #put(transaction: Transaction, name: string, object: ModuleObject | undefined): void {
    const map = this.#of(name);
    const key = nameKey(name);
    const before = map.get(key);
    const set = (value: ModuleObject | undefined): void => {
      if (value === undefined) map.delete(key);
      else map.set(key, value);
    };
    set(object);
    transaction.record(() => set(before));
  }
}
