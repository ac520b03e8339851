import type { Expression } from '../../tsql/ast/expressions.ts';
import type { TopClause } from '../../tsql/ast/queries.ts';
import { unsupported } from '../../unsupported.ts';
import type { SqlDecimal } from '../types/sql-value.ts';
import { bigintType, floatType, typeFamily } from '../types/type-info.ts';
import { containsAggregate } from './contains-aggregate.ts';
import { convertTo } from './conversion.ts';
import {
  columnInRowLimit,
  fetchNotPositive,
  invalidPercent,
  invalidRowCount,
  negativeOffset,
  negativeRowCount,
  rowCountNotInteger,
  tiesWithoutOrder,
} from './errors/query-errors.ts';
import { compileExpression } from './expression.ts';
import type { CompiledExpression, Frame } from './frame.ts';
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
    const percent = convertTo(compileLimit(top.count, scope), floatType);
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
  const written = compileLimit(node, scope);
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

/** How many rows are wanted is known before the first of them: the query's own columns have no value then. */
function compileLimit(node: Expression, scope: Scope): CompiledExpression {
  if (containsAggregate(node, scope)) unsupported('an aggregate in TOP, OFFSET or FETCH', node.line);
  const { value, slots } = scope.track(() => compileExpression(node, scope));
  if (slots.size > 0) throw columnInRowLimit(firstColumn(node) ?? '', node.line);
  return value;
}

function firstColumn(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return undefined;
  if ('kind' in node && node.kind === 'column' && 'parts' in node && Array.isArray(node.parts)) {
    return node.parts.at(-1);
  }
  for (const part of Object.values(node)) {
    const found = firstColumn(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isFraction(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'scale' in value && (value as SqlDecimal).scale > 0;
}
