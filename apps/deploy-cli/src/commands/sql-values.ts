import type { SqlColumn, SqlTable } from '@hartonomous/broker-client';
import { z } from 'zod';

/** Decimal digits that a double holds whatever they are. */
const exactDigits = 15;
/** Of `money`, which has four digits of fractions. */
const exactMoney = Number.MAX_SAFE_INTEGER / 10_000;

/**
 * A value as the terminal and JSON show it: bytes as T-SQL writes them, times with all digits that their column has. Those without an
 * offset have none here either; those with one are in UTC.
 */
export function sqlValue(value: unknown, { type, scale }: SqlColumn): unknown {
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  if (!(value instanceof Date)) return value;
  const text = value.toISOString();
  const day = text.slice(0, 10);
  if (type === 'date') return day;
  const time = text.slice(11, 19) + fraction(value, type, scale);
  if (type === 'time') return time;
  return `${day}T${time}${type === 'datetimeoffset' ? 'Z' : ''}`;
}

/** What the driver has of a time beyond milliseconds, in seconds. */
const beyondMilliseconds = z.object({ nanosecondsDelta: z.number() });

function fraction(value: Date, type: string | undefined, scale: number | undefined): string {
  if (type === 'smalldatetime') return '';
  const delta = beyondMilliseconds.safeParse(value).data?.nanosecondsDelta;
  const milliseconds = String(value.getUTCMilliseconds()).padStart(3, '0');
  if (delta === undefined || scale === undefined) return `.${milliseconds}`;
  const digits = milliseconds + String(Math.round(delta * 10_000_000)).padStart(4, '0');
  return scale === 0 ? '' : `.${digits.slice(0, scale)}`;
}

/** Columns whose values the driver may have rounded: it reads decimal numbers as doubles. */
export function roundedColumns({ columns, rows }: SqlTable): readonly SqlColumn[] {
  return columns.filter((column, position) => rows.some((row) => isRounded(row[position], column)));
}

function isRounded(value: unknown, { type, precision, scale }: SqlColumn): boolean {
  if (typeof value !== 'number') return false;
  if (type === 'money') return Math.abs(value) > exactMoney;
  if (type !== 'decimal' && type !== 'numeric') return false;
  if ((precision ?? 0) <= exactDigits) return false;
  return scale !== 0 || !Number.isSafeInteger(value);
}

/** Names for JSON, in which no two members of a row may be called the same: `a`, `a_2`. */
export function distinctNames(columns: readonly SqlColumn[]): readonly string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let distinct = name;
    for (let number = 2; taken.has(distinct); number += 1) distinct = `${name}_${number}`;
    taken.add(distinct);
    return distinct;
  });
}
