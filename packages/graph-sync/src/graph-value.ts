import type { GraphProperties, GraphValue } from '@hartonomous/provenance-schema';
import neo4j, { type DateTime } from 'neo4j-driver';

/** A value as neo4j-driver takes it. */
export type DriverValue = Exclude<GraphValue, Date | readonly number[]> | DateTime | number[];

/**
 * A `Date` becomes a UTC `DateTime`, with the 100 nanoseconds that the SQL drivers keep beside the `Date`
 * (`nanosecondsDelta`, in seconds); everything else is what the driver takes already.
 */
export function toDriverValue(value: GraphValue): DriverValue {
  if (value === null || typeof value !== 'object') return value;
  if (!(value instanceof Date)) return [...value];
  const [, nanoseconds] = timeParts(value);
  return new neo4j.types.DateTime(
    ...toInts(value.getUTCFullYear(), value.getUTCMonth() + 1, value.getUTCDate()),
    ...toInts(value.getUTCHours(), value.getUTCMinutes(), value.getUTCSeconds()),
    neo4j.int(nanoseconds),
    neo4j.int(0),
  );
}

/** Whole seconds since 1970 and the nanoseconds after them, 0 to 999999999. */
export function timeParts(time: Date): readonly [seconds: number, nanoseconds: number] {
  const below = 'nanosecondsDelta' in time && typeof time.nanosecondsDelta === 'number' ? time.nanosecondsDelta : 0;
  const milliseconds = time.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, (milliseconds - seconds * 1000) * 1_000_000 + Math.round(below * 1e9)];
}

/** All values of a map, each by {@link toDriverValue}. */
export function toDriverMap(properties: GraphProperties): Record<string, DriverValue> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, toDriverValue(value)]));
}

function toInts(first: number, second: number, third: number) {
  return [neo4j.int(first), neo4j.int(second), neo4j.int(third)] as const;
}
