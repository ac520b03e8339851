import { ticksOfUnixMilliseconds } from '../types/datetime.ts';
import { offsetAt } from '../types/time-zone-offset.ts';
import { windowsTimeZones } from '../types/windows-time-zones.ts';
import { bit, defineView, type SystemView } from './define-view.ts';

/** The offset without daylight saving time: the smaller of those in January and July of the moment's year. */
function standardOffset(zone: string, year: number): number {
  const offsets = [0, 6].map((month) => offsetAt(zone, ticksOfUnixMilliseconds(Date.UTC(year, month))));
  return Math.min(...offsets);
}

function offsetText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.trunc(size / 60))}:${two(size % 60)}`;
}

export const timeZoneViews: readonly SystemView[] = [
  defineView(
    'sys',
    'time_zone_info',
    { name: 'name', current_utc_offset: 'offset', is_currently_dst: 'bit' },
    function* (_database, session) {
      const { utcTicks } = session.now;
      const year = new Date().getUTCFullYear();
      for (const [name, zone] of windowsTimeZones) {
        const offset = offsetAt(zone, utcTicks);
        const isDaylightSaving = offset !== standardOffset(zone, year);
        yield { name, current_utc_offset: offsetText(offset), is_currently_dst: bit(isDaylightSaving) };
      }
    },
  ),
];
