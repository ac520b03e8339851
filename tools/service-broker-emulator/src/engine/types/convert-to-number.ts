import { fitsBigint } from './convert-to-integer.ts';
import type { Converter } from './converter.ts';
import { baseDate, ticksPerDay } from './datetime.ts';
import {
  decimalToNumber,
  divideRounded,
  fitsPrecision,
  numberToUnscaled,
  parseDecimal,
  powerOfTen,
  rescale,
} from './decimal.ts';
import { arithmeticOverflow, errorConverting, moneySyntax } from './errors.ts';
import { baseTypeName } from './format-type.ts';
import { parseFloatText, parseMoney } from './number-text.ts';
import { isRoundAbort, refuseRoundAbortOf } from './round-abort.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlDecimal } from './sql-value.ts';
import { typeFamily } from './type-info.ts';

/** Conversions into decimal and numeric. */
export function toDecimal(from: SqlType, to: SqlType): Converter {
  const precision = to.precision ?? 18;
  const scale = to.scale ?? 0;
  const store = (unscaled: bigint): SqlDecimal => {
    if (!fitsPrecision(unscaled, precision)) throw arithmeticOverflow(baseTypeName(from), to);
    return { unscaled, scale };
  };
  switch (typeFamily(from)) {
    case 'integer': {
      const factor = powerOfTen(scale);
      return (value) => store(BigInt(value as number | bigint) * factor);
    }
    case 'decimal': {
      const refusesLoss = isRoundAbort();
      return (value) => {
        const decimal = value as SqlDecimal;
        const unscaled = rescale(decimal.unscaled, decimal.scale, scale);
        if (refusesLoss && rescale(unscaled, scale, decimal.scale) !== decimal.unscaled && decimal.scale > scale) {
          throw arithmeticOverflow(baseTypeName(from), to);
        }
        return store(unscaled);
      };
    }
    case 'money':
      if (scale < 4) refuseRoundAbortOf(from, to);
      return (value) => store(rescale(value as bigint, 4, scale));
    case 'float':
      refuseRoundAbortOf(from, to);
      return (value) => store(numberToUnscaled(value as number, scale));
    case 'character':
      refuseRoundAbortOf(from, to);
      return (value) => {
        const parsed = parseDecimal(value as string);
        if (parsed === undefined) throw errorConverting(from, to);
        // Far more digits than any decimal holds: cut before scaling, so that long input costs nothing.
        if (parsed.scale > 77) throw errorConverting(from, to);
        return store(rescale(parsed.unscaled, parsed.scale, scale));
      };
    case 'datetime':
      refuseRoundAbortOf(from, to);
      return (value) => store(divideRounded(((value as bigint) - baseDate) * powerOfTen(scale), ticksPerDay));
    case 'binary':
      refuseRoundAbortOf(from, to);
      return (value) => {
        const parsed = decimalOfBytes(value as Uint8Array);
        if (parsed === undefined) throw errorConverting(from, to);
        return store(rescale(parsed.unscaled, parsed.scale, scale));
      };
    default:
      throw new Error(`no conversion from ${from.name} to ${to.name}`);
  }
}

/** Precision, scale, a zero byte, the sign (1 = positive), then the digits, least significant byte first. */
function decimalOfBytes(bytes: Uint8Array): SqlDecimal | undefined {
  const [, scale, , sign] = bytes;
  if (scale === undefined || sign === undefined || scale > 38) return undefined;
  const digits = BigInt(`0x0${Buffer.from(bytes.slice(4, 20)).reverse().toString('hex')}`);
  return { unscaled: sign === 0 ? -digits : digits, scale };
}

/** Conversions into money and smallmoney. */
export function toMoney(from: SqlType, to: SqlType): Converter {
  const small = to.name === 'smallmoney';
  const store = (value: bigint): bigint => {
    if (small ? value < -2_147_483_648n || value > 2_147_483_647n : !fitsBigint(value)) {
      throw arithmeticOverflow(typeFamily(from) === 'money' ? 'expression' : baseTypeName(from), to);
    }
    return value;
  };
  switch (typeFamily(from)) {
    case 'integer':
      return (value) => store(BigInt(value as number | bigint) * 10_000n);
    case 'money':
      return (value) => store(value as bigint);
    case 'decimal':
      if ((from.scale ?? 0) > 4) refuseRoundAbortOf(from, to);
      return (value) => store(rescale((value as SqlDecimal).unscaled, (value as SqlDecimal).scale, 4));
    case 'float':
      refuseRoundAbortOf(from, to);
      return (value) => store(numberToUnscaled(value as number, 4));
    case 'character':
      refuseRoundAbortOf(from, to);
      return (value) => {
        const parsed = parseMoney(value as string);
        if (parsed === undefined) throw moneySyntax(to);
        return store(parsed);
      };
    case 'datetime':
      return (value) => store(divideRounded(((value as bigint) - baseDate) * 10_000n, ticksPerDay));
    case 'binary':
      return (value) => {
        const size = small ? 4 : 8;
        const bytes = Buffer.from((value as Uint8Array).slice(-size));
        return BigInt.asIntN(size * 8, BigInt(`0x0${bytes.toString('hex')}`));
      };
    default:
      throw new Error(`no conversion from ${from.name} to ${to.name}`);
  }
}

/** Conversions into float and real. */
export function toFloat(from: SqlType, to: SqlType): Converter {
  const store =
    to.name === 'real'
      ? (value: number): number => {
          const single = Math.fround(value);
          if (!Number.isFinite(single)) throw arithmeticOverflow('expression', to);
          return single;
        }
      : (value: number): number => value;
  switch (typeFamily(from)) {
    case 'integer':
      return (value) => store(Number(value as number | bigint));
    case 'decimal':
      return (value) => store(decimalToNumber(value as SqlDecimal));
    case 'money':
      return (value) => store(Number(value as bigint) / 10_000);
    case 'float':
      return (value) => store(value as number);
    case 'character':
      return (value) => {
        const parsed = parseFloatText(value as string);
        if (parsed === undefined) throw errorConverting(from, to);
        if (!Number.isFinite(parsed)) throw arithmeticOverflow('expression', to);
        return store(parsed);
      };
    case 'datetime':
      return (value) => store(Number((value as bigint) - baseDate) / Number(ticksPerDay));
    default:
      throw new Error(`no conversion from ${from.name} to ${to.name}`);
  }
}
