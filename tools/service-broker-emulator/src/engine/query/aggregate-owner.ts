import type { FunctionCall } from '../../tsql/ast/expressions.ts';
import { aggregateOfSeveralColumns } from './errors/expression-errors.ts';
import { isColumn, isDatePartCall } from './expression-key.ts';
import { isSubquery } from './find-subquery.ts';
import type { Scope } from './scope.ts';

/**
 * How many queries out the query is whose rows an aggregate goes through: that of its columns, which in a subquery can be one around it.
 * Source: Microsoft's page on error 147.
 *
 * @throws {SqlError} 8124 for a column of a query around this one beside another
 */
export function aggregateDepth(call: FunctionCall, scope: Scope): number {
  const depths = [...columnsOf(call.arguments)].map((parts) => scope.depthOf(parts) ?? 0);
  const depth = Math.max(0, ...depths);
  if (depth > 0 && depths.length > 1) throw aggregateOfSeveralColumns(call.line);
  return depth;
}

/** Columns that an expression names, without those of its subqueries, which an aggregate can't have. */
function* columnsOf(node: unknown): Generator<readonly string[]> {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return;
  if (isColumn(node)) {
    yield node.parts;
  } else if (isDatePartCall(node)) {
    yield* columnsOf(node.arguments.slice(1));
  } else if (!isSubquery(node)) {
    for (const part of Object.values(node)) yield* columnsOf(part);
  }
}

/** Thrown through the compilation of a query that turns out to be one of groups: an aggregate in a subquery is over its rows. */
export class GroupsNeeded extends Error {
  readonly code = 'GROUPS_NEEDED';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
  readonly scope: Scope;

  constructor(scope: Scope) {
    super('an aggregate in a subquery is over the rows of a query around it');
    this.scope = scope;
  }
}
