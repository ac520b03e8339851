import type { TableColumn } from '../catalog/table-definition.ts';
import type { Database } from '../server/database.ts';
import { builtInTypeId } from './type-ids.ts';

/** `user_type_id` of what was declared with an alias type, or with a type of the server. */
export function userTypeId(database: Database, alias: TableColumn['alias'], systemTypeId: number): number {
  if (alias === undefined) return systemTypeId;
  if (alias.schema === 'sys') return builtInTypeId(alias.name) ?? systemTypeId;
  return database.catalog.findType(alias.schema, alias.name)?.objectId ?? systemTypeId;
}
