import type { ObjectName } from '../../tsql/ast/nodes.ts';
import type { QueryExpression } from '../../tsql/ast/queries.ts';

/** The table that SELECT ... INTO makes: in a UNION the first query names it. */
export function intoTarget(query: QueryExpression): ObjectName | undefined {
  return query.kind === 'specification' ? query.into : intoTarget(query.left);
}
