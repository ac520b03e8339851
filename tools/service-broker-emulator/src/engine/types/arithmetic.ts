import type { BinaryOperator } from '../../tsql/ast/expressions.ts';
import { commonType } from './compare.ts';
import { compileConcatenation } from './concatenation.ts';
import { compileConversion, conversionKind } from './convert.ts';
import { fitsBigint, integerRange } from './convert-to-integer.ts';
import { baseDate, roundToType } from './datetime.ts';
import { divideRounded } from './decimal.ts';
import { compileDecimalArithmetic } from './decimal-arithmetic.ts';
import {
  arithmeticOverflow,
  divideByZero,
  incompatibleOperands,
  invalidOperandType,
  operandTypeClash,
} from './errors.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlDecimal, SqlValue } from './sql-value.ts';
import {
  datetimeType,
  decimalShape,
  intType,
  isBinaryType,
  isCharacterType,
  isIntegerType,
  isNumericType,
  nullType,
  numericType,
  typeFamily,
} from './type-info.ts';

/** A compiled operation on two values. */
export interface BinaryOperation {
  readonly type: SqlType;
  /** Null when either operand is null. */
  readonly evaluate: (left: SqlValue, right: SqlValue) => SqlValue;
}

/** A compiled operation on one value. */
export interface UnaryOperation {
  readonly type: SqlType;
  readonly evaluate: (value: SqlValue) => SqlValue;
}

const operatorNames: Readonly<Record<BinaryOperator, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
  '&': "'&'",
  '|': "'|'",
  '^': "'^'",
};

/** Values of operands that are literals: an integer literal counts with its own digits in decimal arithmetic. */
export interface LiteralOperands {
  readonly left?: SqlValue | undefined;
  readonly right?: SqlValue | undefined;
}

/**
 * Compiles `left op right`.
 *
 * @throws {SqlError} 402, 8117 or 206 at once when the types do not go together; the compiled function throws 8134 for a
 * division by zero and 8115 for an overflow
 */
export function compileBinary(
  operator: BinaryOperator,
  left: SqlType,
  right: SqlType,
  literals: LiteralOperands = {},
): BinaryOperation {
  if (left === nullType || right === nullType) {
    const type = left === nullType ? right : left;
    if (type === nullType) return { type: intType, evaluate: () => null };
    return { type: compileBinary(operator, type, type).type, evaluate: () => null };
  }
  const bothText = isCharacterType(left) && isCharacterType(right);
  const bothBinary = isBinaryType(left) && isBinaryType(right);
  if (operator === '+' && (bothText || bothBinary)) return compileConcatenation(left, right);
  const name = operatorNames[operator];
  if (bothText || bothBinary) throw mismatch(left, right, name);
  if (typeFamily(left) === 'datetime' || typeFamily(right) === 'datetime') {
    return dateArithmetic(operator, left, right, name);
  }
  if (!isNumericType(left) && !isNumericType(right)) throw mismatch(left, right, name);
  const type = commonOperandType(left, right, name);
  if (operator === '&' || operator === '|' || operator === '^') return bitwise(operator, left, right, type, name);
  if (type.name === 'bit') throw mismatch(left, right, name);
  switch (typeFamily(type)) {
    case 'integer':
      return withOperands(left, right, type, integerArithmetic(operator, type));
    case 'money':
      return withOperands(left, right, type, moneyArithmetic(operator, type));
    case 'float':
      if (operator === '%') throw mismatch(left, right, name);
      return withOperands(left, right, type, floatArithmetic(operator, type));
    case 'decimal':
      return compileDecimalArithmetic(
        operator,
        decimalOperand(left, type, literals.left),
        decimalOperand(right, type, literals.right),
      );
    default:
      throw mismatch(left, right, name);
  }
}

function mismatch(left: SqlType, right: SqlType, name: string): Error {
  return left.name === right.name ? invalidOperandType(left, name) : incompatibleOperands(left, right, name);
}

function commonOperandType(left: SqlType, right: SqlType, name: string): SqlType {
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    const numeric = isNumericType(to);
    if (numeric && !isNumericType(from) && conversionKind(from, to) !== 'implicit') {
      throw incompatibleOperands(left, right, name);
    }
    if (numeric && !isNumericType(from)) {
      if (typeFamily(from) === 'uniqueidentifier' || typeFamily(from) === 'xml' || typeFamily(from) === 'variant') {
        throw incompatibleOperands(left, right, name);
      }
      return to;
    }
  }
  return commonType([left, right]);
}

/** The operand as the decimal type it takes part with, and how it gets there. */
function decimalOperand(
  type: SqlType,
  common: SqlType,
  literal: SqlValue | undefined,
): { readonly type: SqlType; readonly convert: (value: SqlValue) => SqlValue } {
  if (!isNumericType(type)) return { type: common, convert: compileConversion(type, common) };
  const shape = decimalShape(type);
  const precision =
    isIntegerType(type) && (typeof literal === 'number' || typeof literal === 'bigint')
      ? literal.toString().replace('-', '').length
      : shape.precision;
  const decimal = numericType(precision, shape.scale);
  return { type: decimal, convert: compileConversion(type, typeFamily(type) === 'decimal' ? type : decimal) };
}

function withOperands(
  left: SqlType,
  right: SqlType,
  type: SqlType,
  compute: (left: Exclude<SqlValue, null>, right: Exclude<SqlValue, null>) => SqlValue,
): BinaryOperation {
  if (left.name === type.name && right.name === type.name) {
    return { type, evaluate: (l, r) => (l === null || r === null ? null : compute(l, r)) };
  }
  const convertLeft = compileConversion(left, type);
  const convertRight = compileConversion(right, type);
  return {
    type,
    evaluate: (l, r) => {
      if (l === null || r === null) return null;
      const first = convertLeft(l);
      const second = convertRight(r);
      return first === null || second === null ? null : compute(first, second);
    },
  };
}

type Compute = (left: Exclude<SqlValue, null>, right: Exclude<SqlValue, null>) => SqlValue;

function integerArithmetic(operator: BinaryOperator, type: SqlType): Compute {
  if (type.name === 'bigint') return bigintArithmetic(operator, type);
  const { minimum, maximum } = integerRange(type);
  const check = (value: number): number => {
    if (value < minimum || value > maximum) throw arithmeticOverflow('expression', type);
    // Division and remainder can leave -0, which isn't an integer of SQL.
    return value + 0;
  };
  switch (operator) {
    case '+':
      return (l, r) => check((l as number) + (r as number));
    case '-':
      return (l, r) => check((l as number) - (r as number));
    case '*':
      return (l, r) => check((l as number) * (r as number));
    case '/':
      return (l, r) => {
        if (r === 0) throw divideByZero();
        return check(Math.trunc((l as number) / (r as number)));
      };
    default:
      return (l, r) => {
        if (r === 0) throw divideByZero();
        return check((l as number) % (r as number));
      };
  }
}

function bigintArithmetic(operator: BinaryOperator, type: SqlType): Compute {
  const check = (value: bigint): bigint => {
    if (!fitsBigint(value)) throw arithmeticOverflow('expression', type);
    return value;
  };
  switch (operator) {
    case '+':
      return (l, r) => check((l as bigint) + (r as bigint));
    case '-':
      return (l, r) => check((l as bigint) - (r as bigint));
    case '*':
      return (l, r) => check((l as bigint) * (r as bigint));
    case '/':
      return (l, r) => {
        if (r === 0n) throw divideByZero();
        return check((l as bigint) / (r as bigint));
      };
    default:
      return (l, r) => {
        if (r === 0n) throw divideByZero();
        return (l as bigint) % (r as bigint);
      };
  }
}

function moneyArithmetic(operator: BinaryOperator, type: SqlType): Compute {
  const small = type.name === 'smallmoney';
  const check = (value: bigint): bigint => {
    if (small ? value < -2_147_483_648n || value > 2_147_483_647n : !fitsBigint(value)) {
      throw arithmeticOverflow('expression', type);
    }
    return value;
  };
  switch (operator) {
    case '+':
      return (l, r) => check((l as bigint) + (r as bigint));
    case '-':
      return (l, r) => check((l as bigint) - (r as bigint));
    case '*':
      return (l, r) => check(divideRounded((l as bigint) * (r as bigint), 10_000n));
    case '/':
      return (l, r) => {
        if (r === 0n) throw divideByZero();
        return check(((l as bigint) * 10_000n) / (r as bigint));
      };
    default:
      return (l, r) => {
        if (r === 0n) throw divideByZero();
        return (l as bigint) % (r as bigint);
      };
  }
}

function floatArithmetic(operator: BinaryOperator, type: SqlType): Compute {
  const single = type.name === 'real';
  const check = (value: number): number => {
    const result = single ? Math.fround(value) : value;
    if (!Number.isFinite(result)) throw arithmeticOverflow('expression', type);
    return result;
  };
  switch (operator) {
    case '+':
      return (l, r) => check((l as number) + (r as number));
    case '-':
      return (l, r) => check((l as number) - (r as number));
    case '*':
      return (l, r) => check((l as number) * (r as number));
    default:
      return (l, r) => {
        if (r === 0) throw divideByZero();
        return check((l as number) / (r as number));
      };
  }
}

function bitwise(
  operator: '&' | '|' | '^',
  left: SqlType,
  right: SqlType,
  type: SqlType,
  name: string,
): BinaryOperation {
  const fits = (operand: SqlType): boolean => isIntegerType(operand) || isBinaryType(operand);
  if (!isIntegerType(type) || !fits(left) || !fits(right)) throw mismatch(left, right, name);
  const compute: Compute =
    type.name === 'bigint'
      ? operator === '&'
        ? (l, r) => (l as bigint) & (r as bigint)
        : operator === '|'
          ? (l, r) => (l as bigint) | (r as bigint)
          : (l, r) => (l as bigint) ^ (r as bigint)
      : operator === '&'
        ? (l, r) => (l as number) & (r as number)
        : operator === '|'
          ? (l, r) => (l as number) | (r as number)
          : (l, r) => (l as number) ^ (r as number);
  return withOperands(left, right, type, compute);
}

function isLegacyDateTime(type: SqlType): boolean {
  return type.name === 'datetime' || type.name === 'smalldatetime';
}

/** datetime and smalldatetime add and subtract as days since 1900; the newer types have no operators. */
function dateArithmetic(operator: BinaryOperator, left: SqlType, right: SqlType, name: string): BinaryOperation {
  const leftIsDate = typeFamily(left) === 'datetime';
  const rightIsDate = typeFamily(right) === 'datetime';
  for (const [date, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (typeFamily(date) !== 'datetime' || isLegacyDateTime(date)) continue;
    if (date.name === other.name) throw invalidOperandType(date, name);
    if (isNumericType(other)) throw operandTypeClash(other, date);
    throw incompatibleOperands(left, right, name);
  }
  if ((operator !== '+' && operator !== '-') || (leftIsDate && rightIsDate && !isLegacyDateTime(left))) {
    throw mismatch(left, right, name);
  }
  const type = [left, right].some((operand) => operand.name === 'datetime') ? datetimeType : leftIsDate ? left : right;
  const convertLeft = compileConversion(left, type);
  const convertRight = compileConversion(right, type);
  const sign = operator === '+' ? 1n : -1n;
  return {
    type,
    evaluate: (l, r) => {
      if (l === null || r === null) return null;
      const first = convertLeft(l) as bigint;
      const second = convertRight(r) as bigint;
      const result = roundToType(first + sign * (second - baseDate), type);
      if (result === undefined) throw arithmeticOverflow('expression', type);
      return result;
    },
  };
}

/**
 * Compiles a unary minus, plus or `~`.
 *
 * @throws {SqlError} 8117 when the type has no such operator
 */
export function compileUnary(operator: '-' | '+' | '~', type: SqlType): UnaryOperation {
  if (type === nullType || operator === '+') return { type, evaluate: (value) => value };
  return operator === '~' ? complement(type) : negation(type);
}

function complement(type: SqlType): UnaryOperation {
  if (!isIntegerType(type)) throw invalidOperandType(type, "'~'");
  switch (type.name) {
    case 'bit':
      return { type, evaluate: (value) => (value === null ? null : value === 0 ? 1 : 0) };
    case 'tinyint':
      return { type, evaluate: (value) => (value === null ? null : ~(value as number) & 0xff) };
    case 'bigint':
      return { type, evaluate: (value) => (value === null ? null : ~(value as bigint)) };
    default:
      return { type, evaluate: (value) => (value === null ? null : ~(value as number)) };
  }
}

function negation(type: SqlType): UnaryOperation {
  switch (typeFamily(type)) {
    case 'integer': {
      if (type.name === 'bit') break;
      if (type.name === 'bigint') {
        return { type, evaluate: (value) => (value === null ? null : negatedBigint(value as bigint, type)) };
      }
      const result: SqlType = type.name === 'tinyint' ? { name: 'smallint' } : type;
      const { maximum } = integerRange(result);
      return {
        type: result,
        evaluate: (value) => {
          if (value === null) return null;
          const negated = 0 - (value as number);
          if (negated > maximum) throw arithmeticOverflow('expression', result);
          return negated;
        },
      };
    }
    case 'money':
      return { type, evaluate: (value) => (value === null ? null : negatedBigint(value as bigint, type)) };
    case 'decimal':
      return {
        type,
        evaluate: (value) =>
          value === null ? null : { unscaled: -(value as SqlDecimal).unscaled, scale: (value as SqlDecimal).scale },
      };
    case 'float':
      return { type, evaluate: (value) => (value === null ? null : 0 - (value as number)) };
  }
  throw invalidOperandType(type, 'minus');
}

function negatedBigint(value: bigint, type: SqlType): bigint {
  if (!fitsBigint(-value)) throw arithmeticOverflow('expression', type);
  return -value;
}
