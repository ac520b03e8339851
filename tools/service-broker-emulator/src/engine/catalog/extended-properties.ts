import type { Transaction } from '../storage/transaction.ts';
import type { SqlVariant } from '../types/sql-value.ts';
import { nameKey } from './name-key.ts';

/** What an extended property belongs to, by the columns of `sys.extended_properties`. */
export interface PropertyOwner {
  /** 0 the database, 1 an object or column, 2 a parameter, 3 a schema, 7 an index. */
  readonly class: 0 | 1 | 2 | 3 | 7;
  /** Id of the object or schema; 0 for the database. */
  readonly major: number;
  /** Name of the column, parameter or index; empty for what has none. */
  readonly minor: string;
}

export interface ExtendedProperty extends PropertyOwner {
  readonly name: string;
  readonly value: SqlVariant | null;
}

/** Called with every change, so that it can be saved with the transaction that made it. */
type PropertyListener = (transaction: Transaction, property: ExtendedProperty, removed: boolean) => void;

function keyOf(owner: PropertyOwner, name: string): string {
  return [owner.class, owner.major, nameKey(owner.minor), nameKey(name)].join('\u0000');
}

/** The extended properties of one database. Changes are taken back when their transaction rolls back. */
export class ExtendedProperties {
  readonly #properties = new Map<string, ExtendedProperty>();
  readonly #changed: PropertyListener;

  constructor(changed: PropertyListener) {
    this.#changed = changed;
  }

  get all(): Iterable<ExtendedProperty> {
    return this.#properties.values();
  }

  find(owner: PropertyOwner, name: string): ExtendedProperty | undefined {
    return this.#properties.get(keyOf(owner, name));
  }

  /** Puts a property that was saved before back in place, while the server starts. */
  restore(property: ExtendedProperty): void {
    this.#properties.set(keyOf(property, property.name), property);
  }

  /** Adds a property or replaces the one of that name. */
  put(transaction: Transaction, property: ExtendedProperty): void {
    const key = keyOf(property, property.name);
    const before = this.#properties.get(key);
    this.#properties.set(key, property);
    transaction.record(() => {
      if (before === undefined) this.#properties.delete(key);
      else this.#properties.set(key, before);
    });
    this.#changed(transaction, property, false);
  }

  remove(transaction: Transaction, property: ExtendedProperty): void {
    const key = keyOf(property, property.name);
    this.#properties.delete(key);
    transaction.record(() => this.#properties.set(key, property));
    this.#changed(transaction, property, true);
  }

  /** Forgets what belongs to something that is dropped. */
  forget(transaction: Transaction, belongs: (owner: PropertyOwner) => boolean): void {
    for (const property of [...this.#properties.values()]) if (belongs(property)) this.remove(transaction, property);
  }

  /** What properties belong to has another name now. */
  move(transaction: Transaction, from: PropertyOwner, to: PropertyOwner): void {
    for (const property of [...this.#properties.values()]) {
      const same =
        property.class === from.class &&
        property.major === from.major &&
        nameKey(property.minor) === nameKey(from.minor);
      if (!same) continue;
      this.remove(transaction, property);
      this.put(transaction, { ...property, ...to });
    }
  }
}
