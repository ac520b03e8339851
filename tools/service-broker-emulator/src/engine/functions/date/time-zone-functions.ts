import { unsupported } from '../../../unsupported.ts';
import { convertValue } from '../../types/convert.ts';
import { ticksPerMillisecond, ticksPerMinute } from '../../types/datetime.ts';
import { invalidArgumentType } from '../../types/errors.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlDateTimeOffset } from '../../types/sql-value.ts';
import { datetime2Type, isCharacterType, typeFamily, withLength } from '../../types/type-info.ts';
import { textArgument } from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { invalidTimeZone } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';

/** Names of Windows, which SQL Server takes, with those of the time zone database. Source: windowsZones of Unicode's CLDR. */
const zones: Readonly<Record<string, string>> = {
  utc: 'UTC',
  'utc+12': 'Etc/GMT-12',
  'utc+13': 'Etc/GMT-13',
  'utc-02': 'Etc/GMT+2',
  'utc-08': 'Etc/GMT+8',
  'utc-09': 'Etc/GMT+9',
  'utc-11': 'Etc/GMT+11',
  'gmt standard time': 'Europe/London',
  'greenwich standard time': 'Atlantic/Reykjavik',
  'w. europe standard time': 'Europe/Berlin',
  'central europe standard time': 'Europe/Budapest',
  'central european standard time': 'Europe/Warsaw',
  'romance standard time': 'Europe/Paris',
  'e. europe standard time': 'Europe/Chisinau',
  'fle standard time': 'Europe/Kiev',
  'gtb standard time': 'Europe/Bucharest',
  'turkey standard time': 'Europe/Istanbul',
  'russian standard time': 'Europe/Moscow',
  'israel standard time': 'Asia/Jerusalem',
  'egypt standard time': 'Africa/Cairo',
  'south africa standard time': 'Africa/Johannesburg',
  'arab standard time': 'Asia/Riyadh',
  'arabian standard time': 'Asia/Dubai',
  'iran standard time': 'Asia/Tehran',
  'pakistan standard time': 'Asia/Karachi',
  'india standard time': 'Asia/Calcutta',
  'nepal standard time': 'Asia/Katmandu',
  'se asia standard time': 'Asia/Bangkok',
  'china standard time': 'Asia/Shanghai',
  'singapore standard time': 'Asia/Singapore',
  'taipei standard time': 'Asia/Taipei',
  'w. australia standard time': 'Australia/Perth',
  'tokyo standard time': 'Asia/Tokyo',
  'korea standard time': 'Asia/Seoul',
  'cen. australia standard time': 'Australia/Adelaide',
  'aus central standard time': 'Australia/Darwin',
  'e. australia standard time': 'Australia/Brisbane',
  'aus eastern standard time': 'Australia/Sydney',
  'tasmania standard time': 'Australia/Hobart',
  'new zealand standard time': 'Pacific/Auckland',
  'hawaiian standard time': 'Pacific/Honolulu',
  'alaskan standard time': 'America/Anchorage',
  'pacific standard time': 'America/Los_Angeles',
  'us mountain standard time': 'America/Phoenix',
  'mountain standard time': 'America/Denver',
  'central standard time': 'America/Chicago',
  'canada central standard time': 'America/Regina',
  'central america standard time': 'America/Guatemala',
  'central standard time (mexico)': 'America/Mexico_City',
  'eastern standard time': 'America/New_York',
  'us eastern standard time': 'America/Indianapolis',
  'atlantic standard time': 'America/Halifax',
  'newfoundland standard time': 'America/St_Johns',
  'sa pacific standard time': 'America/Bogota',
  'venezuela standard time': 'America/Caracas',
  'e. south america standard time': 'America/Sao_Paulo',
  'argentina standard time': 'America/Buenos_Aires',
  'pacific sa standard time': 'America/Santiago',
};

const unixEpochTicks = 621_355_968_000_000_000n;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Offset of a zone at a moment, in minutes. */
function offsetAt(zone: string, utcTicks: bigint): number {
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
function offsetOfLocal(zone: string, localTicks: bigint): number {
  const day = 1440n * ticksPerMinute;
  const before = offsetAt(zone, localTicks - day - BigInt(offsetAt(zone, localTicks)) * ticksPerMinute);
  const after = offsetAt(zone, localTicks + day - BigInt(offsetAt(zone, localTicks)) * ticksPerMinute);
  const fits = [before, after].filter(
    (offset) => offsetAt(zone, localTicks - BigInt(offset) * ticksPerMinute) === offset,
  );
  return fits.length === 0 ? before : Math.min(...fits);
}

function zoneOf(name: string): string {
  const zone = zones[name.trim().toLowerCase()];
  if (zone !== undefined) return zone;
  if (/standard time/i.test(name)) unsupported(`AT TIME ZONE '${name}'`);
  throw invalidTimeZone(name);
}

/** The type of `x AT TIME ZONE ...`: datetimeoffset of the operand's precision. */
function zonedType(types: readonly SqlType[]): SqlType {
  const type = types[0] ?? datetime2Type;
  if (isCharacterType(type) || typeFamily(type) !== 'datetime' || type.name === 'date' || type.name === 'time') {
    throw invalidArgumentType(type, 1, 'AT TIME ZONE');
  }
  const scale = type.name === 'datetime' ? 3 : type.name === 'smalldatetime' ? 0 : (type.scale ?? 7);
  return { name: 'datetimeoffset', scale };
}

export const timeZoneFunctions: readonly ScalarFunction[] = [
  defineFunction('AT TIME ZONE', {
    arguments: 2,
    type: zonedType,
    evaluate: (args, types) => {
      const [value = null] = args;
      const name = textArgument(args[1], types[1]);
      if (value === null || name === null) return null;
      const zone = zoneOf(name);
      if (typeof value === 'bigint') {
        const exact = convertValue(value, types[0] ?? datetime2Type, datetime2Type, { explicit: true }) as bigint;
        const local = exact - BigInt(offsetOfLocal(zone, exact)) * ticksPerMinute;
        return { utcTicks: local, offsetMinutes: offsetAt(zone, local) };
      }
      const { utcTicks } = value as SqlDateTimeOffset;
      return { utcTicks, offsetMinutes: offsetAt(zone, utcTicks) };
    },
  }),
  defineFunction('CURRENT_TIMEZONE_ID', {
    arguments: 0,
    type: withLength('nvarchar', 128),
    evaluate: () => {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const known = Object.entries(zones).find(([, zone]) => zone === timeZone)?.[0];
      if (known === undefined) unsupported(`CURRENT_TIMEZONE_ID in the time zone ${timeZone}`);
      return known === 'utc'
        ? 'UTC'
        : known.replace(/(^|[ .(])([a-z])/g, (_, mark, letter) => mark + letter.toUpperCase());
    },
  }),
];
