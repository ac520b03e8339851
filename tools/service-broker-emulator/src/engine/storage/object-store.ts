import type { DatabaseSync } from 'node:sqlite';
import type { DatabaseStore } from './database-store.ts';
import { decodeJson, encodeJson } from './json-codec.ts';
import type { Transaction, TransactionParticipant } from './transaction.ts';

/** Where an object's definition is kept. `schema` is empty for what has none (services, users, databases). */
export interface ObjectAddress {
  readonly database: string;
  readonly kind: string;
  readonly schema: string;
  /** As the catalog's key wants it: the store compares names byte by byte. */
  readonly name: string;
}

/** An object of the catalog as it is kept: `definition` is plain data that may hold bigint and Uint8Array values. */
export interface StoredObject extends ObjectAddress {
  readonly objectId: number;
  readonly definition: unknown;
}

interface PendingObject {
  readonly address: ObjectAddress;
  readonly object: StoredObject | undefined;
}

class PendingObjects implements TransactionParticipant {
  readonly changes = new Map<string, PendingObject>();

  persist(database: DatabaseSync): void {
    if (this.changes.size === 0) return;
    const put = database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?)');
    const remove = database.prepare('DELETE FROM objects WHERE database = ? AND kind = ? AND schema = ? AND name = ?');
    for (const { address, object } of this.changes.values()) {
      const { database: owner, kind, schema, name } = address;
      if (object === undefined) remove.run(owner, kind, schema, name);
      else put.run(owner, kind, schema, name, object.objectId, encodeJson(object.definition));
    }
  }

  ended(): void {
    this.changes.clear();
  }
}

/**
 * The catalog's definitions in the durable store. What is put or removed in a transaction becomes durable when it
 * commits; until then the catalog's own structures are the truth.
 */
export class ObjectStore {
  readonly #store: DatabaseStore;

  constructor(store: DatabaseStore) {
    this.#store = store;
  }

  /** Every committed object, in order of object id, so that what others refer to comes first. */
  load(): StoredObject[] {
    const rows = this.#store.database
      .prepare('SELECT database, kind, schema, name, object_id, definition FROM objects ORDER BY object_id')
      .all();
    return rows.map((row) => ({
      database: String(row.database),
      kind: String(row.kind),
      schema: String(row.schema),
      name: String(row.name),
      objectId: Number(row.object_id),
      definition: decodeJson(String(row.definition)),
    }));
  }

  /** Adds the object or replaces the one at its address. */
  put(transaction: Transaction, object: StoredObject): void {
    this.#change(transaction, { address: object, object });
  }

  remove(transaction: Transaction, address: ObjectAddress): void {
    this.#change(transaction, { address, object: undefined });
  }

  #change(transaction: Transaction, change: PendingObject): void {
    const { changes } = transaction.enlist(this, () => new PendingObjects());
    const { database, kind, schema, name } = change.address;
    const key = [database, kind, schema, name].join('\u0000');
    const before = changes.get(key);
    changes.set(key, change);
    transaction.record(() => {
      if (before === undefined) changes.delete(key);
      else changes.set(key, before);
    });
  }
}
