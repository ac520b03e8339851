import { convertValue } from '../../types/convert.ts';
import { baseDate, roundToType, ticksPerDay, ticksPerMinute } from '../../types/datetime.ts';
import { parseDateTime } from '../../types/datetime-text.ts';
import { arithmeticOverflow, invalidArgumentType } from '../../types/errors.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlDateTimeOffset, SqlValue } from '../../types/sql-value.ts';
import {
  bigintType,
  datetime2Type,
  datetimeoffsetType,
  datetimeType,
  intType,
  isCharacterType,
  isNumericType,
  typeFamily,
  withLength,
} from '../../types/type-info.ts';
import { bigintArgument, intArgument, textArgument } from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { dateDifferenceOverflow, dateOverflow, invalidOffset, unsupportedDatePart } from '../errors.ts';
import type { FunctionContext } from '../function-context.ts';
import type { ScalarFunction } from '../scalar-function.ts';
import {
  addMonths,
  boundariesBetween,
  type DatePart,
  datePartOf,
  partName,
  partTicks,
  partValue,
  truncateTo,
} from './date-part.ts';

/** A moment as the date functions compute with it. */
interface Moment {
  readonly ticks: bigint;
  readonly offsetMinutes: number;
}

/** The type as which a date argument is taken: texts are datetimeoffset in the functions that only read, numbers are datetime. */
function dateTypeOf(type: SqlType, position: number, name: string, ofText: SqlType): SqlType {
  if (typeFamily(type) === 'datetime') return type;
  if (isCharacterType(type)) return ofText;
  if (isNumericType(type)) return datetimeType;
  throw invalidArgumentType(type, position + 1, name);
}

function momentOf(value: SqlValue, type: SqlType, target: SqlType): Moment | null {
  if (value === null) return null;
  const converted = convertValue(value, type, target, { explicit: true });
  if (converted === null) return null;
  if (typeof converted === 'bigint') return { ticks: converted, offsetMinutes: 0 };
  const { utcTicks, offsetMinutes } = converted as SqlDateTimeOffset;
  return { ticks: utcTicks + BigInt(offsetMinutes) * ticksPerMinute, offsetMinutes };
}

function momentValue(moment: Moment, type: SqlType): SqlValue {
  if (type.name === 'datetimeoffset') {
    return {
      utcTicks: moment.ticks - BigInt(moment.offsetMinutes) * ticksPerMinute,
      offsetMinutes: moment.offsetMinutes,
    };
  }
  return moment.ticks;
}

const partNameOf = (value: SqlValue | undefined): string => (typeof value === 'string' ? value : '');

/** DATEPART, DATENAME and their like. */
function readPart(
  name: string,
  read: (moment: Moment, part: DatePart, context: FunctionContext) => SqlValue,
  type: SqlType,
) {
  return defineFunction(name, {
    arguments: 2,
    type: (types, literals) => {
      checkPart(datePartOf(partNameOf(literals[0]), name), types[1] ?? datetimeType, name);
      dateTypeOf(types[1] ?? datetimeType, 1, name, datetimeoffsetType);
      return type;
    },
    evaluate: (args, types, context) => {
      const from = types[1] ?? datetimeType;
      const moment = momentOf(args[1] ?? null, from, dateTypeOf(from, 1, name, datetimeoffsetType));
      return moment === null ? null : read(moment, datePartOf(partNameOf(args[0]), name), context);
    },
  });
}

const timeParts: ReadonlySet<DatePart> = new Set([
  'hour',
  'minute',
  'second',
  'millisecond',
  'microsecond',
  'nanosecond',
]);

/** date has no time parts, time no date parts. @throws {SqlError} 9810 */
function checkPart(part: DatePart, type: SqlType, name: string): void {
  const wrong =
    type.name === 'date' ? timeParts.has(part) || part === 'tzoffset' : type.name === 'time' && !timeParts.has(part);
  if (wrong) throw unsupportedDatePart(part, type, name);
}

/** datetime and smalldatetime have no parts below the millisecond. @throws {SqlError} 9810 */
function checkPrecision(part: DatePart, type: SqlType, name: string): void {
  const coarse = type.name === 'datetime' || type.name === 'smalldatetime';
  if (coarse && (part === 'microsecond' || part === 'nanosecond')) throw unsupportedDatePart(part, type, name);
}

function readField(name: 'YEAR' | 'MONTH' | 'DAY', part: DatePart): ScalarFunction {
  return defineFunction(name, {
    arguments: 1,
    type: intType,
    evaluate: (args, types) => {
      const from = types[0] ?? datetimeType;
      const moment = momentOf(args[0] ?? null, from, dateTypeOf(from, 0, name, datetimeoffsetType));
      return moment === null ? null : partValue(part, moment.ticks, 0, 7);
    },
  });
}

function add(part: DatePart, count: bigint, moment: Moment, type: SqlType): SqlValue {
  let ticks: bigint | undefined;
  if (part === 'year' || part === 'quarter' || part === 'month') {
    const months = part === 'year' ? 12 : part === 'quarter' ? 3 : 1;
    ticks = addMonths(moment.ticks, Number(count) * months);
  } else if (part === 'nanosecond') {
    ticks = moment.ticks + (count >= 0n ? count + 50n : count - 50n) / 100n;
  } else {
    ticks = moment.ticks + count * (partTicks[part] ?? ticksPerDay);
  }
  if (ticks !== undefined && type.name === 'time') ticks = ((ticks % ticksPerDay) + ticksPerDay) % ticksPerDay;
  const rounded = ticks === undefined ? undefined : roundToType(ticks, type);
  if (rounded === undefined) {
    throw dateOverflow(type.name);
  }
  return momentValue({ ticks: rounded, offsetMinutes: moment.offsetMinutes }, type);
}

function difference(name: 'DATEDIFF' | 'DATEDIFF_BIG'): ScalarFunction {
  const big = name === 'DATEDIFF_BIG';
  return defineFunction(name, {
    arguments: 3,
    type: (types, literals) => {
      datePartOf(partNameOf(literals[0]), name);
      for (const position of [1, 2]) dateTypeOf(types[position] ?? datetimeType, position, name, datetimeoffsetType);
      return big ? bigintType : intType;
    },
    evaluate: (args, types) => {
      const part = datePartOf(partNameOf(args[0]), name);
      const moments = [1, 2].map((position) => {
        const from = types[position] ?? datetimeType;
        const moment = momentOf(args[position] ?? null, from, dateTypeOf(from, position, name, datetimeoffsetType));
        if (moment === null) return null;
        // A time of day is one of 1900-01-01.
        if (from.name === 'time') return moment.ticks + baseDate;
        // Differences are counted in UTC, unlike parts.
        return moment.ticks - BigInt(moment.offsetMinutes) * ticksPerMinute;
      });
      const [start = null, end = null] = moments;
      if (start === null || end === null) return null;
      const count = boundariesBetween(part, start, end);
      if (big) return count;
      if (count > 2_147_483_647n || count < -2_147_483_648n) {
        throw dateDifferenceOverflow();
      }
      return Number(count);
    },
  });
}

function resultOf(types: readonly SqlType[], position: number, name: string): SqlType {
  return dateTypeOf(types[position] ?? datetimeType, position, name, datetimeType);
}

/** SWITCHOFFSET and TODATETIMEOFFSET take minutes or `+hh:mm`. @throws {SqlError} 9812 */
function offsetOf(value: SqlValue, type: SqlType | undefined, name: string): number | null {
  if (value === null) return null;
  const text = /^([+-])(\d{2}):(\d{2})$/.exec(textArgument(value, type) ?? '');
  const minutes =
    text === null
      ? type !== undefined && isCharacterType(type)
        ? Number.NaN
        : (intArgument(value, type) ?? Number.NaN)
      : (text[1] === '-' ? -1 : 1) * (Number(text[2]) * 60 + Number(text[3]));
  if (!(Math.abs(minutes) <= 840)) {
    throw invalidOffset(name.toLowerCase());
  }
  return minutes;
}

/** Functions that read and change dates; the first argument of most is a date part (see {@link isDatePartFunction}). */
export const dateFunctions: readonly ScalarFunction[] = [
  readPart(
    'DATEPART',
    ({ ticks, offsetMinutes }, part, { dateFirst }) => partValue(part, ticks, offsetMinutes, dateFirst),
    intType,
  ),
  readPart(
    'DATENAME',
    ({ ticks, offsetMinutes }, part, { dateFirst, dates }) =>
      partName(part, ticks, offsetMinutes, dateFirst, dates.language),
    withLength('nvarchar', 30),
  ),
  readField('YEAR', 'year'),
  readField('MONTH', 'month'),
  readField('DAY', 'day'),
  defineFunction('DATEADD', {
    arguments: 3,
    type: (types, literals, name) => {
      const type = resultOf(types, 2, name);
      const part = datePartOf(partNameOf(literals[0]), name);
      checkPart(part, type, name);
      checkPrecision(part, type, name);
      if (part === 'tzoffset' || part === 'iso_week') throw unsupportedDatePart(part, type, name);
      return type;
    },
    evaluate: (args, types) => {
      const type = resultOf(types, 2, 'DATEADD');
      const moment = momentOf(args[2] ?? null, types[2] ?? datetimeType, type);
      const count = bigintArgument(args[1], types[1]);
      if (moment === null || count === null) return null;
      if (count > 2_147_483_647n || count < -2_147_483_648n) throw arithmeticOverflow('expression', intType);
      return add(datePartOf(partNameOf(args[0]), 'DATEADD'), count, moment, type);
    },
  }),
  difference('DATEDIFF'),
  difference('DATEDIFF_BIG'),
  defineFunction('DATETRUNC', {
    arguments: 2,
    type: (types, literals, name) => {
      const part = datePartOf(partNameOf(literals[0]), name);
      const type = dateTypeOf(types[1] ?? datetimeType, 1, name, datetime2Type);
      checkPart(part, type, name);
      checkPrecision(part, type, name);
      return type;
    },
    evaluate: (args, types, context) => {
      const from = types[1] ?? datetimeType;
      const type = dateTypeOf(from, 1, 'DATETRUNC', datetime2Type);
      const moment = momentOf(args[1] ?? null, from, type);
      if (moment === null) return null;
      const part = datePartOf(partNameOf(args[0]), 'DATETRUNC');
      const ticks = truncateTo(part, moment.ticks, context.dateFirst);
      if (ticks === undefined) throw unsupportedDatePart(part, type, 'DATETRUNC');
      return momentValue({ ticks: roundToType(ticks, type) ?? ticks, offsetMinutes: moment.offsetMinutes }, type);
    },
  }),
  defineFunction('ISDATE', {
    arguments: 1,
    deterministic: false,
    type: intType,
    evaluate: (args, types, { dates }) => {
      const [value = null] = args;
      const type = types[0] ?? datetimeType;
      if (value === null) return 0;
      if (typeFamily(type) === 'datetime') return type.name === 'datetime' || type.name === 'smalldatetime' ? 1 : 0;
      const parsed = parseDateTime(textArgument(value, type) ?? '', { ...dates, legacy: true });
      if (typeof parsed === 'string' || parsed.fractionDigits > 3 || (parsed.offsetMinutes ?? 0) !== 0) return 0;
      return (textArgument(value, type) ?? '').trim() !== '' && roundToType(parsed.ticks, datetimeType) !== undefined
        ? 1
        : 0;
    },
  }),
  defineFunction('SWITCHOFFSET', {
    arguments: 2,
    type: (types) => ({ name: 'datetimeoffset', scale: types[0]?.scale ?? 7 }),
    evaluate: (args, types) => {
      const value = convertValue(args[0] ?? null, types[0] ?? datetimeoffsetType, datetimeoffsetType, {
        explicit: true,
      });
      const offsetMinutes = offsetOf(args[1] ?? null, types[1], 'SWITCHOFFSET');
      if (value === null || offsetMinutes === null) return null;
      return { utcTicks: (value as SqlDateTimeOffset).utcTicks, offsetMinutes };
    },
  }),
  defineFunction('TODATETIMEOFFSET', {
    arguments: 2,
    type: (types) => ({ name: 'datetimeoffset', scale: types[0]?.scale ?? 7 }),
    evaluate: (args, types) => {
      const value = convertValue(args[0] ?? null, types[0] ?? datetime2Type, datetime2Type, { explicit: true });
      const offsetMinutes = offsetOf(args[1] ?? null, types[1], 'TODATETIMEOFFSET');
      if (value === null || offsetMinutes === null) return null;
      return { utcTicks: (value as bigint) - BigInt(offsetMinutes) * ticksPerMinute, offsetMinutes };
    },
  }),
];
