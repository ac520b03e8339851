import type { ColumnKind, GraphValue } from '@hartonomous/provenance-schema';
import { timeParts } from './graph-value.ts';

/*
 * Values of the statements that carry most rows, in the form that neo4j-driver packs fastest. It packs integers with
 * 64-bit arithmetic of its own making, and takes a point in time apart with the same: of what a draining worker allocated,
 * that was more than half. A JavaScript number travels as eight bytes as it is, and Neo4j makes an integer of it.
 */

/** A value as {@link unpacked} takes it: integers as floating-point numbers where that is exact, times as their parts. */
export type PackedValue = Exclude<GraphValue, Date>;

/** Packs a value of any kind. */
export function packedValue(value: GraphValue): PackedValue {
  if (typeof value === 'bigint') return packedInteger(value);
  return value instanceof Date ? timeParts(value) : value;
}

/** An integer as a floating-point number where that is exact. */
export function packedInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * The Cypher expression that gives back a packed value; of NULL it is NULL.
 *
 * @param expression the packed value
 * @param kind of the column that the value comes from
 */
export function unpacked(expression: string, kind: ColumnKind): string {
  if (kind === 'integer') return `toInteger(${expression})`;
  if (kind !== 'time') return expression;
  const [seconds, nanoseconds] = [`toInteger(${expression}[0])`, `toInteger(${expression}[1])`];
  return `CASE WHEN ${expression} IS NULL THEN null ELSE datetime({epochSeconds: ${seconds}, nanosecond: ${nanoseconds}}) END`;
}
