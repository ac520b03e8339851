import type { ObjectName } from '../../tsql/ast/nodes.ts';
import type { CatalogObject } from '../catalog/catalog-object.ts';
import {
  contractSecurable,
  messageTypeSecurable,
  objectSecurable,
  principalSecurable,
  routeSecurable,
  type Securable,
  schemaSecurable,
  serviceSecurable,
  typeSecurable,
} from '../security/securables.ts';
import type { Database } from '../server/database.ts';
import { findObject, findType } from './name-resolution.ts';

/** Classes of securables in a database, as statements write them. */
const securableClasses = [
  'OBJECT',
  'SCHEMA',
  'TYPE',
  'SERVICE',
  'CONTRACT',
  'MESSAGE TYPE',
  'ROUTE',
  'USER',
  'ROLE',
] as const;

export type SecurableClass = (typeof securableClasses)[number];

/** What is there under a name. */
export interface FoundSecurable {
  readonly securable: Securable;
  /** For a table, view, function, procedure, queue, sequence or trigger: itself. */
  readonly object?: CatalogObject;
}

export function isSecurableClass(name: string): name is SecurableClass {
  return securableClasses.some((known) => known === name);
}

/** The securable of a class that has a name in a database; undefined when there is none. */
export function findSecurable(
  securableClass: SecurableClass,
  name: ObjectName,
  database: Database,
  defaultSchema: string,
): FoundSecurable | undefined {
  const { broker, catalog, principals } = database;
  switch (securableClass) {
    case 'OBJECT': {
      const object = findObject(name, database, defaultSchema);
      return object && { securable: objectSecurable(database, object), object };
    }
    case 'SCHEMA': {
      const schema = catalog.findSchema(name.name);
      return schema && { securable: schemaSecurable(database, schema.name) };
    }
    case 'TYPE': {
      const type = findType(name, database, defaultSchema);
      return type && { securable: typeSecurable(database, type) };
    }
    case 'SERVICE': {
      const service = broker.service(name.name);
      return service && { securable: serviceSecurable(database, service) };
    }
    case 'CONTRACT': {
      const contract = broker.contract(name.name);
      return contract && { securable: contractSecurable(database, contract) };
    }
    case 'MESSAGE TYPE': {
      const type = broker.messageType(name.name);
      return type && { securable: messageTypeSecurable(database, type) };
    }
    case 'ROUTE': {
      const route = [...broker.routes].find((known) => known.name === name.name);
      return route && { securable: routeSecurable(database, route) };
    }
    case 'USER':
    case 'ROLE': {
      const principal = principals.find(name.name);
      if (principal?.kind !== securableClass.toLowerCase()) return undefined;
      return { securable: principalSecurable(database, principal) };
    }
  }
}
