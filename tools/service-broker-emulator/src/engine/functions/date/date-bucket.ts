import { convertValue } from '../../types/convert.ts';
import { baseDate, partsOfTicks, roundToType, ticksPerMinute } from '../../types/datetime.ts';
import { invalidArgumentType } from '../../types/errors.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlDateTimeOffset, SqlValue } from '../../types/sql-value.ts';
import { datetime2Type, typeFamily } from '../../types/type-info.ts';
import { bigintArgument } from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { dateOverflow, invalidBucketWidth, unsupportedBucketPart } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';
import { addMonths, type DatePart, datePartOf, partTicks } from './date-part.ts';

const months: Readonly<Partial<Record<DatePart, number>>> = { month: 1, quarter: 3, year: 12 };

function partOf(value: SqlValue | undefined): DatePart {
  const part = datePartOf(typeof value === 'string' ? value : '', 'DATE_BUCKET');
  if (months[part] !== undefined || ['week', 'day', 'hour', 'minute', 'second', 'millisecond'].includes(part))
    return part;
  throw unsupportedBucketPart(part);
}

function dateType(types: readonly SqlType[]): SqlType {
  const type = types[2] ?? datetime2Type;
  if (typeFamily(type) !== 'datetime') throw invalidArgumentType(type, 3, 'date_bucket');
  return type;
}

/** Rounds down, also below zero. */
function floorTo(value: bigint, unit: bigint): bigint {
  const rest = value % unit;
  return rest < 0n ? value - rest - unit : value - rest;
}

function bucketOf(part: DatePart, width: bigint, ticks: bigint, origin: bigint): bigint | undefined {
  const perPart = months[part];
  if (perPart === undefined) return origin + floorTo(ticks - origin, width * (partTicks[part] ?? 1n));
  const from = partsOfTicks(origin);
  const to = partsOfTicks(ticks);
  let passed = BigInt((to.year - from.year) * 12 + (to.month - from.month));
  // The month that has begun but isn't full yet doesn't count.
  const start = addMonths(origin, Number(passed));
  if (start !== undefined && start > ticks) passed -= 1n;
  return addMonths(origin, Number(floorTo(passed, width * BigInt(perPart))));
}

/** DATE_BUCKET(part, number, date [, origin]): the beginning of the bucket that a date falls into. */
export const dateBucketFunctions: readonly ScalarFunction[] = [
  defineFunction('DATE_BUCKET', {
    arguments: [3, 4],
    type: (types, literals) => {
      partOf(literals[0]);
      return dateType(types);
    },
    evaluate: (args, types) => {
      const type = dateType(types);
      const width = bigintArgument(args[1], types[1]);
      const date = args[2] ?? null;
      if (width === null || date === null) return null;
      if (width <= 0n) {
        throw invalidBucketWidth();
      }
      const given = args[3] ?? null;
      if (args.length > 3 && given === null) return null;
      const origin = given === null ? undefined : convertValue(given, types[3] ?? type, type, { explicit: true });
      const { ticks, offsetMinutes } = momentOf(date);
      const start =
        origin === undefined || origin === null ? (type.name === 'time' ? 0n : baseDate) : momentOf(origin).ticks;
      const bucket = bucketOf(partOf(args[0]), width, ticks, start);
      const rounded = bucket === undefined ? undefined : roundToType(bucket, type);
      if (rounded === undefined) {
        throw dateOverflow(type.name);
      }
      if (type.name !== 'datetimeoffset') return rounded;
      return { utcTicks: rounded - BigInt(offsetMinutes) * ticksPerMinute, offsetMinutes };
    },
  }),
];

function momentOf(value: Exclude<SqlValue, null>): { readonly ticks: bigint; readonly offsetMinutes: number } {
  if (typeof value === 'bigint') return { ticks: value, offsetMinutes: 0 };
  const { utcTicks, offsetMinutes } = value as SqlDateTimeOffset;
  return { ticks: utcTicks + BigInt(offsetMinutes) * ticksPerMinute, offsetMinutes };
}
