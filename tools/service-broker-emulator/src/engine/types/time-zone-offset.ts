import { ticksPerMillisecond, ticksPerMinute } from './datetime.ts';

const unixEpochTicks = 621_355_968_000_000_000n;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Offset of a zone of the time zone database at a moment, in minutes. */
export function offsetAt(zone: string, utcTicks: bigint): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
  }
  const milliseconds = Number((utcTicks - unixEpochTicks) / ticksPerMillisecond);
  const name = format.formatToParts(new Date(milliseconds)).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/**
 * The offset of a local time. A time that the clock skips in spring has the offset of before, and so is shifted by the
 * gap; one that comes twice in autumn is that of the standard time, which SQL Server takes as well.
 */
export function offsetOfLocal(zone: string, localTicks: bigint): number {
  const day = 1440n * ticksPerMinute;
  const before = offsetAt(zone, localTicks - day - BigInt(offsetAt(zone, localTicks)) * ticksPerMinute);
  const after = offsetAt(zone, localTicks + day - BigInt(offsetAt(zone, localTicks)) * ticksPerMinute);
  const fits = [before, after].filter(
    (offset) => offsetAt(zone, localTicks - BigInt(offset) * ticksPerMinute) === offset,
  );
  return fits.length === 0 ? before : Math.min(...fits);
}
