import type { ObjectName } from '../../tsql/ast/nodes.ts';

/** Text of a possibly qualified name, as SQL Server repeats it in errors. */
export function nameText(name: ObjectName): string {
  const parts = [name.server, name.database, name.schema, name.name];
  const first = parts.findIndex((part) => part !== undefined);
  return parts
    .slice(first)
    .map((part) => part ?? '')
    .join('.');
}
