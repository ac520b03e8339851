import type { ComparisonOperator, Predicate } from '../../tsql/ast/expressions.ts';
import { nameKey } from '../catalog/name-key.ts';
import { compileCompare, compileKey } from '../types/compare.ts';
import { incompatibleOperands } from '../types/errors.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { bringTogether } from './conversion.ts';
import { compileExpression } from './expression.ts';
import type { CompiledExpression, CompiledPredicate } from './frame.ts';
import { compileLikePredicate } from './like-predicate.ts';
import type { Scope } from './scope.ts';
import { compileExists, compileInQuery, compileQuantified } from './subquery.ts';

/** Compiles a search condition for the rows of `scope`. */
export function compilePredicate(node: Predicate, scope: Scope): CompiledPredicate {
  switch (node.kind) {
    case 'and': {
      const left = compilePredicate(node.left, scope);
      const right = compilePredicate(node.right, scope);
      return (frame) => {
        const first = left(frame);
        if (first === false) return false;
        const second = right(frame);
        if (second === false) return false;
        return first === null || second === null ? null : true;
      };
    }
    case 'or': {
      const left = compilePredicate(node.left, scope);
      const right = compilePredicate(node.right, scope);
      return (frame) => {
        const first = left(frame);
        if (first === true) return true;
        const second = right(frame);
        if (second === true) return true;
        return first === null || second === null ? null : false;
      };
    }
    case 'not':
      return negate(compilePredicate(node.operand, scope));
    case 'comparison':
      return compileComparison(
        node.operator,
        compileExpression(node.left, scope),
        compileExpression(node.right, scope),
      );
    case 'quantified':
      return compileQuantified(node, scope);
    case 'distinctFrom': {
      const sides = bringTogether(compileExpression(node.left, scope), compileExpression(node.right, scope));
      const compare = compileCompare(sides.type);
      return (frame) => {
        const left = sides.left.evaluate(frame);
        const right = sides.right.evaluate(frame);
        const distinct = left === null || right === null ? left !== right : compare(left, right) !== 0;
        return distinct !== node.negated;
      };
    }
    case 'isNull': {
      const operand = compileExpression(node.operand, scope);
      return node.negated ? (frame) => operand.evaluate(frame) !== null : (frame) => operand.evaluate(frame) === null;
    }
    case 'between': {
      const operand = compileExpression(node.operand, scope);
      const low = compileComparison('>=', operand, compileExpression(node.low, scope));
      const high = compileComparison('<=', operand, compileExpression(node.high, scope));
      const between: CompiledPredicate = (frame) => {
        const first = low(frame);
        if (first === false) return false;
        const second = high(frame);
        if (second === false) return false;
        return first === null || second === null ? null : true;
      };
      return node.negated ? negate(between) : between;
    }
    case 'in': {
      const inList = compileInList(
        compileExpression(node.operand, scope),
        node.list.map((item) => compileExpression(item, scope)),
      );
      return node.negated ? negate(inList) : inList;
    }
    case 'inQuery': {
      const inQuery = compileInQuery(node, scope);
      return node.negated ? negate(inQuery) : inQuery;
    }
    case 'like':
      return compileLikePredicate(node, scope);
    case 'exists':
      return compileExists(node.query, scope);
    case 'updated': {
      const column = nameKey(node.column);
      return (frame) => frame.run.context.isUpdated(column);
    }
  }
}

function negate(predicate: CompiledPredicate): CompiledPredicate {
  return (frame) => {
    const value = predicate(frame);
    return value === null ? null : !value;
  };
}

const operatorNames: Record<ComparisonOperator, string> = {
  '=': 'equal to',
  '<>': 'not equal to',
  '<': 'less than',
  '<=': 'less than or equal to',
  '>': 'greater than',
  '>=': 'greater than or equal to',
};

/** What the sign of a three-way comparison means for an operator. */
export function compileSignTest(operator: ComparisonOperator): (sign: number) => boolean {
  switch (operator) {
    case '=':
      return (sign) => sign === 0;
    case '<>':
      return (sign) => sign !== 0;
    case '<':
      return (sign) => sign < 0;
    case '<=':
      return (sign) => sign <= 0;
    case '>':
      return (sign) => sign > 0;
    case '>=':
      return (sign) => sign >= 0;
  }
}

/** Types whose values can't be compared at all (error 402). */
function refuseIncomparable(left: SqlType, right: SqlType, operator: ComparisonOperator): void {
  const incomparable = (type: SqlType): boolean =>
    type.name === 'xml' || type.name === 'text' || type.name === 'ntext' || type.name === 'image';
  if (incomparable(left) || incomparable(right)) throw incompatibleOperands(left, right, operatorNames[operator]);
}

export function compileComparison(
  operator: ComparisonOperator,
  leftSide: CompiledExpression,
  rightSide: CompiledExpression,
): CompiledPredicate {
  refuseIncomparable(leftSide.type, rightSide.type, operator);
  const { type, left, right } = bringTogether(leftSide, rightSide, operatorNames[operator]);
  const evaluateLeft = left.evaluate;
  const evaluateRight = right.evaluate;
  const compare = compileCompare(type);
  const holds = compileSignTest(operator);
  if (operator === '=') {
    return (frame) => {
      const a = evaluateLeft(frame);
      if (a === null) return null;
      const b = evaluateRight(frame);
      if (b === null) return null;
      return compare(a, b) === 0;
    };
  }
  return (frame) => {
    const a = evaluateLeft(frame);
    if (a === null) return null;
    const b = evaluateRight(frame);
    if (b === null) return null;
    return holds(compare(a, b));
  };
}

/** Lists longer than this are looked up in a set; shorter ones are compared one by one, which costs less than hashing. */
const setFrom = 8;

function compileInList(operand: CompiledExpression, list: readonly CompiledExpression[]): CompiledPredicate {
  const shared = sharedConstants(operand, list);
  if (shared !== undefined) return shared;
  const tests = list.map((item) => compileComparison('=', operand, item));
  return (frame) => {
    let unknown = false;
    for (const test of tests) {
      const result = test(frame);
      if (result === true) return true;
      if (result === null) unknown = true;
    }
    return unknown ? null : false;
  };
}

/** A set of the list's values when all are constants compared in one type. */
function sharedConstants(
  operand: CompiledExpression,
  list: readonly CompiledExpression[],
): CompiledPredicate | undefined {
  const first = list[0];
  if (list.length < setFrom || first === undefined) return undefined;
  if (!list.every((item) => item.constant !== undefined && item.type.name === first.type.name)) return undefined;
  const values = new Set<string | number | bigint>();
  let hasNull = false;
  let key: ((value: SqlValue) => string | number | bigint) | undefined;
  let typeKey: string | undefined;
  let converted: CompiledExpression = operand;
  for (const item of list) {
    refuseIncomparable(operand.type, item.type, '=');
    const { type, left, right } = bringTogether(operand, item);
    const thisType = type.name + (type.scale ?? '') + (type.collation ?? '');
    // Each pair is compared in its own common type; one set serves only where that is one type.
    if (typeKey !== undefined && typeKey !== thisType) return undefined;
    typeKey = thisType;
    key ??= compileKey(type);
    converted = left;
    const value = right.constant?.value;
    if (value === undefined) return undefined;
    if (value === null) hasNull = true;
    else values.add(key(value));
  }
  const keyOf = key;
  if (keyOf === undefined) return undefined;
  return (frame) => {
    const value = converted.evaluate(frame);
    if (value === null) return null;
    if (values.has(keyOf(value))) return true;
    return hasNull ? null : false;
  };
}
