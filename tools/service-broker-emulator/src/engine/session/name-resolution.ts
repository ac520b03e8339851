import type { ObjectName, TypeReference } from '../../tsql/ast/nodes.ts';
import { unsupported } from '../../unsupported.ts';
import type { ResolvedType } from '../catalog/build-table-definition.ts';
import type { CatalogObject, TypeObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { Database } from '../server/database.ts';
import type { Databases } from '../server/databases.ts';
import { parseBuiltInType } from '../types/format-type.ts';
import type { SqlType } from '../types/sql-type.ts';
import { isCharacterType } from '../types/type-info.ts';
import { serverNotFound, typeNotFound } from './errors.ts';
import { splitName } from './split-name.ts';

/** The name as SQL Server prints it in errors. */
export function printName(name: ObjectName): string {
  return [name.server, name.database, name.schema, name.name].filter((part) => part !== undefined).join('.');
}

/** Object names kept parsed: clients call few procedures, many times. More costs memory if a client makes names up. */
const maximumNames = 1_000;

const names = new Map<string, ObjectName>();

/** An object name in text, as clients send it for procedures: `dbo.p`, `[my db]..[p]`. */
export function parseObjectName(text: string): ObjectName {
  const known = names.get(text);
  if (known !== undefined) return known;
  const [last = text, schema, database, server] = splitName(text)?.toReversed() ?? [];
  const name: ObjectName = {
    line: 1,
    ...(server ? { server } : {}),
    ...(database ? { database } : {}),
    ...(schema ? { schema } : {}),
    name: last,
  };
  if (names.size >= maximumNames) names.clear();
  names.set(text, name);
  return name;
}

/** The database a name points into. @throws {SqlError} 911 for an unknown database, 7202 for a linked server */
export function databaseOf(name: ObjectName, current: Database, databases: Databases): Database {
  if (name.server !== undefined) {
    throw serverNotFound(name.server);
  }
  return name.database === undefined ? current : databases.require(name.database);
}

/** The object a name means: in the given schema, else in the default schema, else in dbo. */
export function findObject(name: ObjectName, database: Database, defaultSchema: string): CatalogObject | undefined {
  if (name.schema !== undefined && name.schema !== '') return database.catalog.find(name.schema, name.name);
  return database.catalog.find(defaultSchema, name.name) ?? database.catalog.find('dbo', name.name);
}

export function findType(name: ObjectName, database: Database, defaultSchema: string): TypeObject | undefined {
  if (name.schema !== undefined && name.schema !== '') return database.catalog.findType(name.schema, name.name);
  return database.catalog.findType(defaultSchema, name.name) ?? database.catalog.findType('dbo', name.name);
}

/** Texts that are declared in a database have its collation. */
function inDatabase(type: SqlType | undefined, { collation }: Database): SqlType | undefined {
  return type === undefined || collation === undefined || !isCharacterType(type) ? type : { ...type, collation };
}

/** The alias type that every database has. */
const sysname = { schema: 'sys', name: 'sysname' };

/** Types of SQL Server that are not here. */
const missingTypes: ReadonlySet<string> = new Set(['geometry', 'geography', 'hierarchyid', 'json', 'vector']);

/**
 * The scalar type a reference means: built-in or alias.
 *
 * @param position of what has the type among its like, from 1: for the error
 * @throws {SqlError} 2715 when there is no such type, 40000 for one of SQL Server's that is not here
 */
export function resolveScalarType(
  reference: TypeReference,
  database: Database,
  defaultSchema: string,
  position = 1,
): ResolvedType {
  const { name } = reference;
  if (name.schema === undefined || name.schema === 'sys') {
    const type = inDatabase(parseBuiltInType(name.name, reference.parameters), database);
    // A sysname may not be NULL unless that is said.
    if (type !== undefined)
      return nameKey(name.name) === 'sysname' ? { type, nullable: false, alias: sysname } : { type };
  }
  const found = findType(name, database, defaultSchema);
  if (found?.kind === 'aliasType') {
    return { type: found.type, nullable: found.nullable, alias: { schema: found.schema, name: found.name } };
  }
  if ((name.schema === undefined || name.schema === 'sys') && missingTypes.has(nameKey(name.name))) {
    unsupported(`the data type ${name.name}`, reference.line);
  }
  throw typeNotFound(printName(name), position, reference.line);
}
