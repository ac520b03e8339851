import type { SqlError } from '../../errors.ts';
import type { Converter } from './converter.ts';
import { baseDate, ticksPerDay } from './datetime.ts';
import { divideRounded, powerOfTen } from './decimal.ts';
import {
  arithmeticOverflow,
  conversionFailed,
  errorConverting,
  floatOverflow,
  integerTextOverflow,
  intTextOverflow,
  smallIntegerOverflow,
} from './errors.ts';
import { baseTypeName } from './format-type.ts';
import { parseInteger } from './number-text.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlDecimal } from './sql-value.ts';
import { typeFamily } from './type-info.ts';

interface IntegerRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly bytes: number;
}

const ranges = {
  tinyint: { minimum: 0, maximum: 255, bytes: 1 },
  smallint: { minimum: -32_768, maximum: 32_767, bytes: 2 },
  int: { minimum: -2_147_483_648, maximum: 2_147_483_647, bytes: 4 },
} as const satisfies Record<string, IntegerRange>;

const bigintMinimum = -(2n ** 63n);
const bigintMaximum = 2n ** 63n - 1n;

/** True when the number is a bigint of SQL. */
export function fitsBigint(value: bigint): boolean {
  return value >= bigintMinimum && value <= bigintMaximum;
}

/** Range and size of tinyint, smallint or int. */
export function integerRange(type: SqlType): IntegerRange {
  return type.name === 'tinyint' || type.name === 'smallint' ? ranges[type.name] : ranges.int;
}

/** Conversions into bit, tinyint, smallint, int and bigint. */
export function toInteger(from: SqlType, to: SqlType): Converter {
  if (to.name === 'bit') return toBit(from, to);
  const family = typeFamily(from);
  if (family === 'integer') return fromInteger(from, to);
  if (family === 'float') return fromFloat(to);
  const store = storeExact(from, to);
  switch (family) {
    case 'decimal': {
      const divisor = powerOfTen(from.scale ?? 0);
      return (value) => store((value as SqlDecimal).unscaled / divisor);
    }
    case 'money':
      return (value) => store(divideRounded(value as bigint, 10_000n));
    case 'character':
      return fromText(from, to);
    case 'datetime':
      return (value) => store(divideRounded((value as bigint) - baseDate, ticksPerDay));
    case 'binary':
      return fromBytes(to);
    default:
      throw new Error(`no conversion from ${from.name} to ${to.name}`);
  }
}

function fromInteger(from: SqlType, to: SqlType): Converter {
  if (to.name === 'bigint') return from.name === 'bigint' ? (value) => value : (value) => BigInt(value as number);
  const { minimum, maximum } = integerRange(to);
  return (value) => {
    const number = value as number | bigint;
    if (number < minimum || number > maximum) {
      throw to.name === 'int' || number > ranges.int.maximum || number < ranges.int.minimum
        ? arithmeticOverflow('expression', to)
        : smallIntegerOverflow(to, number);
    }
    return Number(number);
  };
}

/** Stores a whole number that came from an exact type. */
function storeExact(from: SqlType, to: SqlType): (value: bigint) => number | bigint {
  if (to.name === 'bigint') {
    return (value) => {
      if (!fitsBigint(value)) throw arithmeticOverflow('expression', to);
      return value;
    };
  }
  const { minimum, maximum } = integerRange(to);
  const source = to.name === 'int' ? 'expression' : baseTypeName(from);
  return (value) => {
    if (value < minimum || value > maximum) throw arithmeticOverflow(source, to);
    return Number(value);
  };
}

function fromFloat(to: SqlType): Converter {
  if (to.name === 'bigint') {
    return (value) => {
      const whole = BigInt(Math.trunc(value as number));
      if (!fitsBigint(whole)) throw arithmeticOverflow('expression', to);
      return whole;
    };
  }
  const { minimum, maximum } = integerRange(to);
  return (value) => {
    const whole = Math.trunc(value as number);
    if (whole < minimum || whole > maximum) throw floatOverflow(to, value as number);
    return whole === 0 ? 0 : whole;
  };
}

const columnNames: Readonly<Record<string, string>> = { tinyint: 'INT1', smallint: 'INT2' };

function fromText(from: SqlType, to: SqlType): Converter {
  return (value) => {
    const text = value as string;
    const parsed = parseInteger(text);
    if (parsed === undefined) {
      throw to.name === 'bigint' ? errorConverting(from, to) : conversionFailed(from, text, to);
    }
    if (to.name === 'bigint') {
      if (!fitsBigint(parsed)) throw arithmeticOverflow('expression', to);
      return parsed;
    }
    const { minimum, maximum } = integerRange(to);
    if (parsed < minimum || parsed > maximum) throw textOverflow(from, to, text);
    return Number(parsed);
  };
}

function textOverflow(from: SqlType, to: SqlType, text: string): SqlError {
  const column = columnNames[to.name];
  return column === undefined
    ? intTextOverflow(baseTypeName(from), text)
    : integerTextOverflow(baseTypeName(from), text, column);
}

/** The last bytes, most significant first. */
function fromBytes(to: SqlType): Converter {
  if (to.name === 'bigint') {
    return (value) => BigInt.asIntN(64, BigInt(`0x0${Buffer.from((value as Uint8Array).slice(-8)).toString('hex')}`));
  }
  const { bytes } = integerRange(to);
  return (value) => {
    let number = 0;
    for (const byte of (value as Uint8Array).slice(-bytes)) number = (number << 8) | byte;
    return bytes === 2 ? (number << 16) >> 16 : number;
  };
}

function toBit(from: SqlType, to: SqlType): Converter {
  switch (typeFamily(from)) {
    case 'character':
      return (value) => {
        const text = (value as string).trim().toLowerCase();
        if (text === 'true') return 1;
        if (text === 'false') return 0;
        const number = parseInteger(text);
        if (number === undefined) throw conversionFailed(from, value as string, to);
        return number === 0n ? 0 : 1;
      };
    case 'decimal':
      return (value) => ((value as SqlDecimal).unscaled === 0n ? 0 : 1);
    case 'datetime':
      return (value) => (value === baseDate ? 0 : 1);
    case 'binary':
      return (value) => ((value as Uint8Array).some((byte) => byte !== 0) ? 1 : 0);
    default:
      return (value) => (value === 0 || value === 0n ? 0 : 1);
  }
}
