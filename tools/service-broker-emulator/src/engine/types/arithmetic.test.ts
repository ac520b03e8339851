import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeOfNotation as type } from '../../../test/support/type-notation.ts';
import type { BinaryOperator, Literal } from '../../tsql/ast/expressions.ts';
import { compileBinary, compileUnary } from './arithmetic.ts';
import { convertValue } from './convert.ts';
import { formatDecimal } from './decimal.ts';
import { formatType } from './format-type.ts';
import { literalType } from './literal.ts';
import type { SqlDecimal, SqlValue } from './sql-value.ts';
import { intType, nullType } from './type-info.ts';

/** The literal that a number is written as. */
function literal(text: string): ReturnType<typeof literalType> {
  const kind = text.startsWith('$') ? 'money' : /e/i.test(text) ? 'float' : text.includes('.') ? 'decimal' : 'integer';
  const node: Literal = { kind: 'literal', line: 1, type: kind, text };
  return literalType(node);
}

function compute(left: string, operator: BinaryOperator, right: string): [type: string, value: SqlValue] {
  const l = literal(left);
  const r = literal(right);
  const operation = compileBinary(operator, l.type, r.type, { left: l.value, right: r.value });
  return [formatType(operation.type), operation.evaluate(l.value, r.value)];
}

describe('literals', () => {
  it.each([
    ['2147483647', 'int'],
    ['2147483648', 'numeric(10,0)'],
    ['1.50', 'numeric(3,2)'],
    ['.5', 'numeric(1,1)'],
    ['0.00', 'numeric(2,2)'],
    ['1e3', 'float'],
    ['$1.5', 'money'],
  ])('%s is %s', (text, expected) => {
    expect(formatType(literal(text).type)).toBe(expected);
  });

  it('gives strings their own length, at least 1', () => {
    const text = (value: string, unicode: boolean): string =>
      formatType(literalType({ kind: 'literal', line: 1, type: 'string', value, unicode }).type);
    expect(text('', false)).toBe('varchar(1)');
    expect(text('abc', true)).toBe('nvarchar(3)');
    expect(text('x'.repeat(4001), true)).toBe('nvarchar(max)');
    expect(literalType({ kind: 'literal', line: 1, type: 'null' }).type).toBe(nullType);
  });
});

describe('arithmetic', () => {
  it.each<[string, BinaryOperator, string, string, string]>([
    ['7', '/', '2', 'int', '3'],
    ['7', '%', '3', 'int', '1'],
    ['1.0', '/', '3', 'numeric(7,6)', '0.333333'],
    ['2.0', '/', '3.00', 'numeric(9,6)', '0.666666'],
    ['1.5', '+', '2.25', 'numeric(4,2)', '3.75'],
    ['1.5', '*', '2.25', 'numeric(6,3)', '3.375'],
    ['10.5', '%', '3', 'numeric(2,1)', '1.5'],
    ['2147483648', '+', '1', 'numeric(11,0)', '2147483649'],
  ])('%s %s %s is %s %s', (left, operator, right, expectedType, expected) => {
    const [resultType, value] = compute(left, operator, right);
    expect(resultType).toBe(expectedType);
    const shown =
      typeof value === 'object' && value !== null
        ? formatDecimal((value as SqlDecimal).unscaled, (value as SqlDecimal).scale)
        : `${value}`;
    expect(shown).toBe(expected);
  });

  it('reduces the scale when 38 digits are not enough', () => {
    const wide = type('decimal(38,10)');
    expect(formatType(compileBinary('*', wide, wide).type)).toBe('numeric(38,6)');
    expect(formatType(compileBinary('+', wide, wide).type)).toBe('numeric(38,10)');
    expect(formatType(compileBinary('/', wide, type('decimal(20,5)')).type)).toBe('numeric(38,6)');
  });

  it.each<[string, BinaryOperator, string, number, string]>([
    ['2147483647', '+', '1', 8115, 'Arithmetic overflow error converting expression to data type int.'],
    ['1', '/', '0', 8134, 'Divide by zero error encountered.'],
    ['1.0', '/', '0', 8134, 'Divide by zero error encountered.'],
    ['1e0', '/', '0e0', 8134, 'Divide by zero error encountered.'],
    ['1e308', '*', '1e10', 8115, 'Arithmetic overflow error converting expression to data type float.'],
  ])('%s %s %s is error %i', (left, operator, right, number, message) => {
    expect(() => compute(left, operator, right)).toThrow(expect.objectContaining({ number, message }));
  });

  it.each<[string, BinaryOperator, string, number, string]>([
    [
      'uniqueidentifier',
      '+',
      'varchar(5)',
      402,
      'The data types uniqueidentifier and varchar are incompatible in the add operator.',
    ],
    ['varchar(5)', '-', 'varchar(5)', 8117, 'Operand data type varchar is invalid for subtract operator.'],
    ['bit', '+', 'bit', 8117, 'Operand data type bit is invalid for add operator.'],
    ['float', '%', 'int', 402, 'The data types float and int are incompatible in the modulo operator.'],
    ['date', '+', 'int', 206, 'Operand type clash: int is incompatible with date'],
    ['datetime2(7)', '-', 'datetime2(7)', 8117, 'Operand data type datetime2 is invalid for subtract operator.'],
    ['float', '&', 'int', 402, "The data types float and int are incompatible in the '&' operator."],
  ])('%s %s %s is error %i', (left, operator, right, number, message) => {
    expect(() => compileBinary(operator, type(left), type(right))).toThrow(
      expect.objectContaining({ number, message }),
    );
  });

  it('takes text as the number type of the other side', () => {
    const sum = compileBinary('+', type('varchar(5)'), intType);
    expect(sum.type.name).toBe('int');
    expect(sum.evaluate('40', 2)).toBe(42);
    expect(() => sum.evaluate('x', 2)).toThrow(expect.objectContaining({ number: 245 }));
  });

  it('joins texts and bytes, cut at 8000 bytes unless one is max', () => {
    const joined = compileBinary('+', type('varchar(10)'), type('nvarchar(20)'));
    expect(formatType(joined.type)).toBe('nvarchar(30)');
    expect(joined.evaluate('a', 'b')).toBe('ab');
    expect(joined.evaluate('a', null)).toBeNull();
    const long = compileBinary('+', type('varchar(8000)'), type('varchar(10)'));
    expect(long.evaluate('x'.repeat(8000), 'y')).toHaveLength(8000);
    expect(formatType(compileBinary('+', type('varchar(max)'), type('varchar(10)')).type)).toBe('varchar(max)');
    expect(
      compileBinary('+', type('varbinary(2)'), type('binary(1)')).evaluate(Uint8Array.of(1), Uint8Array.of(2)),
    ).toEqual(Buffer.from([1, 2]));
  });

  it('adds days to datetime', () => {
    const start = convertValue('2024-02-28 12:00', type('varchar(30)'), type('datetime'), { explicit: true });
    const sum = compileBinary('+', type('datetime'), type('decimal(5,2)'));
    const result = sum.evaluate(start, { unscaled: 150n, scale: 2 });
    expect(convertValue(result, type('datetime'), type('varchar(30)'), { explicit: true, style: 120 })).toBe(
      '2024-03-01 00:00:00',
    );
  });

  it('has NULL for NULL, in the type of the other side', () => {
    const operation = compileBinary('+', nullType, type('varchar(5)'));
    expect(operation.type.name).toBe('varchar');
    expect(operation.evaluate(null, 'x')).toBeNull();
  });

  it('negates and complements', () => {
    expect(compileUnary('-', intType).evaluate(5)).toBe(-5);
    expect(() => compileUnary('-', intType).evaluate(-2_147_483_648)).toThrow(
      expect.objectContaining({ number: 8115 }),
    );
    expect(compileUnary('~', type('tinyint')).evaluate(1)).toBe(254);
    expect(() => compileUnary('-', type('varchar(5)'))).toThrow(expect.objectContaining({ number: 8117 }));
  });

  it('agrees with exact arithmetic for decimals', () => {
    const operand = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    const decimal = type('decimal(13,4)');
    const sum = compileBinary('+', decimal, decimal);
    const product = compileBinary('*', decimal, decimal);
    fc.assert(
      fc.property(operand, operand, (a, b) => {
        const left = { unscaled: a, scale: 4 };
        const right = { unscaled: b, scale: 4 };
        expect((sum.evaluate(left, right) as SqlDecimal).unscaled).toBe(a + b);
        expect((product.evaluate(left, right) as SqlDecimal).unscaled).toBe(a * b);
        const quotient = compileBinary('/', decimal, decimal);
        if (b !== 0n) {
          const { unscaled, scale } = quotient.evaluate(left, right) as SqlDecimal;
          // The quotient is off by less than one unit of its last place: |q * b - a| < |b| in units of that place.
          const remainder = unscaled * b - a * 10n ** BigInt(scale);
          expect(remainder * remainder).toBeLessThan(b * b);
        }
      }),
    );
  });
});
