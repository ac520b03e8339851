import type { SqlType } from './sql-type.ts';

/** Exact number of decimal and numeric: `unscaled` divided by 10 to the power of `scale`. */
export interface SqlDecimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** datetimeoffset: the instant in 100 ns ticks since 0001-01-01 UTC, and the offset in minutes (-840 to 840). */
export interface SqlDateTimeOffset {
  readonly utcTicks: bigint;
  readonly offsetMinutes: number;
}

/** sql_variant: a value together with its base type. */
export interface SqlVariant {
  readonly baseType: SqlType;
  readonly value: Exclude<SqlValue, SqlVariant>;
}

/**
 * A value as the engine holds it. Which form a type takes:
 *
 * | type | form |
 * | --- | --- |
 * | any, NULL | `null` |
 * | bit | `0` or `1` |
 * | tinyint, smallint, int, real, float | `number` |
 * | bigint | `bigint` |
 * | money, smallmoney | `bigint`, in 1/10000 |
 * | decimal, numeric | {@link SqlDecimal} with the scale of the type |
 * | character types, xml | `string` |
 * | binary types, rowversion | `Uint8Array` |
 * | uniqueidentifier | `string`, 36 characters, upper case |
 * | date, smalldatetime, datetime, datetime2 | `bigint`, 100 ns ticks since 0001-01-01T00:00, rounded to the type's precision |
 * | time | `bigint`, 100 ns ticks since midnight |
 * | datetimeoffset | {@link SqlDateTimeOffset} |
 * | sql_variant | {@link SqlVariant} |
 */
export type SqlValue = null | number | bigint | string | Uint8Array | SqlDecimal | SqlDateTimeOffset | SqlVariant;

/** The values of one row, in column order. */
export type SqlRow = readonly SqlValue[];
