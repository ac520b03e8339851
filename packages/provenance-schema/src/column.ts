import { z } from 'zod';

/**
 * A value as it goes into the graph. SQL integers are `bigint` whatever their width: neo4j-driver stores a `bigint` as
 * an integer and a `number` as a float, so `number` is kept for SQL's floating-point types. `VARBINARY` is lower-case
 * hexadecimal text, `DATETIME2` a `Date` (UTC).
 */
export type GraphValue = bigint | number | string | boolean | Date | null;

/** One column of an entity's table. */
export interface Column {
  /** The type as `CREATE TABLE` says it, for example `NVARCHAR(64)`. */
  readonly sqlType: string;
  readonly nullable: boolean;
  /** Graph property that carries the value; `null` when the graph has no use for the column. */
  readonly property: string | null;
  /** Checks the value as the `mssql` driver delivers it and turns it into the value for the graph. */
  readonly schema: z.ZodType<GraphValue>;
}

/** What may be said of a column besides its type. */
export interface ColumnOptions {
  /** @default false */
  readonly nullable?: boolean;
  /** @default no property */
  readonly property?: string;
}

function columnOf(sqlType: string, schema: z.ZodType<GraphValue>, options: ColumnOptions): Column {
  const nullable = options.nullable ?? false;
  return { sqlType, nullable, property: options.property ?? null, schema: nullable ? schema.nullable() : schema };
}

/** `BIGINT`; the driver delivers it as decimal text because a JavaScript number can't hold every value. */
export function bigintColumn(options: ColumnOptions = {}): Column {
  const schema = z
    .string()
    .regex(/^-?\d{1,19}$/)
    .transform((text) => BigInt(text));
  return columnOf('BIGINT', schema, options);
}

/** `INT`. */
export function intColumn(options: ColumnOptions = {}): Column {
  return columnOf(
    'INT',
    z.int32().transform((value) => BigInt(value)),
    options,
  );
}

/** `NVARCHAR(length)`; length in UTF-16 code units, 1 to 4000, or `'MAX'`. */
export function nvarcharColumn(length: number | 'MAX', options: ColumnOptions = {}): Column {
  return columnOf(`NVARCHAR(${length})`, z.string(), options);
}

/** `VARBINARY(length)`; length in bytes, 1 to 8000, or `'MAX'`. */
export function varbinaryColumn(length: number | 'MAX', options: ColumnOptions = {}): Column {
  const schema = z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString('hex'));
  return columnOf(`VARBINARY(${length})`, schema, options);
}

/** `DATETIME2(7)`, always UTC (the driver's `useUTC`, which is its default). */
export function datetime2Column(options: ColumnOptions = {}): Column {
  return columnOf('DATETIME2(7)', z.date(), options);
}
