import { nameTaken } from '../catalog/errors.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import type { MemoryTable } from '../storage/memory-table.ts';
import { unknownObject } from './errors.ts';
import { type SeenTable, type TempTableFacts, tempTableObject } from './temp-table-object.ts';

/** Names of temp tables that were looked up, in key form, with what was found. */
export type TempTableLookups = ReadonlyMap<string, TableDefinition | undefined>;

/** The temp tables of one session, `#name`. */
export class TempTables {
  readonly #stores = new Map<string, MemoryTable>();
  readonly #facts = new Map<string, TempTableFacts>();
  readonly #nextId: () => number;

  /** @param nextId an object id of tempdb that no session has had */
  constructor(nextId: () => number) {
    this.#nextId = nextId;
  }

  /** @throws {SqlError} 2714 when the session has a temp table of that name */
  add(name: string, store: MemoryTable): void {
    const key = nameKey(name);
    if (this.#stores.has(key)) throw nameTaken(name);
    this.#stores.set(key, store);
    this.#facts.set(key, { objectId: this.#nextId(), createdAt: Date.now() });
  }

  find(name: string): MemoryTable | undefined {
    return this.#stores.get(nameKey(name));
  }

  /** @throws {SqlError} 208 when there is none */
  require(name: string): MemoryTable {
    const store = this.find(name);
    if (store === undefined) throw unknownObject(name);
    return store;
  }

  /** The temp tables as objects of tempdb. */
  *objects(): Iterable<SeenTable> {
    for (const [key, store] of this.#stores) {
      const facts = this.#facts.get(key);
      if (facts !== undefined) yield tempTableObject(store, facts);
    }
  }

  /** A temp table by its own name or the one that it has in tempdb. */
  object(name: string): SeenTable | undefined {
    const key = nameKey(name);
    const store = this.#stores.get(key);
    const facts = this.#facts.get(key);
    if (store !== undefined && facts !== undefined) return tempTableObject(store, facts);
    for (const object of this.objects()) if (nameKey(object.name) === key) return object;
    return undefined;
  }

  /** Whether temp tables are as they were when they were looked up. */
  areStill(lookups: TempTableLookups): boolean {
    if (lookups.size === 0) return true;
    for (const [key, definition] of lookups) {
      if (this.#stores.get(key)?.definition !== definition) return false;
    }
    return true;
  }

  /** ALTER TABLE and CREATE INDEX: the same temp table in another shape. */
  replace(name: string, store: MemoryTable): void {
    this.#stores.set(nameKey(name), store);
  }

  drop(name: string): boolean {
    return this.#stores.delete(nameKey(name));
  }

  clear(): void {
    this.#stores.clear();
  }
}
