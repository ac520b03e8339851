import type { ForClause } from '../../tsql/ast/queries.ts';
import { unsupported } from '../../unsupported.ts';
import type { QueryPlan } from './query-plan.ts';

/** The query with FOR JSON or FOR XML: one text instead of rows. */
export function applyForClause(_plan: QueryPlan, clause: ForClause, line: number): QueryPlan {
  throw unsupported(clause.kind === 'json' ? 'FOR JSON' : 'FOR XML', line);
}
