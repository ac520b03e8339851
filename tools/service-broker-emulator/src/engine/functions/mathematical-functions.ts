import { SqlError } from '../../errors.ts';
import { compileConversion } from '../types/convert.ts';
import {
  decimalToNumber,
  fitsPrecision,
  numberToUnscaled,
  powerOfTen,
  rescale,
  rescaleTruncated,
} from '../types/decimal.ts';
import { arithmeticOverflow } from '../types/errors.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlDecimal, SqlValue } from '../types/sql-value.ts';
import { floatType, intType, isIntegerType, numericType, typeFamily } from '../types/type-info.ts';
import { floatArgument, intArgument, requireNumber, widestNumeric } from './arguments.ts';
import { defineFunction } from './define-function.ts';
import { invalidFloatOperation } from './errors.ts';
import type { ScalarFunction } from './scalar-function.ts';

/** The number as the functions compute with it: whole units of 10^-scale for exact types. */
type Exact = (unscaled: bigint, scale: number) => bigint;

interface NumberFunction {
  readonly exact: Exact;
  readonly float: (value: number) => number;
  /** True when the result has no digits after the point. */
  readonly whole?: boolean;
}

function numberType(types: readonly SqlType[], name: string, whole: boolean): SqlType {
  const type = requireNumber(types, 0, name);
  if (type.name === 'bit') return floatType;
  if (isIntegerType(type)) return type.name === 'bigint' ? type : intType;
  if (type.name === 'real') return floatType;
  if (typeFamily(type) === 'decimal' && whole) return numericType(type.precision ?? 18, 0);
  return type;
}

function inType(value: SqlValue, from: SqlType, to: SqlType): Exclude<SqlValue, null> | null {
  return compileConversion(from, to, { explicit: true })(value);
}

function exactResult(unscaled: bigint, scale: number, type: SqlType): SqlValue {
  switch (typeFamily(type)) {
    case 'decimal':
      return { unscaled: rescale(unscaled, scale, type.scale ?? 0), scale: type.scale ?? 0 };
    case 'money':
      return rescale(unscaled, scale, 4);
    default:
      return type.name === 'bigint' ? unscaled : checkedInt(unscaled);
  }
}

function checkedInt(value: bigint): number {
  if (value > 2_147_483_647n || value < -2_147_483_648n) throw arithmeticOverflow('expression', intType);
  return Number(value);
}

function numberFunction(name: string, { exact, float, whole = false }: NumberFunction): ScalarFunction {
  return defineFunction(name, {
    arguments: 1,
    type: (types) => numberType(types, name, whole),
    evaluate: (args, types) => {
      const from = types[0] ?? intType;
      const type = numberType(types, name, whole);
      if (type.name === 'float') {
        const value = floatArgument(args[0], from);
        return value === null ? null : float(value) + 0;
      }
      const source = typeFamily(type) === 'decimal' ? from : type;
      const value = inType(args[0] ?? null, from, source);
      if (value === null) return null;
      if (typeof value === 'object') {
        const { unscaled, scale } = value as SqlDecimal;
        return exactResult(exact(unscaled, scale), scale, type);
      }
      const scale = typeFamily(type) === 'money' ? 4 : 0;
      return exactResult(exact(BigInt(value as number | bigint), scale), scale, type);
    },
  });
}

function floatFunction(name: string, compute: (value: number) => number): ScalarFunction {
  return defineFunction(name, {
    arguments: 1,
    type: (types) => {
      requireNumber(types, 0, name);
      return floatType;
    },
    evaluate: (args, types) => {
      const value = floatArgument(args[0], types[0]);
      return value === null ? null : finite(compute(value));
    },
  });
}

/** Angles in the type of the argument: whole degrees of an int are whole radians. */
function angleFunction(name: string, compute: (value: number) => number): ScalarFunction {
  const typeOf = (types: readonly SqlType[]): SqlType => {
    const type = numberType(types, name, false);
    return typeFamily(type) === 'decimal' ? numericType(38, 18) : type;
  };
  return defineFunction(name, {
    arguments: 1,
    type: typeOf,
    evaluate: (args, types) => {
      const type = typeOf(types);
      const value = floatArgument(args[0], types[0]);
      if (value === null) return null;
      const result = finite(compute(value));
      if (type.name === 'float') return result;
      return inType(isIntegerType(type) ? Math.trunc(result) : result, floatType, type);
    },
  });
}

/** @throws {SqlError} 3623 outside the function's domain */
function finite(value: number): number {
  if (Number.isNaN(value)) throw invalidFloatOperation();
  if (!Number.isFinite(value)) throw arithmeticOverflow('expression', floatType);
  return value + 0;
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

function floorExact(unscaled: bigint, scale: number): bigint {
  const unit = powerOfTen(scale);
  const rest = unscaled % unit;
  return rest < 0n ? unscaled - rest - unit : unscaled - rest;
}

function roundExact(unscaled: bigint, scale: number, digits: number, truncate: boolean): bigint {
  if (digits >= scale) return unscaled;
  const drop = scale - digits;
  if (drop > 77) return 0n;
  const cut = truncate ? rescaleTruncated(unscaled, drop, 0) : rescale(unscaled, drop, 0);
  return cut * powerOfTen(drop);
}

/** Through the decimal digits that the float shows, so that 2.675 rounds as one expects of 2.675. */
function roundFloat(value: number, digits: number, truncate: boolean): number {
  if (digits >= 15) return value;
  if (truncate) {
    const factor = 10 ** digits;
    return Math.trunc(value * factor) / factor;
  }
  if (digits >= 0) return decimalToNumber({ unscaled: numberToUnscaled(value, digits), scale: digits });
  const factor = 10 ** -digits;
  return Math.sign(value) * Math.round(Math.abs(value) / factor) * factor;
}

function evaluateRound(args: readonly SqlValue[], types: readonly SqlType[]): SqlValue {
  const from = types[0] ?? intType;
  const type = numberType(types, 'ROUND', false);
  const digits = intArgument(args[1], types[1]);
  const truncate = args.length > 2 && (intArgument(args[2], types[2]) ?? 0) !== 0;
  if ((args[0] ?? null) === null || digits === null) return null;
  if (type.name === 'float') {
    const value = floatArgument(args[0], from);
    return value === null ? null : roundFloat(value, digits, truncate) + 0;
  }
  const value = inType(args[0] ?? null, from, typeFamily(type) === 'decimal' ? from : type);
  if (value === null) return null;
  if (typeof value === 'object') {
    const { unscaled, scale } = value as SqlDecimal;
    const rounded = roundExact(unscaled, scale, digits, truncate);
    if (!fitsPrecision(rounded, type.precision ?? 38)) throw arithmeticOverflow('expression', type);
    return { unscaled: rounded, scale };
  }
  const scale = typeFamily(type) === 'money' ? 4 : 0;
  return exactResult(roundExact(BigInt(value as number | bigint), scale, digits, truncate), scale, type);
}

function evaluatePower(args: readonly SqlValue[], types: readonly SqlType[]): SqlValue {
  const type = powerType(types);
  const base = floatArgument(args[0], types[0]);
  const exponent = floatArgument(args[1], types[1]);
  if (base === null || exponent === null) return null;
  if (isIntegerType(type) && Number.isInteger(exponent) && exponent >= 0 && exponent <= 4096) {
    const exact = BigInt(base) ** BigInt(exponent);
    return inType({ unscaled: checkedPower(exact, type), scale: 0 }, numericType(38, 0), type);
  }
  const result = finite(base ** exponent);
  if (type.name === 'float') return result;
  try {
    return inType(isIntegerType(type) ? Math.trunc(result) : result, floatType, type);
  } catch (error) {
    if (error instanceof SqlError) throw arithmeticOverflow('expression', type);
    throw error;
  }
}

function checkedPower(value: bigint, type: SqlType): bigint {
  if (!fitsPrecision(value, 38)) throw arithmeticOverflow('expression', type);
  return value;
}

function powerType(types: readonly SqlType[]): SqlType {
  const type = numberType(types, 'POWER', false);
  return typeFamily(type) === 'decimal' ? widestNumeric(type) : type;
}

export const mathematicalFunctions: readonly ScalarFunction[] = [
  numberFunction('ABS', { exact: absolute, float: Math.abs }),
  numberFunction('CEILING', { exact: (value, scale) => -floorExact(-value, scale), float: Math.ceil, whole: true }),
  numberFunction('FLOOR', { exact: floorExact, float: Math.floor, whole: true }),
  numberFunction('SIGN', {
    exact: (value, scale) => (value > 0n ? powerOfTen(scale) : value < 0n ? -powerOfTen(scale) : 0n),
    float: Math.sign,
  }),
  defineFunction('ROUND', {
    arguments: [2, 3],
    type: (types) => numberType(types, 'ROUND', false),
    evaluate: evaluateRound,
  }),
  defineFunction('POWER', { arguments: 2, type: powerType, evaluate: evaluatePower }),
  floatFunction('SQRT', Math.sqrt),
  floatFunction('SQUARE', (value) => value * value),
  floatFunction('EXP', Math.exp),
  floatFunction('LOG10', (value) => (value <= 0 ? Number.NaN : Math.log10(value))),
  floatFunction('SIN', Math.sin),
  floatFunction('COS', Math.cos),
  floatFunction('TAN', Math.tan),
  floatFunction('COT', (value) => 1 / Math.tan(value)),
  floatFunction('ASIN', Math.asin),
  floatFunction('ACOS', Math.acos),
  floatFunction('ATAN', Math.atan),
  angleFunction('RADIANS', (value) => (value * Math.PI) / 180),
  angleFunction('DEGREES', (value) => (value * 180) / Math.PI),
  defineFunction('ATN2', {
    arguments: 2,
    type: floatType,
    evaluate: (args, types) => {
      const y = floatArgument(args[0], types[0]);
      const x = floatArgument(args[1], types[1]);
      return y === null || x === null ? null : finite(Math.atan2(y, x));
    },
  }),
  defineFunction('LOG', {
    arguments: [1, 2],
    type: floatType,
    evaluate: (args, types) => {
      const value = floatArgument(args[0], types[0]);
      if (value === null) return null;
      if (args.length === 1) return finite(value <= 0 ? Number.NaN : Math.log(value));
      const base = floatArgument(args[1], types[1]);
      return base === null ? null : finite(value <= 0 || base <= 0 ? Number.NaN : Math.log(value) / Math.log(base));
    },
  }),
  defineFunction('PI', { arguments: 0, type: floatType, evaluate: () => Math.PI }),
  defineFunction('RAND', {
    arguments: [0, 1],
    deterministic: false,
    type: floatType,
    evaluate: (args, types) => {
      const seed = args.length === 0 ? null : intArgument(args[0], types[0]);
      return seed === null ? Math.random() : seededRandom(seed);
    },
  }),
];

/** One seed, one value, as in SQL Server, though not the same value (mulberry32 here). */
function seededRandom(seed: number): number {
  const a = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(a ^ (a >>> 15), 1 | a);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
