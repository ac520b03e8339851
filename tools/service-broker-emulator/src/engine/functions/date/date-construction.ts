import { convertValue } from '../../types/convert.ts';
import {
  daysInMonth,
  daysOf,
  partsOfTicks,
  roundToType,
  ticksOfParts,
  ticksPerDay,
  ticksPerMinute,
  timeTicks,
} from '../../types/datetime.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import { dateType, datetimeType, smalldatetimeType } from '../../types/type-info.ts';
import { intArgument } from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { cannotConstruct, dateOverflow } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';
import { addMonths } from './date-part.ts';

/** All arguments as int; null when one of them is null. */
function numbers(args: readonly SqlValue[], types: readonly SqlType[]): readonly number[] | null {
  const values: number[] = [];
  for (const [position, value] of args.entries()) {
    const number = intArgument(value, types[position]);
    if (number === null) return null;
    values.push(number);
  }
  return values;
}

const scaleOf = (literals: readonly (SqlValue | undefined)[], position: number): number => {
  const literal = literals[position];
  return typeof literal === 'number' ? literal : 7;
};

/** 100 ns of a count of fractions of `scale` digits; -1 when there are more digits than that. */
function fractionOf(count: number, scale: number): number {
  if (scale < 0 || scale > 7 || count < 0 || count >= 10 ** scale) return -1;
  return count * 10 ** (7 - scale);
}

function required(ticks: bigint | undefined, type: SqlType): bigint {
  const rounded = ticks === undefined ? undefined : roundToType(ticks, type);
  if (rounded === undefined) throw cannotConstruct(type.name);
  return rounded;
}

/** Functions that make dates from numbers. */
export const dateConstructionFunctions: readonly ScalarFunction[] = [
  defineFunction('DATEFROMPARTS', {
    arguments: 3,
    type: dateType,
    evaluate: (args, types) => {
      const values = numbers(args, types);
      if (values === null) return null;
      const [year = 0, month = 0, day = 0] = values;
      return required(ticksOfParts({ year, month, day, hour: 0, minute: 0, second: 0, fraction: 0 }), dateType);
    },
  }),
  defineFunction('DATETIMEFROMPARTS', {
    arguments: 7,
    type: datetimeType,
    evaluate: (args, types) => {
      const values = numbers(args, types);
      if (values === null) return null;
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0] = values;
      const fraction = fractionOf(millisecond, 3);
      return required(ticksOfParts({ year, month, day, hour, minute, second, fraction }), datetimeType);
    },
  }),
  defineFunction('SMALLDATETIMEFROMPARTS', {
    arguments: 5,
    type: smalldatetimeType,
    evaluate: (args, types) => {
      const values = numbers(args, types);
      if (values === null) return null;
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = values;
      return required(ticksOfParts({ year, month, day, hour, minute, second: 0, fraction: 0 }), smalldatetimeType);
    },
  }),
  defineFunction('DATETIME2FROMPARTS', {
    arguments: 8,
    type: (_, literals) => ({ name: 'datetime2', scale: scaleOf(literals, 7) }),
    evaluate: (args, types) => {
      const values = numbers(args, types);
      if (values === null) return null;
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, count = 0, scale = 7] = values;
      const parts = { year, month, day, hour, minute, second, fraction: fractionOf(count, scale) };
      return required(ticksOfParts(parts), { name: 'datetime2', scale });
    },
  }),
  defineFunction('TIMEFROMPARTS', {
    arguments: 5,
    type: (_, literals) => ({ name: 'time', scale: scaleOf(literals, 4) }),
    evaluate: (args, types) => {
      const values = numbers(args, types);
      if (values === null) return null;
      const [hour = 0, minute = 0, second = 0, count = 0, scale = 7] = values;
      return required(timeTicks(hour, minute, second, fractionOf(count, scale)), { name: 'time', scale });
    },
  }),
  defineFunction('DATETIMEOFFSETFROMPARTS', {
    arguments: 10,
    type: (_, literals) => ({ name: 'datetimeoffset', scale: scaleOf(literals, 9) }),
    evaluate: (args, types) => {
      const values = numbers(args, types);
      if (values === null) return null;
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, count = 0, hours = 0, minutes = 0] =
        values;
      const scale = values[9] ?? 7;
      const offsetMinutes = hours * 60 + minutes;
      const parts = { year, month, day, hour, minute, second, fraction: fractionOf(count, scale) };
      const local = ticksOfParts(parts);
      if (local === undefined || Math.abs(offsetMinutes) > 840 || Math.abs(minutes) > 59 || hours * minutes < 0) {
        throw cannotConstruct('datetimeoffset');
      }
      return {
        utcTicks: required(local - BigInt(offsetMinutes) * ticksPerMinute, { name: 'datetimeoffset', scale }),
        offsetMinutes,
      };
    },
  }),
  defineFunction('EOMONTH', {
    arguments: [1, 2],
    type: dateType,
    evaluate: (args, types) => {
      const date = convertValue(args[0] ?? null, types[0] ?? dateType, dateType, { explicit: true });
      const months = args.length > 1 ? (intArgument(args[1], types[1]) ?? 0) : 0;
      if (date === null) return null;
      const moved = addMonths(date as bigint, months);
      if (moved === undefined) {
        throw dateOverflow('date');
      }
      const { year, month } = partsOfTicks(moved);
      return BigInt(daysOf(year, month, daysInMonth(year, month))) * ticksPerDay;
    },
  }),
];
