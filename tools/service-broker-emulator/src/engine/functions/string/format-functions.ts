import { unsupported } from '../../../unsupported.ts';
import { ticksPerMinute } from '../../types/datetime.ts';
import { formatDecimal } from '../../types/decimal.ts';
import { invalidArgumentType } from '../../types/errors.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlDateTimeOffset, SqlDecimal, SqlValue } from '../../types/sql-value.ts';
import { floatType, intType, isNumericType, typeFamily, withLength } from '../../types/type-info.ts';
import { floatArgument, intArgument, textArgument } from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { unsupportedCulture } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';
import { formatDate } from './date-pattern.ts';
import { formatNumber } from './number-pattern.ts';
import { formatTime } from './time-pattern.ts';

/** Significant digits that .NET shows of a float or a real. */
function digitsOf(type: SqlType): number {
  return type.name === 'real' ? 7 : 15;
}

/** The format G of a float: an exponent beyond the digits that there are, and for less than 0.0001. */
function generalFloat(value: number, digits: number): string {
  const [mantissa = '0', exponentText = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (value === 0 || (exponent >= -5 && exponent < digits)) {
    return value
      .toFixed(Math.min(Math.max(digits - 1 - exponent, 0), 100))
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '');
  }
  const short = mantissa.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  return `${short}E${exponent < 0 ? '-' : '+'}${`${Math.abs(exponent)}`.padStart(2, '0')}`;
}

/** The exact decimal text of a number: what the patterns work on. */
function plainText(value: Exclude<SqlValue, null>, type: SqlType): string {
  switch (typeFamily(type)) {
    case 'decimal':
      return formatDecimal((value as SqlDecimal).unscaled, (value as SqlDecimal).scale);
    case 'money':
      return formatDecimal(value as bigint, 4);
    case 'float': {
      const number = Number((value as number).toPrecision(digitsOf(type)));
      if (Number.isInteger(number)) return BigInt(number).toString();
      return Math.abs(number) < 1e-6 ? number.toFixed(20) : `${number}`;
    }
    default:
      return `${value as number | bigint}`;
  }
}

function localTicks(value: Exclude<SqlValue, null>, type: SqlType): { ticks: bigint; offsetMinutes: number } {
  if (type.name !== 'datetimeoffset') return { ticks: value as bigint, offsetMinutes: 0 };
  const { utcTicks, offsetMinutes } = value as SqlDateTimeOffset;
  return { ticks: utcTicks + BigInt(offsetMinutes) * ticksPerMinute, offsetMinutes };
}

/** STR: right-justified, `*` when the whole part does not fit. */
function str(value: number, length: number, decimals: number): string | null {
  if (length < 1 || length > 8000) return null;
  const digits = Math.min(16, Math.max(0, decimals));
  const whole = value.toFixed(0).length;
  if (whole > length) return '*'.repeat(length);
  const room = Math.max(0, Math.min(digits, length - whole - 1));
  const text = value.toFixed(room);
  return text.length > length ? '*'.repeat(length) : text.padStart(length);
}

/** Code of each letter in SOUNDEX; letters that are absent only separate. */
const soundexCodes: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'BFPV'].map((letter) => [letter, '1'])),
  ...Object.fromEntries([...'CGJKQSXZ'].map((letter) => [letter, '2'])),
  ...Object.fromEntries([...'DT'].map((letter) => [letter, '3'])),
  L: '4',
  M: '5',
  N: '5',
  R: '6',
};

function soundex(text: string): string {
  const letters = text.toUpperCase().match(/^[A-Z]+/)?.[0];
  if (letters === undefined) return '0000';
  let code = letters.charAt(0);
  let last = soundexCodes[code];
  for (const letter of letters.slice(1)) {
    const digit = soundexCodes[letter];
    if (digit !== undefined && digit !== last) code += digit;
    // H and W do not separate two letters of one code, vowels do.
    if (letter !== 'H' && letter !== 'W') last = digit;
  }
  return code.slice(0, 4).padEnd(4, '0');
}

export const formatFunctions: readonly ScalarFunction[] = [
  defineFunction('STR', {
    arguments: [1, 3],
    type: (_, literals) => withLength('varchar', typeof literals[1] === 'number' ? literals[1] : 10),
    evaluate: (args, types) => {
      const value = floatArgument(args[0], types[0]);
      const length = args.length > 1 ? intArgument(args[1], types[1]) : 10;
      const decimals = args.length > 2 ? intArgument(args[2], types[2]) : 0;
      return value === null || length === null || decimals === null ? null : str(value, length, decimals);
    },
  }),
  defineFunction('FORMAT', {
    arguments: [2, 3],
    type: (types, _, name) => {
      const type = types[0] ?? intType;
      if ((!isNumericType(type) && typeFamily(type) !== 'datetime') || type.name === 'bit') {
        throw invalidArgumentType(type, 1, name);
      }
      return withLength('nvarchar', 4000);
    },
    evaluate: (args, types, { dates }) => {
      const [value = null] = args;
      const type = types[0] ?? floatType;
      const pattern = textArgument(args[1], types[1]) ?? '';
      const culture = args.length > 2 ? textArgument(args[2], types[2]) : dates.language.culture;
      if (value === null) return null;
      if (culture !== null && !/^en(-us)?$/i.test(culture) && culture !== '') {
        if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/.test(culture)) {
          throw unsupportedCulture(culture);
        }
        unsupported(`FORMAT with the culture ${culture}`);
      }
      if (type.name === 'time') return formatTime(value as bigint, pattern);
      if (typeFamily(type) === 'datetime') {
        const { ticks, offsetMinutes } = localTicks(value, type);
        return formatDate(ticks, offsetMinutes, pattern, type);
      }
      if (typeFamily(type) === 'float' && /^[Gg]?$/.test(pattern)) return generalFloat(value as number, digitsOf(type));
      return formatNumber(plainText(value, type), pattern);
    },
  }),
  defineFunction('SOUNDEX', {
    arguments: 1,
    type: withLength('varchar', 4),
    evaluate: (args, types) => {
      const text = textArgument(args[0], types[0]);
      return text === null ? null : soundex(text);
    },
  }),
  defineFunction('DIFFERENCE', {
    arguments: 2,
    type: intType,
    evaluate: (args, types) => {
      const left = textArgument(args[0], types[0]);
      const right = textArgument(args[1], types[1]);
      if (left === null || right === null) return null;
      const code = soundex(right);
      return [...soundex(left)].filter((character, index) => character === code.charAt(index)).length;
    },
  }),
];
