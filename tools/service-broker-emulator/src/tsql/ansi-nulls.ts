import type { Expression, Predicate } from './ast/expressions.ts';

/**
 * SET ANSI_NULLS OFF: = and <> take NULL for a value where one side is a NULL literal or a variable that is NULL; two columns
 * compare as ever. Source: Microsoft's documentation of SET ANSI_NULLS.
 */

/** Whether SET ANSI_NULLS OFF looks at an operand. */
export function mayBeNull(operand: Expression): boolean {
  return operand.kind === 'variable' || (operand.kind === 'literal' && operand.type === 'null');
}

type Comparison = Extract<Predicate, { kind: 'comparison' }>;

/** A comparison as it is meant while ANSI_NULLS is OFF, in terms of one while it is ON. */
export function withNulls(comparison: Comparison): Predicate {
  const { operator, left, right, line } = comparison;
  if (operator !== '=' && operator !== '<>') return comparison;
  const [looked, other] = mayBeNull(right) ? [right, left] : [left, right];
  if (!mayBeNull(looked)) return comparison;
  const isNull = (operand: Expression, negated: boolean): Predicate => ({ kind: 'isNull', operand, negated, line });
  return {
    kind: 'or',
    left: { kind: 'and', left: isNull(looked, false), right: isNull(other, operator === '<>'), line },
    right: { kind: 'and', left: isNull(looked, true), right: comparison, line },
    line,
  };
}
