import { unsupported } from '../../../unsupported.ts';
import { convertValue } from '../../types/convert.ts';
import { ticksPerMinute } from '../../types/datetime.ts';
import { invalidArgumentType } from '../../types/errors.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlDateTimeOffset } from '../../types/sql-value.ts';
import { offsetAt, offsetOfLocal } from '../../types/time-zone-offset.ts';
import { datetime2Type, isCharacterType, typeFamily, withLength } from '../../types/type-info.ts';
import { windowsTimeZones } from '../../types/windows-time-zones.ts';
import { textArgument } from '../arguments.ts';
import { defineFunction } from '../define-function.ts';
import { invalidTimeZone } from '../errors.ts';
import type { ScalarFunction } from '../scalar-function.ts';

/** Names are compared without regard to case. */
const zonesByKey = new Map([...windowsTimeZones].map(([name, zone]) => [name.toLowerCase(), zone]));

/** Kept by Windows for old appointments, without a zone in Unicode's table. */
const obsoleteZones: ReadonlySet<string> = new Set(['kamchatka standard time', 'mid-atlantic standard time']);

function zoneOf(name: string): string {
  const key = name.trim().toLowerCase();
  const zone = zonesByKey.get(key);
  if (zone !== undefined) return zone;
  if (obsoleteZones.has(key)) unsupported(`AT TIME ZONE '${name}'`);
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
      const known = [...windowsTimeZones].find(([, zone]) => zone === timeZone)?.[0];
      return known ?? unsupported(`CURRENT_TIMEZONE_ID in the time zone ${timeZone}`);
    },
  }),
];
