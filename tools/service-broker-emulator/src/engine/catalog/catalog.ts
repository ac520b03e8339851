import type { Transaction } from '../storage/transaction.ts';
import type { CatalogObject, TableObject, TypeObject } from './catalog-object.ts';
import { constraintNames } from './constraint-names.ts';
import {
  cannotDropSchema,
  constraintNotCreated,
  nameTaken,
  schemaInUse,
  schemaNotFound,
  typeExists,
} from './errors.ts';
import { nameKey, objectKey } from './name-key.ts';
import { partId } from './part-id.ts';

/** A schema of a database. */
export interface SchemaEntry {
  readonly schemaId: number;
  readonly name: string;
  readonly owner: string;
}

/** A constraint of a table. */
export interface NamedConstraint {
  readonly table: TableObject;
  readonly name: string;
}

/** One for the server: its version grows with every change of any catalog. */
export interface CatalogClock {
  version: number;
}

/** Called with every change, so that it can be saved with the transaction that made it. */
export interface CatalogListener {
  objectChanged(transaction: Transaction, object: CatalogObject, removed: boolean): void;
  typeChanged(transaction: Transaction, type: TypeObject, removed: boolean): void;
  schemaChanged(transaction: Transaction, schema: SchemaEntry, removed: boolean): void;
}

const builtInSchemas: readonly SchemaEntry[] = [
  { schemaId: 1, name: 'dbo', owner: 'dbo' },
  { schemaId: 2, name: 'guest', owner: 'guest' },
  { schemaId: 3, name: 'INFORMATION_SCHEMA', owner: 'INFORMATION_SCHEMA' },
  { schemaId: 4, name: 'sys', owner: 'sys' },
];

/** Schemas with lower ids come with every database. */
export const firstUserSchemaId = 5;

/**
 * The objects, types and schemas of one database. Changes take effect at once and are taken back when their transaction
 * rolls back; the clock ticks with every change and return, so that compiled plans know when they are out of date.
 */
export class Catalog {
  readonly #objects = new Map<string, CatalogObject>();
  readonly #byId = new Map<number, CatalogObject>();
  /** Constraints have names among those of objects, and ids. */
  readonly #constraints = new Map<string, NamedConstraint>();
  readonly #constraintsById = new Map<number, NamedConstraint>();
  readonly #types = new Map<string, TypeObject>();
  readonly #schemas = new Map<string, SchemaEntry>(builtInSchemas.map((schema) => [nameKey(schema.name), schema]));
  readonly #listener: CatalogListener;
  readonly #clock: CatalogClock;

  constructor(clock: CatalogClock, listener: CatalogListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  get objects(): Iterable<CatalogObject> {
    return this.#objects.values();
  }

  get types(): Iterable<TypeObject> {
    return this.#types.values();
  }

  get schemas(): Iterable<SchemaEntry> {
    return this.#schemas.values();
  }

  find(schema: string, name: string): CatalogObject | undefined {
    return this.#objects.get(objectKey(schema, name));
  }

  findById(objectId: number): CatalogObject | undefined {
    return this.#byId.get(objectId);
  }

  findConstraint(schema: string, name: string): NamedConstraint | undefined {
    return this.#constraints.get(objectKey(schema, name));
  }

  findConstraintById(objectId: number): NamedConstraint | undefined {
    return this.#constraintsById.get(objectId);
  }

  findType(schema: string, name: string): TypeObject | undefined {
    return this.#types.get(objectKey(schema, name));
  }

  findSchema(name: string): SchemaEntry | undefined {
    return this.#schemas.get(nameKey(name));
  }

  /** @throws {SqlError} 2760 when there is no such schema */
  requireSchema(name: string): SchemaEntry {
    const schema = this.findSchema(name);
    if (schema !== undefined) return schema;
    throw schemaNotFound(name);
  }

  /** Puts an object that was saved before back in place, while the server starts. */
  restore(object: CatalogObject): void {
    this.#put(object);
  }

  restoreType(type: TypeObject): void {
    this.#types.set(objectKey(type.schema, type.name), type);
  }

  restoreSchema(schema: SchemaEntry): void {
    this.#schemas.set(nameKey(schema.name), schema);
  }

  /**
   * @throws {SqlError} 2714 when the name is taken, 1750 after it when that of a constraint is, 2760 for an unknown schema
   */
  add(transaction: Transaction, object: CatalogObject): void {
    this.requireSchema(object.schema);
    if (this.#isTaken(object.schema, object.name)) {
      throw nameTaken(object.name);
    }
    if (object.kind === 'table') this.#refuseTakenConstraints(object, undefined);
    this.#put(object);
    this.#undoable(transaction, () => this.#take(object));
    this.#listener.objectChanged(transaction, object, false);
  }

  remove(transaction: Transaction, object: CatalogObject): void {
    this.#take(object);
    this.#undoable(transaction, () => this.#put(object));
    this.#listener.objectChanged(transaction, object, true);
  }

  /** @throws {SqlError} 1750 after 2714 when the name of a new constraint is taken */
  replace(transaction: Transaction, before: CatalogObject, after: CatalogObject): void {
    if (after.kind === 'table') this.#refuseTakenConstraints(after, before.kind === 'table' ? before : undefined);
    this.#take(before);
    this.#put(after);
    this.#undoable(transaction, () => {
      this.#take(after);
      this.#put(before);
    });
    this.#listener.objectChanged(transaction, after, false);
  }

  /** @throws {SqlError} 219 when the name is taken */
  addType(transaction: Transaction, type: TypeObject): void {
    this.requireSchema(type.schema);
    const key = objectKey(type.schema, type.name);
    if (this.#types.has(key)) {
      throw typeExists(type.schema, type.name);
    }
    this.#types.set(key, type);
    this.#undoable(transaction, () => this.#types.delete(key));
    this.#listener.typeChanged(transaction, type, false);
  }

  removeType(transaction: Transaction, type: TypeObject): void {
    const key = objectKey(type.schema, type.name);
    this.#types.delete(key);
    this.#undoable(transaction, () => this.#types.set(key, type));
    this.#listener.typeChanged(transaction, type, true);
  }

  /** @throws {SqlError} 2714 when the name is taken */
  addSchema(transaction: Transaction, name: string, owner: string): void {
    if (this.findSchema(name) !== undefined) {
      throw nameTaken(name);
    }
    const used = new Set([...this.#schemas.values()].map((schema) => schema.schemaId));
    let schemaId = firstUserSchemaId;
    while (used.has(schemaId)) schemaId += 1;
    const schema = { schemaId, name, owner };
    this.#schemas.set(nameKey(name), schema);
    this.#undoable(transaction, () => this.#schemas.delete(nameKey(name)));
    this.#listener.schemaChanged(transaction, schema, false);
  }

  /** ALTER AUTHORIZATION ON SCHEMA. @throws {SqlError} 2760 when there is no such schema */
  setSchemaOwner(transaction: Transaction, name: string, owner: string): void {
    const before = this.requireSchema(name);
    const after = { ...before, owner };
    this.#schemas.set(nameKey(name), after);
    this.#undoable(transaction, () => this.#schemas.set(nameKey(name), before));
    this.#listener.schemaChanged(transaction, after, false);
  }

  /** The owner of some schemas has another name now. */
  renameOwner(transaction: Transaction, from: string, to: string): void {
    for (const { name, owner } of [...this.#schemas.values()])
      if (nameKey(owner) === nameKey(from)) this.setSchemaOwner(transaction, name, to);
  }

  /** @throws {SqlError} 15151 unknown, 3729 while it holds objects */
  removeSchema(transaction: Transaction, name: string): void {
    const schema = this.findSchema(name);
    if (schema === undefined || schema.schemaId < firstUserSchemaId) {
      throw cannotDropSchema(name);
    }
    for (const object of this.#objects.values()) {
      if (nameKey(object.schema) === nameKey(name)) {
        throw schemaInUse(name, object.name);
      }
    }
    this.#schemas.delete(nameKey(name));
    this.#undoable(transaction, () => this.#schemas.set(nameKey(name), schema));
    this.#listener.schemaChanged(transaction, schema, true);
  }

  #put(object: CatalogObject): void {
    this.#objects.set(objectKey(object.schema, object.name), object);
    this.#byId.set(object.objectId, object);
    if (object.kind === 'table') {
      for (const name of constraintNames(object.definition)) {
        const constraint = { table: object, name };
        this.#constraints.set(objectKey(object.schema, name), constraint);
        this.#constraintsById.set(partId(object.schema, name), constraint);
      }
    }
    this.#clock.version += 1;
  }

  #take(object: CatalogObject): void {
    this.#objects.delete(objectKey(object.schema, object.name));
    this.#byId.delete(object.objectId);
    if (object.kind === 'table') {
      for (const name of constraintNames(object.definition)) {
        this.#constraints.delete(objectKey(object.schema, name));
        this.#constraintsById.delete(partId(object.schema, name));
      }
    }
    this.#clock.version += 1;
  }

  #isTaken(schema: string, name: string): boolean {
    const key = objectKey(schema, name);
    return this.#objects.has(key) || this.#constraints.has(key);
  }

  #refuseTakenConstraints(after: TableObject, before: TableObject | undefined): void {
    const own = new Set((before === undefined ? [] : constraintNames(before.definition)).map(nameKey));
    const seen = new Set<string>();
    for (const name of constraintNames(after.definition)) {
      const key = nameKey(name);
      const isNew = !own.has(key);
      if (seen.has(key) || (isNew && (key === nameKey(after.name) || this.#isTaken(after.schema, name)))) {
        throw constraintNotCreated(nameTaken(name));
      }
      seen.add(key);
    }
  }

  #undoable(transaction: Transaction, undo: () => void): void {
    this.#clock.version += 1;
    transaction.record(() => {
      this.#clock.version += 1;
      undo();
    });
  }
}
