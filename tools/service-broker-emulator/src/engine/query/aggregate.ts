import type { SqlError } from '../../errors.ts';
import { compileCompare } from '../types/compare.ts';
import { compileConversion } from '../types/convert.ts';
import { fitsBigint } from '../types/convert-to-integer.ts';
import { divideRounded, fitsPrecision } from '../types/decimal.ts';
import { arithmeticOverflow, invalidOperandType } from '../types/errors.ts';
import { refuseRoundAbort } from '../types/round-abort.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlDecimal, SqlValue } from '../types/sql-value.ts';
import { bigintType, decimalShape, floatType, intType, moneyType, typeFamily } from '../types/type-info.ts';

/** Collects the values of one group. NULLs are left out by the caller. */
interface Accumulator {
  add(value: SqlValue): void;
  result(): SqlValue;
}

export interface AggregateFunction {
  readonly type: SqlType;
  readonly nullable: boolean;
  create(): Accumulator;
}

const aggregateNames: ReadonlySet<string> = new Set([
  'COUNT',
  'COUNT_BIG',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'STRING_AGG',
  'CHECKSUM_AGG',
  'STDEV',
  'STDEVP',
  'VAR',
  'VARP',
]);

/** @param name upper case */
export function isAggregateName(name: string): boolean {
  return aggregateNames.has(name);
}

/** The aggregate `name` over values of `type`; STRING_AGG is not among them as it has an order and a separator. */
export function aggregateFunction(name: string, type: SqlType): AggregateFunction {
  switch (name) {
    case 'COUNT':
      return { type: intType, nullable: false, create: countInt };
    case 'COUNT_BIG':
      return { type: bigintType, nullable: false, create: () => counting((count) => BigInt(count)) };
    case 'SUM':
      return sum(type);
    case 'AVG':
      return average(type);
    case 'MIN':
    case 'MAX': {
      if (['bit', 'xml', 'text', 'ntext', 'image'].includes(type.name)) {
        throw invalidOperandType(type, name.toLowerCase());
      }
      const compare = compileCompare(type);
      const sign = name === 'MIN' ? 1 : -1;
      return {
        type,
        nullable: true,
        create: () => {
          let best: SqlValue = null;
          return {
            add: (value) => {
              if (best === null || sign * compare(value, best) < 0) best = value;
            },
            result: () => best,
          };
        },
      };
    }
    case 'CHECKSUM_AGG': {
      const toInt = compileConversion(type, intType);
      return {
        type: intType,
        nullable: true,
        create: () => {
          let checksum: number | null = null;
          return {
            add: (value) => {
              checksum = (checksum ?? 0) ^ (toInt(value) as number);
            },
            result: () => checksum,
          };
        },
      };
    }
    default:
      return deviation(name, type);
  }
}

function counting(finish: (count: number) => SqlValue): Accumulator {
  let count = 0;
  return {
    add: () => {
      count++;
    },
    result: () => finish(count),
  };
}

function countInt(): Accumulator {
  return counting((count) => count);
}

function overflow(type: SqlType): SqlError {
  return arithmeticOverflow('expression', type);
}

function sum(type: SqlType): AggregateFunction {
  const result = summed(type, 'sum');
  return {
    type: result.type,
    nullable: true,
    create: () => {
      const total = result.total();
      return { add: total.add, result: () => (total.count() === 0 ? null : result.finish(total.value())) };
    },
  };
}

function average(type: SqlType): AggregateFunction {
  const result = summed(type, 'avg');
  const family = typeFamily(result.type);
  if (family === 'decimal') refuseRoundAbort('AVG of numbers');
  const argumentScale = decimalShape(type).scale;
  const averageType: SqlType =
    family === 'decimal' ? { name: result.type.name, precision: 38, scale: Math.max(6, argumentScale) } : result.type;
  const scale = averageType.scale ?? 0;
  return {
    type: averageType,
    nullable: true,
    create: () => {
      const total = result.total();
      return {
        add: total.add,
        result: () => {
          const count = total.count();
          if (count === 0) return null;
          const value = total.value();
          // The total has the type that SUM gives, and overflows like it.
          result.finish(value);
          if (typeof value === 'number') return family === 'integer' ? Math.trunc(value / count) : value / count;
          if (family === 'money') return divideRounded(value, BigInt(count));
          if (family === 'integer') return value / BigInt(count);
          const unscaled = (value * 10n ** BigInt(scale - argumentScale)) / BigInt(count);
          if (!fitsPrecision(unscaled, 38)) throw overflow({ name: 'numeric' });
          return { unscaled, scale };
        },
      };
    },
  };
}

interface Total {
  readonly add: (value: SqlValue) => void;
  readonly count: () => number;
  readonly value: () => number | bigint;
}

/** Exact totals: integers up to int add up in a double safely (2^53), everything wider as bigint. */
function summed(
  type: SqlType,
  operator: string,
): { type: SqlType; total: () => Total; finish: (total: number | bigint) => SqlValue } {
  switch (typeFamily(type)) {
    case 'integer':
      if (type.name === 'bit') throw invalidOperandType(type, operator);
      if (type.name === 'bigint') {
        return {
          type: bigintType,
          total: () => bigTotal((value) => value as bigint),
          finish: (total) => {
            const value = BigInt(total);
            if (!fitsBigint(value)) throw overflow(bigintType);
            return value;
          },
        };
      }
      return {
        type: intType,
        total: numberTotal,
        finish: (total) => {
          if (total > 2147483647 || total < -2147483648) throw overflow(intType);
          return Number(total);
        },
      };
    case 'decimal': {
      const scale = type.scale ?? 0;
      const sumType: SqlType = { name: type.name, precision: 38, scale };
      return {
        type: sumType,
        total: () => bigTotal((value) => (value as SqlDecimal).unscaled),
        finish: (total) => {
          const unscaled = BigInt(total);
          if (!fitsPrecision(unscaled, 38)) throw overflow({ name: 'numeric' });
          return { unscaled, scale };
        },
      };
    }
    case 'money':
      return {
        type: { name: 'money' },
        total: () => bigTotal((value) => value as bigint),
        finish: (total) => {
          const value = BigInt(total);
          if (!fitsBigint(value)) throw overflow(moneyType);
          return value;
        },
      };
    case 'float':
      return {
        type: floatType,
        total: numberTotal,
        finish: (total) => {
          if (!Number.isFinite(total)) throw overflow(floatType);
          return Number(total);
        },
      };
    default:
      throw invalidOperandType(type, operator);
  }
}

function numberTotal(): Total {
  let total = 0;
  let count = 0;
  return {
    add: (value) => {
      total += value as number;
      count++;
    },
    count: () => count,
    value: () => total,
  };
}

function bigTotal(read: (value: SqlValue) => bigint): Total {
  let total = 0n;
  let count = 0;
  return {
    add: (value) => {
      total += read(value);
      count++;
    },
    count: () => count,
    value: () => total,
  };
}

/** STDEV, STDEVP, VAR, VARP by Welford's method, which stays exact where a sum of squares would cancel out. */
function deviation(name: string, type: SqlType): AggregateFunction {
  if (!['integer', 'decimal', 'money', 'float'].includes(typeFamily(type)) || type.name === 'bit') {
    throw invalidOperandType(type, name.toLowerCase());
  }
  const toFloat = compileConversion(type, floatType);
  const population = name.endsWith('P');
  const root = name.startsWith('STDEV');
  return {
    type: floatType,
    nullable: true,
    create: () => {
      let count = 0;
      let mean = 0;
      let squares = 0;
      return {
        add: (value) => {
          const number = toFloat(value) as number;
          count++;
          const difference = number - mean;
          mean += difference / count;
          squares += difference * (number - mean);
        },
        result: () => {
          const divisor = population ? count : count - 1;
          if (divisor <= 0) return null;
          const variance = squares / divisor;
          return root ? Math.sqrt(variance) : variance;
        },
      };
    },
  };
}
