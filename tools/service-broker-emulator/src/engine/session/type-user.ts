import type { TypeObject } from '../catalog/catalog-object.ts';
import { nameKey } from '../catalog/name-key.ts';
import { parsedFunction, parsedProcedure } from '../catalog/parsed-module.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import type { Database } from '../server/database.ts';

/** Name of a table or module that is declared with a type. */
export function typeUser({ catalog }: Database, type: TypeObject): string | undefined {
  const key = `${nameKey(type.schema)}.${nameKey(type.name)}`;
  const isNamed = (name: { readonly schema?: string | undefined; readonly name: string }, schema: string): boolean => {
    const found = catalog.findType(name.schema ?? schema, name.name) ?? catalog.findType('dbo', name.name);
    return found !== undefined && `${nameKey(found.schema)}.${nameKey(found.name)}` === key;
  };
  const usesIt = ({ columns }: TableDefinition, schema: string): boolean =>
    columns.some(({ alias }) => alias !== undefined && alias.schema !== 'sys' && isNamed(alias, schema));
  for (const object of catalog.objects) {
    if (object.kind === 'table' && usesIt(object.definition, object.schema)) return object.name;
    if (object.kind !== 'procedure' && object.kind !== 'function') continue;
    const { parameters } = object.kind === 'procedure' ? parsedProcedure(object) : parsedFunction(object);
    if (parameters.some((parameter) => isNamed(parameter.type.name, object.schema))) return object.name;
  }
  for (const other of catalog.types) {
    if (other.kind === 'tableType' && usesIt(other.definition, other.schema)) return other.name;
  }
  return undefined;
}
