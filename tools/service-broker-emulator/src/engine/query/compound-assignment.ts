import type { BinaryOperator } from '../../tsql/ast/expressions.ts';
import type { AssignmentOperator } from '../../tsql/ast/queries.ts';

const operators: Record<Exclude<AssignmentOperator, '='>, BinaryOperator> = {
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '%=': '%',
  '&=': '&',
  '|=': '|',
  '^=': '^',
};

/** The arithmetic of a compound assignment; undefined for a plain `=`. */
export function compoundOperator(operator: AssignmentOperator): BinaryOperator | undefined {
  return operator === '=' ? undefined : operators[operator];
}
