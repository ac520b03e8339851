import type { ObjectName } from '../../tsql/ast/nodes.ts';
import { unsupported } from '../../unsupported.ts';
import type { CatalogObject } from '../catalog/catalog-object.ts';
import { cannotDo } from '../security/errors.ts';
import {
  contractSecurable,
  databaseSecurable,
  messageTypeSecurable,
  objectSecurable,
  principalSecurable,
  routeSecurable,
  type Securable,
  schemaSecurable,
  serviceSecurable,
  typeSecurable,
} from '../security/securables.ts';
import type { Interpreter } from './interpreter.ts';
import type { ModuleFrame } from './module-frame.ts';
import { databaseOf, findObject, findType, printName } from './name-resolution.ts';

/** What `class::name` means. */
export interface SecurableName {
  readonly securable: Securable;
  /** In words of error texts, for example `message type`. */
  readonly kind: string;
  readonly name: string;
  /** For an object: itself. */
  readonly object?: CatalogObject;
}

function found<T>(value: T | undefined, kind: string, name: string): T {
  if (value === undefined) throw cannotDo('find', kind, name);
  return value;
}

/**
 * The securable that a statement names; the present database when it names none.
 *
 * @throws {SqlError} 15151 for one that isn't there, 40000 for a class that the emulator doesn't have
 */
export function securableOf(
  run: Interpreter,
  statement: { readonly on?: { readonly class: string; readonly name: ObjectName }; readonly line: number },
  frame: ModuleFrame,
): SecurableName {
  const { session } = run;
  const { on } = statement;
  if (on === undefined || on.class === 'DATABASE') {
    const database = on === undefined ? session.database : session.server.databases.require(on.name.name);
    return { securable: databaseSecurable(database), kind: 'database', name: database.name };
  }
  const database = databaseOf(on.name, session.database, session.server.databases);
  const { broker, catalog, principals } = database;
  const { name } = on.name;
  switch (on.class) {
    case 'OBJECT': {
      const object = found(findObject(on.name, database, frame.defaultSchema), 'object', printName(on.name));
      return {
        securable: objectSecurable(database, object),
        kind: 'object',
        name: object.name,
        object,
      };
    }
    case 'SCHEMA': {
      const schema = found(catalog.findSchema(name), 'schema', name);
      return { securable: schemaSecurable(database, schema.name), kind: 'schema', name };
    }
    case 'TYPE': {
      const type = found(findType(on.name, database, frame.defaultSchema), 'type', printName(on.name));
      return { securable: typeSecurable(database, type), kind: 'type', name };
    }
    case 'SERVICE': {
      const service = found(broker.service(name), 'service', name);
      return { securable: serviceSecurable(database, service), kind: 'service', name };
    }
    case 'CONTRACT': {
      const contract = found(broker.contract(name), 'contract', name);
      return { securable: contractSecurable(database, contract), kind: 'contract', name };
    }
    case 'MESSAGE TYPE': {
      const type = found(broker.messageType(name), 'message type', name);
      return { securable: messageTypeSecurable(database, type), kind: 'message type', name };
    }
    case 'ROUTE': {
      const route = found(
        [...broker.routes].find((known) => known.name === name),
        'route',
        name,
      );
      return { securable: routeSecurable(database, route), kind: 'route', name };
    }
    case 'ROLE':
    case 'USER': {
      const principal = found(principals.find(name), on.class.toLowerCase(), name);
      return { securable: principalSecurable(database, principal), kind: on.class.toLowerCase(), name };
    }
    default:
      throw unsupported(`permissions on ${on.class}`, statement.line);
  }
}
