import type { SelectStatement } from '../../tsql/ast/queries.ts';
import { nameKey } from '../catalog/name-key.ts';

/**
 * The columns of a result by which ORDER BY sorts it, from 1, as the ORDER token lists them.
 *
 * @returns undefined when one of them isn't in the result, and without ORDER BY
 */
export function resultOrder(
  { orderBy, for: forClause }: SelectStatement,
  columns: readonly { readonly name: string }[],
): readonly number[] | undefined {
  if (orderBy.length === 0 || forClause !== undefined) return undefined;
  const ordinals: number[] = [];
  for (const { expression } of orderBy) {
    if (expression.kind === 'literal' && expression.type === 'integer') {
      ordinals.push(Number(expression.text));
      continue;
    }
    const name = expression.kind === 'column' ? expression.parts.at(-1) : undefined;
    const ordinal = name === undefined ? 0 : columns.findIndex((column) => nameKey(column.name) === nameKey(name)) + 1;
    if (ordinal === 0) return undefined;
    ordinals.push(ordinal);
  }
  return ordinals;
}
