import { SqlError } from '../../errors.ts';
import { compileConversion } from '../types/convert.ts';
import type { DateSettings } from '../types/date-settings.ts';
import { isRoundAbort } from '../types/round-abort.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { sameType } from '../types/type-info.ts';
import { argumentNotConvertible } from './errors.ts';

interface LatestConversion {
  readonly from: SqlType;
  readonly dates: DateSettings;
  readonly convert: (value: SqlValue) => SqlValue;
}

/** By the type of the parameter, which lives as long as its procedure. The calls of one place come with one type. */
const latestConversions = new WeakMap<SqlType, LatestConversion>();

function converterTo(to: SqlType, from: SqlType, dates: DateSettings): (value: SqlValue) => SqlValue {
  if (isRoundAbort()) return compileConversion(from, to, { dates });
  const latest = latestConversions.get(to);
  if (latest?.from === from && latest.dates === dates) return latest.convert;
  const convert = compileConversion(from, to, { dates });
  latestConversions.set(to, { from, dates, convert });
  return convert;
}

/**
 * The value of an argument, or of a parameter's default, in the parameter's type.
 *
 * @throws {SqlError} as {@link compileConversion} and the function it compiles
 */
export function convertToParameter(value: SqlValue, from: SqlType, to: SqlType, dates: DateSettings): SqlValue {
  return sameType(from, to) ? value : converterTo(to, from, dates)(value);
}

/** {@link convertToParameter} for an argument. @throws {SqlError} 8114 too, when it does not convert */
export function convertArgument(
  { type: from, value }: { readonly type: SqlType; readonly value: SqlValue },
  to: SqlType,
  procedure: string,
  dates: DateSettings,
): SqlValue {
  try {
    return convertToParameter(value, from, to, dates);
  } catch (error) {
    // A text that isn't a number or date: the call has an error of its own for that.
    if (!(error instanceof SqlError) || (error.number !== 241 && error.number !== 245)) throw error;
    throw argumentNotConvertible(from.name, to.name, procedure, error);
  }
}
