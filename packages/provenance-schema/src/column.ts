import { z } from 'zod';
import { decodeVector } from './vector.ts';

/**
 * A value as it goes into the graph. SQL integers are `bigint` whatever their width: neo4j-driver stores a `bigint` as
 * an integer and a `number` as a float, so `number` is kept for SQL's floating-point types. `VARBINARY` is lower-case
 * hexadecimal text, `DATETIME2` a `Date` (UTC), a vector a list of floating-point numbers.
 */
export type GraphValue = bigint | number | string | boolean | Date | readonly number[] | null;

/**
 * What the graph gets of a column: integers, 64-bit floating-point numbers, text, bytes as hexadecimal text, points in
 * time, lists of numbers.
 */
export type ColumnKind = 'integer' | 'float' | 'text' | 'hex' | 'time' | 'vector';

/** One column of an entity's table. */
export interface Column {
  /** The type as `CREATE TABLE` says it, for example `NVARCHAR(64)`. */
  readonly sqlType: string;
  readonly kind: ColumnKind;
  readonly nullable: boolean;
  /** Graph property that carries the value; `null` when the graph has no use for the column. */
  readonly property: string | null;
  /** The only values that the column may have, which a CHECK of the table says too; `null`: any of its type. */
  readonly values: readonly string[] | null;
  /** Whether a CHECK of the table lets in one word only. */
  readonly isWord: boolean;
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

function columnOf(kind: ColumnKind, sqlType: string, schema: z.ZodType<GraphValue>, options: ColumnOptions): Column {
  const nullable = options.nullable ?? false;
  return {
    sqlType,
    kind,
    nullable,
    property: options.property ?? null,
    values: null,
    isWord: false,
    schema: nullable ? schema.nullable() : schema,
  };
}

/** `BIGINT`; the driver delivers it as decimal text because a JavaScript number can't hold every value. */
export function bigintColumn(options: ColumnOptions = {}): Column {
  const schema = z
    .string()
    .regex(/^-?\d{1,19}$/)
    .transform((text) => BigInt(text));
  return columnOf('integer', 'BIGINT', schema, options);
}

/** `INT`. */
export function intColumn(options: ColumnOptions = {}): Column {
  return columnOf(
    'integer',
    'INT',
    z.int32().transform((value) => BigInt(value)),
    options,
  );
}

/**
 * `NVARCHAR(length)`; length in UTF-16 code units, 1 to 4000, or `'MAX'`. Half of a surrogate pair, which a LEFT() through an emoji
 * leaves and UTF-8 can't hold, is U+FFFD in the graph.
 */
export function nvarcharColumn(length: number | 'MAX', options: ColumnOptions = {}): Column {
  const text = z.string().overwrite((value) => value.toWellFormed());
  return columnOf('text', `NVARCHAR(${length})`, text, options);
}

/** `NVARCHAR(length)` that holds a word: not empty, without blanks; a CHECK of the table says so too. */
export function wordColumn(length: number, options: ColumnOptions = {}): Column {
  const word = z
    .string()
    .max(length)
    .overwrite((value) => value.toWellFormed())
    .regex(/^[^ ]+$/, 'must be a word: not empty, without blanks');
  return { ...columnOf('text', `NVARCHAR(${length})`, word, options), isWord: true };
}

/** `NVARCHAR(length)` that has one of some values only; spelled as they are here. */
export function choiceColumn(length: number, values: readonly string[], options: ColumnOptions = {}): Column {
  return { ...columnOf('text', `NVARCHAR(${length})`, z.enum([...values]), options), values };
}

/** `FLOAT`: 64 bits, finite, which is all that SQL Server lets one be. */
export function floatColumn(options: ColumnOptions = {}): Column {
  return columnOf('float', 'FLOAT', z.number(), options);
}

/** `VARBINARY(length)`; length in bytes, 1 to 8000, or `'MAX'`. */
export function varbinaryColumn(length: number | 'MAX', options: ColumnOptions = {}): Column {
  const schema = z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString('hex'));
  return columnOf('hex', `VARBINARY(${length})`, schema, options);
}

/** `DATETIME2(7)`, always UTC (the driver's `useUTC`, which is its default). */
export function datetime2Column(options: ColumnOptions = {}): Column {
  return columnOf('time', 'DATETIME2(7)', z.date(), options);
}

/** SQL Server's longest `VARBINARY` that isn't `MAX`, in bytes. */
const longestInRow = 8000;

/**
 * `VARBINARY` that holds a vector: its numbers one after another, each an IEEE 754 number of 32 bits, the least
 * significant byte first. In the graph a list of numbers, which a vector index takes.
 *
 * @param dimension how many numbers, 1 or more; a value of another length is refused
 */
export function vectorColumn(dimension: number, options: ColumnOptions = {}): Column {
  const length = dimension * Float32Array.BYTES_PER_ELEMENT;
  const schema = z
    .instanceof(Uint8Array)
    .refine((bytes) => bytes.byteLength === length, `must have ${length} bytes: ${dimension} numbers of 4 bytes`)
    .transform(decodeVector)
    .refine((numbers) => numbers.every(Number.isFinite), 'must have no NaN and no infinity');
  return columnOf('vector', `VARBINARY(${length > longestInRow ? 'MAX' : length})`, schema, options);
}
