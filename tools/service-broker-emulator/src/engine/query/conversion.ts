import { codePageNumber } from '../types/collation-code-page.ts';
import { refuseConflict } from '../types/collation-precedence.ts';
import { commonType, compileCompare } from '../types/compare.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { isIntegerType, isUnicodeType, nullType, sameType, typeFamily } from '../types/type-info.ts';
import { fold } from './expression.ts';
import type { CompiledExpression } from './frame.ts';

/** The expression with its value converted implicitly to `type`. */
export function convertTo(expression: CompiledExpression, type: SqlType): CompiledExpression {
  expression.wants?.(type);
  if (sameType(expression.type, type) && expression.type !== nullType) return expression;
  if (expression.constant?.value === null) {
    return { type, nullable: true, evaluate: () => null, constant: { value: null } };
  }
  const convert = compileConversion(expression.type, type);
  const { evaluate } = expression;
  return fold({ type, nullable: expression.nullable, evaluate: (frame) => convert(evaluate(frame)) }, [expression]);
}

/**
 * Both sides in their common type.
 *
 * @param operation what is done with them, as error 468 names it
 * @throws {SqlError} 468 for texts without a common collation
 */
export function bringTogether(
  left: CompiledExpression,
  right: CompiledExpression,
  operation = 'equal to',
): { readonly type: SqlType; readonly left: CompiledExpression; readonly right: CompiledExpression } {
  const type = commonType([left.type, right.type]);
  refuseConflict(type, operation);
  return { type, left: convertTo(left, type), right: convertTo(right, type) };
}

/** Comparison of two values of `type` where NULL sorts first, as ORDER BY does. */
export function compileOrder(type: SqlType, descending: boolean): (a: SqlValue, b: SqlValue) => number {
  const compare = compileCompare(type);
  const sign = descending ? -1 : 1;
  return (a, b) => {
    if (a === null) return b === null ? 0 : -sign;
    if (b === null) return sign;
    return sign * compare(a, b);
  };
}

/** What {@link compileAccessConversion} gives for a value that the index can't be asked for. */
export const notAccessible = Symbol('not accessible');

/**
 * Turns a value that a condition compares with a column into a key of an index on that column. Undefined when the
 * comparison does not happen in the column's own type, as then the index order does not help. A value that the column
 * can't hold gives {@link notAccessible}: the caller then reads everything and lets the condition decide.
 */
export function compileAccessConversion(
  from: SqlType,
  column: SqlType,
): ((value: SqlValue) => SqlValue | typeof notAccessible) | undefined {
  if (from === nullType) return (value) => value;
  let common: SqlType;
  try {
    common = commonType([from, column]);
  } catch {
    return undefined;
  }
  if (isIntegerType(column) && isIntegerType(common)) {
    const { low, high, big } = integerRange(column);
    return (value) => {
      if (value === null) return null;
      const number = value as number | bigint;
      if (number < low || number > high) return notAccessible;
      return big ? BigInt(number) : Number(number);
    };
  }
  switch (typeFamily(column)) {
    case 'character':
      // Strings are the same in all character types; one longer than the column can only fail to match.
      if (typeFamily(common) !== 'character' || (common.collation ?? '') !== (column.collation ?? '')) return undefined;
      return typeFamily(from) === 'character' && sameCodePage(from, common)
        ? (value) => value
        : tolerantConversion(from, common);
    case 'binary':
      return typeFamily(from) === 'binary' ? (value) => value : undefined;
    case 'uniqueidentifier':
      return common.name === 'uniqueidentifier' ? tolerantConversion(from, column) : undefined;
    case 'datetime':
      if (common.name !== column.name || column.name === 'datetimeoffset') return undefined;
      return tolerantConversion(from, common);
    case 'decimal': {
      if (typeFamily(common) !== 'decimal') return undefined;
      const convert = tolerantConversion(from, column);
      const back = compileConversion(column, common);
      const widen = compileConversion(from, common);
      const compare = compileCompare(common);
      return (value) => {
        if (value === null) return null;
        const key = convert(value);
        if (key === notAccessible || key === null) return key;
        return compare(back(key), widen(value)) === 0 ? key : notAccessible;
      };
    }
    default:
      return sameType(from, column) ? (value) => value : undefined;
  }
}

/** Whether texts of one type are the same strings in the other. */
function sameCodePage(from: SqlType, to: SqlType): boolean {
  if (isUnicodeType(to)) return true;
  return !isUnicodeType(from) && codePageNumber(from.collation) === codePageNumber(to.collation);
}

function tolerantConversion(from: SqlType, to: SqlType): (value: SqlValue) => SqlValue | typeof notAccessible {
  if (sameType(from, to)) return (value) => value;
  const convert = compileConversion(from, to);
  return (value) => {
    try {
      return convert(value);
    } catch {
      // The condition itself reports the failed conversion when it meets a row.
      return notAccessible;
    }
  };
}

function integerRange(type: SqlType): { low: bigint; high: bigint; big: boolean } {
  switch (type.name) {
    case 'bit':
      return { low: 0n, high: 1n, big: false };
    case 'tinyint':
      return { low: 0n, high: 255n, big: false };
    case 'smallint':
      return { low: -32768n, high: 32767n, big: false };
    case 'bigint':
      return { low: -9223372036854775808n, high: 9223372036854775807n, big: true };
    default:
      return { low: -2147483648n, high: 2147483647n, big: false };
  }
}
