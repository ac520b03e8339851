import type { Contract, MessageType, Route, Service } from '../../broker/broker-objects.ts';
import { nameKey, objectKey } from '../catalog/name-key.ts';
import type { Database } from '../server/database.ts';
import { type Principal, pathOfPrincipal } from './principals.ts';

/** Something that permissions are given on, with what contains it. */
export interface Securable {
  readonly database: Database;
  /** In the form that permissions are kept by: the securable itself first, then its schema, then the database. */
  readonly path: readonly string[];
  /** User or role that owns it. */
  readonly owner: string | undefined;
}

const databasePath = 'DATABASE:';

export function databaseSecurable(database: Database): Securable {
  return { database, path: [databasePath], owner: 'dbo' };
}

export function schemaSecurable(database: Database, schema: string): Securable {
  return { database, path: [`SCHEMA:${nameKey(schema)}`, databasePath], owner: database.ownerOf(schema) };
}

function pathInSchema(kind: string, schema: string, name: string): readonly string[] {
  return [`${kind}:${objectKey(schema, name)}`, `SCHEMA:${nameKey(schema)}`, databasePath];
}

/** Kept, as every call of a procedure asks for them. */
const pathsOfObjects = new WeakMap<object, readonly string[]>();

/** A table, view, procedure, function, sequence or queue. Objects belong to the owner of their schema. */
export function objectSecurable(
  database: Database,
  object: { readonly schema: string; readonly name: string },
): Securable {
  let path = pathsOfObjects.get(object);
  if (path === undefined) {
    path = pathInSchema('OBJECT', object.schema, object.name);
    pathsOfObjects.set(object, path);
  }
  return { database, path, owner: database.ownerOf(object.schema) };
}

export function typeSecurable(database: Database, type: { readonly schema: string; readonly name: string }): Securable {
  return { database, path: pathInSchema('TYPE', type.schema, type.name), owner: database.ownerOf(type.schema) };
}

function owned(
  kind: string,
  database: Database,
  object: { readonly name: string; readonly ownerId: number },
): Securable {
  const owner = database.principals.findById(object.ownerId)?.name;
  return { database, path: [`${kind}:${object.name}`, databasePath], owner };
}

export function serviceSecurable(database: Database, service: Pick<Service, 'name' | 'ownerId'>): Securable {
  return owned('SERVICE', database, service);
}

export function contractSecurable(database: Database, contract: Pick<Contract, 'name' | 'ownerId'>): Securable {
  return owned('CONTRACT', database, contract);
}

export function messageTypeSecurable(database: Database, type: Pick<MessageType, 'name' | 'ownerId'>): Securable {
  return owned('MESSAGE TYPE', database, type);
}

export function routeSecurable(database: Database, route: Pick<Route, 'name' | 'ownerId'>): Securable {
  return owned('ROUTE', database, route);
}

/** A user or role of the database. */
export function principalSecurable(database: Database, principal: Principal): Securable {
  return { database, path: [pathOfPrincipal(principal), databasePath], owner: principal.owner };
}
