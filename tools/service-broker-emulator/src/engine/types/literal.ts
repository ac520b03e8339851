import { SqlError } from '../../errors.ts';
import type { Literal } from '../../tsql/ast/expressions.ts';
import { fitsBigint } from './convert-to-integer.ts';
import { fitsPrecision, parseDecimal } from './decimal.ts';
import { parseMoney } from './number-text.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlValue } from './sql-value.ts';
import { arithmeticOverflow } from './type-errors.ts';
import { FLOAT, INT, MONEY, NULL_TYPE, numericType, withLength } from './type-info.ts';

/** A literal's type and value. */
export interface TypedValue {
  readonly type: SqlType;
  readonly value: SqlValue;
}

/**
 * Type and value of a literal. An integer beyond int is numeric, not bigint; a decimal has the precision and scale that
 * it is written with; a string has its own length.
 *
 * @throws {SqlError} 1007 for more than 38 digits, 168 for a float out of range
 */
export function literalType(literal: Literal): TypedValue {
  switch (literal.type) {
    case 'null':
      return { type: NULL_TYPE, value: null };
    case 'string': {
      const type = withLength(literal.unicode ? 'nvarchar' : 'varchar', literal.value.length);
      return { type, value: literal.value };
    }
    case 'binary':
      return { type: withLength('varbinary', literal.value.length), value: literal.value };
    case 'integer':
      return integerLiteral(literal.text);
    case 'decimal':
      return decimalLiteral(literal.text);
    case 'float': {
      const value = Number(/[eE][+-]?$/.test(literal.text) ? literal.text.replace(/[eE][+-]?$/, '') : literal.text);
      if (!Number.isFinite(value)) {
        throw new SqlError(
          `The floating point value '${literal.text}' is out of the range of computer representation (8 bytes).`,
          { number: 168, severity: 15 },
        );
      }
      return { type: FLOAT, value };
    }
    case 'money': {
      const value = parseMoney(literal.text);
      if (value === undefined)
        throw new SqlError(`Incorrect syntax near '${literal.text}'.`, { number: 102, severity: 15 });
      if (!fitsBigint(value)) throw arithmeticOverflow('expression', MONEY);
      return { type: MONEY, value };
    }
  }
}

function integerLiteral(text: string): TypedValue {
  const value = BigInt(text);
  if (value <= 2147483647n) return { type: INT, value: Number(value) };
  const digits = value.toString().length;
  if (!fitsPrecision(value, 38)) throw outOfRange(text);
  return { type: numericType(digits, 0), value: { unscaled: value, scale: 0 } };
}

function decimalLiteral(text: string): TypedValue {
  const value = parseDecimal(text);
  if (value === undefined) throw new SqlError(`Incorrect syntax near '${text}'.`, { number: 102, severity: 15 });
  if (value.scale > 38 || !fitsPrecision(value.unscaled, 38)) throw outOfRange(text);
  const digits = value.unscaled === 0n ? 1 : value.unscaled.toString().length;
  return { type: numericType(Math.max(digits, value.scale, 1), value.scale), value };
}

function outOfRange(text: string): SqlError {
  return new SqlError(`The number '${text}' is out of the range for numeric representation (maximum precision 38).`, {
    number: 1007,
    severity: 15,
  });
}
