import type { Literal } from '../../tsql/ast/expressions.ts';
import { codePageOf } from './collation-code-page.ts';
import { fitsBigint } from './convert-to-integer.ts';
import { fitsPrecision, parseDecimal } from './decimal.ts';
import { arithmeticOverflow, decimalLiteralOutOfRange, floatLiteralOutOfRange, syntaxNear } from './errors.ts';
import { parseMoney } from './number-text.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlValue } from './sql-value.ts';
import { floatType, intType, moneyType, nullType, numericType, withLength } from './type-info.ts';

/** A literal's type and value. */
export interface TypedValue {
  readonly type: SqlType;
  readonly value: SqlValue;
}

/**
 * Type and value of a literal. An integer beyond int is numeric, not bigint; a decimal has the precision and scale that
 * it is written with; a string has its own length.
 *
 * @param collation that of the database, where it is not the server's
 * @throws {SqlError} 1007 for more than 38 digits, 168 for a float out of range
 */
export function literalType(literal: Literal, collation?: string): TypedValue {
  switch (literal.type) {
    case 'null':
      return { type: nullType, value: null };
    case 'string': {
      const { value } = literal;
      if (literal.unicode) return { type: withLength('nvarchar', value.length), value };
      const page = codePageOf(collation);
      return { type: withLength('varchar', page.byteLength(value)), value: page.fit(value) };
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
        throw floatLiteralOutOfRange(literal.text);
      }
      return { type: floatType, value };
    }
    case 'money': {
      const value = parseMoney(literal.text);
      if (value === undefined) throw syntaxNear(literal.text);
      if (!fitsBigint(value)) throw arithmeticOverflow('expression', moneyType);
      return { type: moneyType, value };
    }
  }
}

function integerLiteral(text: string): TypedValue {
  const value = BigInt(text);
  if (value <= 2147483647n) return { type: intType, value: Number(value) };
  const digits = value.toString().length;
  if (!fitsPrecision(value, 38)) throw decimalLiteralOutOfRange(text);
  return { type: numericType(digits, 0), value: { unscaled: value, scale: 0 } };
}

function decimalLiteral(text: string): TypedValue {
  const value = parseDecimal(text);
  if (value === undefined) throw syntaxNear(text);
  if (value.scale > 38 || !fitsPrecision(value.unscaled, 38)) throw decimalLiteralOutOfRange(text);
  const digits = value.unscaled === 0n ? 1 : value.unscaled.toString().length;
  return { type: numericType(Math.max(digits, value.scale, 1), value.scale), value };
}
