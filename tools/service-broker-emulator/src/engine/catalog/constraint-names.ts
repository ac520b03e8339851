import type { TableDefinition } from './table-definition.ts';

/** Names of everything in a table that `sys.objects` shows as a constraint. */
export function constraintNames(definition: TableDefinition): string[] {
  const { indexes, checks, foreignKeys, columns } = definition;
  return [
    ...indexes.filter(({ kind }) => kind === 'primaryKey' || kind === 'uniqueConstraint').map(({ name }) => name),
    ...checks.map(({ name }) => name),
    ...foreignKeys.map(({ name }) => name),
    ...columns.flatMap((column) => column.default?.name ?? []),
  ];
}
