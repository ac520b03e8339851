import type { TableDefinition } from './table-definition.ts';

/** `sys.objects.type` of a constraint of a table. */
export function constraintTypeCode({ indexes, checks, foreignKeys }: TableDefinition, name: string): string {
  const index = indexes.find((candidate) => candidate.name === name);
  if (index !== undefined) return index.kind === 'primaryKey' ? 'PK' : 'UQ';
  if (checks.some((check) => check.name === name)) return 'C';
  return foreignKeys.some((key) => key.name === name) ? 'F' : 'D';
}

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
