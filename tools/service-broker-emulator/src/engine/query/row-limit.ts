import type { Expression } from '../../tsql/ast/expressions.ts';
import type { TopClause } from '../../tsql/ast/queries.ts';
import type { SqlDecimal } from '../types/sql-value.ts';
import { bigintType, floatType, typeFamily } from '../types/type-info.ts';
import { convertTo } from './conversion.ts';
import {
  fetchNotPositive,
  invalidPercent,
  invalidRowCount,
  negativeOffset,
  negativeRowCount,
  rowCountNotInteger,
  tiesWithoutOrder,
} from './errors/query-errors.ts';
import { compileExpression } from './expression.ts';
import type { Frame } from './frame.ts';
import type { Scope } from './scope.ts';

/** How many rows TOP lets through. */
export interface CompiledTop {
  readonly percent: boolean;
  readonly withTies: boolean;
  /** The number, or the percentage. */
  count(frame: Frame): number;
}

export function compileTop(top: TopClause, ordered: boolean, scope: Scope): CompiledTop {
  if (top.withTies && !ordered) {
    throw tiesWithoutOrder(top.count.line);
  }
  if (top.percent) {
    const percent = convertTo(compileExpression(top.count, scope), floatType);
    return {
      percent: true,
      withTies: top.withTies,
      count: (frame) => {
        const value = percent.evaluate(frame) as number | null;
        if (value === null || value < 0 || value > 100) {
          throw invalidPercent();
        }
        return value;
      },
    };
  }
  const count = compileRowCount(top.count, scope, 'TOP');
  return { percent: false, withTies: top.withTies, count };
}

/** Row count of TOP, OFFSET or FETCH. */
export function compileRowCount(
  node: Expression,
  scope: Scope,
  clause: 'TOP' | 'OFFSET' | 'FETCH',
): (frame: Frame) => number {
  const written = compileExpression(node, scope);
  // A literal such as 10.5 isn't a row count; everything else converts as an assignment to bigint would.
  if (
    typeFamily(written.type) !== 'integer' &&
    written.constant?.value !== undefined &&
    isFraction(written.constant.value)
  ) {
    throw rowCountNotInteger(node.line);
  }
  const count = convertTo(written, bigintType);
  return (frame) => {
    const value = count.evaluate(frame) as bigint | null;
    if (value === null) {
      throw invalidRowCount();
    }
    if (value < 0n) {
      throw clause === 'OFFSET' ? negativeOffset() : clause === 'FETCH' ? fetchNotPositive() : negativeRowCount();
    }
    return Number(value);
  };
}

function isFraction(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'scale' in value && (value as SqlDecimal).scale > 0;
}
