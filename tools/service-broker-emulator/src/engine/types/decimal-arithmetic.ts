import type { BinaryOperator } from '../../tsql/ast/expressions.ts';
import { divideRounded, fitsPrecision, powerOfTen, rescale } from './decimal.ts';
import { arithmeticOverflow, divideByZero } from './errors.ts';
import { refuseRoundAbort } from './round-abort.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlDecimal, SqlValue } from './sql-value.ts';
import { decimalShape, numericType } from './type-info.ts';

/** An operand: its decimal type and how a value becomes one of it. */
export interface DecimalOperand {
  readonly type: SqlType;
  readonly convert: (value: SqlValue) => SqlValue;
}

/**
 * Precision and scale of a result ("Precision, scale, and length" in the T-SQL reference). Beyond 38 digits the scale
 * shrinks to keep the whole digits, for products and quotients not below 6.
 */
function decimalResultType(operator: BinaryOperator, left: SqlType, right: SqlType): SqlType {
  const { precision: p1, scale: s1 } = decimalShape(left);
  const { precision: p2, scale: s2 } = decimalShape(right);
  const commonScale = Math.max(s1, s2);
  switch (operator) {
    case '*':
      return reduced(p1 + p2 + 1, s1 + s2);
    case '/': {
      const scale = Math.max(6, s1 + p2 + 1);
      return reduced(p1 - s1 + s2 + scale, scale);
    }
    case '%':
      return numericType(Math.min(38, Math.min(p1 - s1, p2 - s2) + commonScale), commonScale);
    default: {
      const whole = Math.max(p1 - s1, p2 - s2);
      const precision = whole + commonScale + 1;
      return precision <= 38
        ? numericType(precision, commonScale)
        : numericType(38, Math.max(0, Math.min(commonScale, 38 - whole)));
    }
  }
}

function reduced(precision: number, scale: number): SqlType {
  if (precision <= 38) return numericType(precision, scale);
  const whole = precision - scale;
  return numericType(38, Math.min(scale, Math.max(38 - whole, Math.min(scale, 6))));
}

/** Digits after the point of an exact sum, remainder or product. */
function exactScale(operator: BinaryOperator, left: SqlType, right: SqlType): number {
  const [first, second] = [decimalShape(left).scale, decimalShape(right).scale];
  return operator === '*' ? first + second : Math.max(first, second);
}

/** Compiles `left op right` for decimals: sums and products round to the result's scale, quotients are cut off. */
export function compileDecimalArithmetic(
  operator: BinaryOperator,
  left: DecimalOperand,
  right: DecimalOperand,
): { readonly type: SqlType; readonly evaluate: (left: SqlValue, right: SqlValue) => SqlValue } {
  const type = decimalResultType(operator, left.type, right.type);
  const scale = type.scale ?? 0;
  if (operator === '/' || scale < exactScale(operator, left.type, right.type)) {
    refuseRoundAbort(`arithmetic of numbers that may be rounded (${operator})`);
  }
  const precision = type.precision ?? 38;
  const compute = computation(operator, scale);
  return {
    type,
    evaluate: (l, r) => {
      if (l === null || r === null) return null;
      const unscaled = compute(left.convert(l) as SqlDecimal, right.convert(r) as SqlDecimal);
      if (!fitsPrecision(unscaled, precision)) throw arithmeticOverflow('expression', type);
      return { unscaled, scale };
    },
  };
}

function computation(operator: BinaryOperator, scale: number): (left: SqlDecimal, right: SqlDecimal) => bigint {
  switch (operator) {
    case '+':
    case '-': {
      const sign = operator === '+' ? 1n : -1n;
      return (left, right) => {
        const common = Math.max(left.scale, right.scale);
        const sum = rescale(left.unscaled, left.scale, common) + sign * rescale(right.unscaled, right.scale, common);
        return rescale(sum, common, scale);
      };
    }
    case '*':
      return (left, right) => rescale(left.unscaled * right.unscaled, left.scale + right.scale, scale);
    case '/':
      return (left, right) => {
        if (right.unscaled === 0n) throw divideByZero();
        const shift = scale + right.scale - left.scale;
        return shift >= 0
          ? (left.unscaled * powerOfTen(shift)) / right.unscaled
          : divideRounded(left.unscaled, powerOfTen(-shift)) / right.unscaled;
      };
    default:
      return (left, right) => {
        if (right.unscaled === 0n) throw divideByZero();
        const common = Math.max(left.scale, right.scale);
        return rescale(
          rescale(left.unscaled, left.scale, common) % rescale(right.unscaled, right.scale, common),
          common,
          scale,
        );
      };
  }
}
