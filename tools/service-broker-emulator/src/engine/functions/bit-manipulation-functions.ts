import { invalidArgumentType } from '../types/errors.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { bigintType, intType, isBinaryType, isIntegerType } from '../types/type-info.ts';
import { bytesArgument, intArgument } from './arguments.ts';
import { defineFunction } from './define-function.ts';
import { invalidArgumentValue } from './errors.ts';
import type { ScalarFunction } from './scalar-function.ts';

const widths: Readonly<Record<string, number>> = { bit: 1, tinyint: 8, smallint: 16, int: 32, bigint: 64 };

/** A whole number or bytes as a row of bits. */
interface Bits {
  readonly value: bigint;
  readonly width: number;
}

function bitsOf(value: SqlValue | undefined, type: SqlType): Bits | null {
  if (value === null || value === undefined) return null;
  if (isBinaryType(type)) {
    const bytes = Buffer.from(bytesArgument(value, type) ?? []);
    return { value: BigInt(`0x0${bytes.toString('hex')}`), width: bytes.length * 8 };
  }
  const width = widths[type.name] ?? 32;
  return { value: BigInt.asUintN(width, BigInt(value as number | bigint)), width };
}

function fromBits({ value, width }: Bits, type: SqlType): SqlValue {
  const bits = BigInt.asUintN(width, value);
  if (isBinaryType(type)) return Buffer.from(bits.toString(16).padStart(width / 4, '0'), 'hex');
  if (type.name === 'bigint') return BigInt.asIntN(64, bits);
  return Number(type.name === 'bit' || type.name === 'tinyint' ? bits : BigInt.asIntN(width, bits));
}

/** @throws {SqlError} 8116 for what has no bits */
function requireBits(types: readonly SqlType[], _: unknown, name: string): SqlType {
  const type = types[0] ?? intType;
  if (!isIntegerType(type) && !isBinaryType(type)) throw invalidArgumentType(type, 1, name);
  return type;
}

/** LEFT_SHIFT and RIGHT_SHIFT: bits that go over the edge are lost, zeros come in, also for negative numbers. */
function shiftFunction(name: string, direction: 1n | -1n): ScalarFunction {
  return defineFunction(name, {
    arguments: 2,
    type: requireBits,
    evaluate: (args, types) => {
      const type = types[0] ?? intType;
      const bits = bitsOf(args[0], type);
      const count = intArgument(args[1], types[1]);
      if (bits === null || count === null) return null;
      const by = BigInt(count) * direction;
      return fromBits({ width: bits.width, value: by >= 0n ? bits.value << by : bits.value >> -by }, type);
    },
  });
}

function checkedOffset(offset: number, { width }: Bits, name: string): bigint {
  if (offset >= 0 && offset < width) return BigInt(offset);
  throw invalidArgumentValue(offset, name.toLowerCase());
}

/** Functions on bits of SQL Server 2022. */
export const bitManipulationFunctions: readonly ScalarFunction[] = [
  shiftFunction('LEFT_SHIFT', 1n),
  shiftFunction('RIGHT_SHIFT', -1n),
  defineFunction('BIT_COUNT', {
    arguments: 1,
    type: (types, literals, name) => {
      requireBits(types, literals, name);
      return bigintType;
    },
    evaluate: (args, types) => {
      const bits = bitsOf(args[0], types[0] ?? intType);
      return bits === null ? null : BigInt([...bits.value.toString(2)].filter((digit) => digit === '1').length);
    },
  }),
  defineFunction('GET_BIT', {
    arguments: 2,
    type: (types, literals, name) => {
      requireBits(types, literals, name);
      return { name: 'bit' };
    },
    evaluate: (args, types) => {
      const bits = bitsOf(args[0], types[0] ?? intType);
      const offset = intArgument(args[1], types[1]);
      if (bits === null || offset === null) return null;
      return Number((bits.value >> checkedOffset(offset, bits, 'GET_BIT')) & 1n);
    },
  }),
  defineFunction('SET_BIT', {
    arguments: [2, 3],
    type: requireBits,
    evaluate: (args, types) => {
      const type = types[0] ?? intType;
      const bits = bitsOf(args[0], type);
      const offset = intArgument(args[1], types[1]);
      const given = args.length > 2 ? intArgument(args[2], types[2]) : 1;
      if (bits === null || offset === null || given === null) return null;
      const mask = 1n << checkedOffset(offset, bits, 'SET_BIT');
      const value = given === 0 ? bits.value & ~mask : bits.value | mask;
      return fromBits({ value, width: bits.width }, type);
    },
  }),
];
