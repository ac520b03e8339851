/** 100 ns ticks in one day. */
export const ticksPerDay = 864_000_000_000n;
/** Days from 0001-01-01 to 1900-01-01, where datetime and smalldatetime count from. */
const daysTo1900 = 693_595;
/** Days from 0001-01-01 to 9999-12-31. */
export const lastDay = 3_652_058;

const ticksPerMinute = 600_000_000;
/** Units of 1/300 s in one day. */
const datetimeUnitsPerDay = 25_920_000;
const powersOfTen = [10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1] as const;

/** Ticks in one unit of a time with `scale` decimals. */
export function ticksPerUnit(scale: number): number {
  return powersOfTen[scale] ?? 1;
}

/** Days since 0001-01-01 of an instant in ticks. */
export function dayOf(ticks: bigint): number {
  return Number(ticks / ticksPerDay);
}

/** Ticks since midnight of an instant in ticks. */
export function timeOf(ticks: bigint): number {
  return Number(ticks % ticksPerDay);
}

/** An instant in ticks. */
export function instant(day: number, timeTicks: number): bigint {
  return BigInt(day) * ticksPerDay + BigInt(timeTicks);
}

/** datetime as on the wire: days since 1900-01-01 and units of 1/300 s since midnight. */
export function toDatetimeParts(ticks: bigint): { days: number; units: number } {
  const days = dayOf(ticks) - daysTo1900;
  const units = Math.round((timeOf(ticks) * 3) / 100_000);
  return units === datetimeUnitsPerDay ? { days: days + 1, units: 0 } : { days, units };
}

/** The instant of a wire datetime, rounded to whole ticks. */
export function fromDatetimeParts(days: number, units: number): bigint {
  return instant(days + daysTo1900, Math.round((units * 100_000) / 3));
}

/** Whether a wire datetime lies between 1753-01-01 and 9999-12-31. */
export function isDatetime(days: number, units: number): boolean {
  return days >= -53_690 && days + daysTo1900 <= lastDay && units < datetimeUnitsPerDay;
}

/** smalldatetime as on the wire: days since 1900-01-01 and minutes since midnight. */
export function toSmalldatetimeParts(ticks: bigint): { days: number; minutes: number } {
  const days = dayOf(ticks) - daysTo1900;
  const minutes = Math.round(timeOf(ticks) / ticksPerMinute);
  return minutes === 1440 ? { days: days + 1, minutes: 0 } : { days, minutes };
}

/** The instant of a wire smalldatetime. */
export function fromSmalldatetimeParts(days: number, minutes: number): bigint {
  return instant(days + daysTo1900, minutes * ticksPerMinute);
}
