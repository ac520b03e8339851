import { commonType, compileCompare } from '../../types/compare.ts';
import { compileConversion } from '../../types/convert.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import { intType, nullType } from '../../types/type-info.ts';
import { defineFunction } from '../define-function.ts';
import { coalesceOfNulls } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';

/** One entry per list of argument types: the types array of a compiled call is the same object for every row. */
interface Prepared {
  readonly type: SqlType;
  readonly conversions: readonly ((value: SqlValue) => SqlValue)[];
  readonly compare: (a: SqlValue, b: SqlValue) => number;
}
const prepared = new WeakMap<readonly SqlType[], Prepared>();

function prepare(types: readonly SqlType[], typeOf: (types: readonly SqlType[]) => SqlType): Prepared {
  let entry = prepared.get(types);
  if (entry === undefined) {
    const type = typeOf(types);
    entry = {
      type,
      conversions: types.map((from) => compileConversion(from, type)),
      compare: compileCompare(type),
    };
    prepared.set(types, entry);
  }
  return entry;
}

function isNullType(types: readonly SqlType[]): SqlType {
  const [first = nullType, second = nullType] = types;
  return first === nullType ? second : first;
}

function coalesceType(types: readonly SqlType[]): SqlType {
  if (types.every((type) => type === nullType)) {
    throw coalesceOfNulls();
  }
  return commonType(types);
}

/** Functions about NULL. ISNULL has the type of its first argument, COALESCE the common type of all. */
export const nullFunctions: readonly ScalarFunction[] = [
  defineFunction('ISNULL', {
    arguments: 2,
    type: isNullType,
    evaluate: (args, types) => {
      const [value = null, replacement = null] = args;
      if (value !== null) return value;
      return prepare(types, isNullType).conversions[1]?.(replacement) ?? null;
    },
  }),
  defineFunction('COALESCE', {
    arguments: [2, Infinity],
    type: coalesceType,
    evaluate: (args, types) => {
      const position = args.findIndex((value) => value !== null);
      if (position === -1) return null;
      return prepare(types, coalesceType).conversions[position]?.(args[position] ?? null) ?? null;
    },
  }),
  defineFunction('NULLIF', {
    arguments: 2,
    type: (types) => types[0] ?? intType,
    evaluate: (args, types) => {
      const [left = null, right = null] = args;
      if (left === null || right === null) return left;
      const { conversions, compare } = prepare(types, commonType);
      const first = conversions[0]?.(left) ?? null;
      const second = conversions[1]?.(right) ?? null;
      return first !== null && second !== null && compare(first, second) === 0 ? null : left;
    },
  }),
];
