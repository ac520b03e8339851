import mssql from 'mssql';

/** A parameter with a type of its own, made with {@link sqlParameter}. */
export interface SqlParameter {
  readonly type: mssql.ISqlType | (() => mssql.ISqlType);
  readonly value: unknown;
}

/** A table-valued parameter, made with {@link sqlParameter}`.table`. */
export interface SqlTableParameter {
  readonly table: mssql.Table;
}

/**
 * Value of a parameter. Plain values get the type that fits: text nvarchar(4000), or nvarchar(max) when longer;
 * integers int or bigint, other numbers float; boolean bit; Date datetime2(7); bytes varbinary(max). `null` is sent as
 * nvarchar, which SQL Server doesn't convert to binary: give binary nulls with {@link sqlParameter}.
 */
export type SqlValue = string | number | bigint | boolean | Date | Uint8Array | null | SqlParameter | SqlTableParameter;

/** Parameters by name, without `@`. */
export type SqlParameters = Readonly<Record<string, SqlValue>>;

/** A column of a table-valued parameter. */
export interface TableParameterColumn {
  readonly name: string;
  readonly type: mssql.ISqlType | (() => mssql.ISqlType);
  readonly nullable?: boolean;
}

type Cell = string | number | boolean | Date | Buffer | null;

/** Parameters with an explicit type. */
export const sqlParameter = {
  nvarchar: (value: string | null): SqlParameter => ({ type: mssql.NVarChar(mssql.MAX), value }),
  int: (value: number | null): SqlParameter => ({ type: mssql.Int(), value }),
  bigint: (value: bigint | number | null): SqlParameter => ({ type: mssql.BigInt(), value: value?.toString() ?? null }),
  bit: (value: boolean | null): SqlParameter => ({ type: mssql.Bit(), value }),
  uniqueidentifier: (value: string | null): SqlParameter => ({ type: mssql.UniqueIdentifier(), value }),
  /**
   * @param length declared length in bytes, from 1 to 8000, for values that are compared with an indexed column: SQL Server
   * can't seek by a varbinary(max). @default max
   */
  varbinary: (value: Uint8Array | null, length?: number): SqlParameter => ({
    type: mssql.VarBinary(length ?? mssql.MAX),
    value: value === null ? null : asBuffer(value),
  }),
  datetime2: (value: Date | null): SqlParameter => ({ type: mssql.DateTime2(7), value }),
  /**
   * Rows as one parameter.
   * @param typeName schema-qualified name of the table type
   * @param rows cells in the order of the columns; bigint as text or number
   */
  table(
    typeName: string,
    columns: readonly TableParameterColumn[],
    rows: Iterable<readonly (Cell | bigint)[]>,
  ): SqlTableParameter {
    const table = new mssql.Table(typeName);
    for (const { name, type, nullable = true } of columns) table.columns.add(name, type, { nullable });
    for (const row of rows) table.rows.add(...row.map((cell) => (typeof cell === 'bigint' ? cell.toString() : cell)));
    return { table };
  },
} as const;

/** The longest text that nvarchar(n) can hold; longer parameters are nvarchar(max). */
const maxShortText = 4_000;

/** Puts parameters on a request. Types don't depend on the length of a value, so SQL Server keeps one plan per statement. */
export function bindParameters(request: mssql.Request, parameters: SqlParameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'object' && value !== null && 'table' in value) request.input(name, value.table);
    else {
      const typed = typedParameter(value);
      request.input(name, typed.type, typed.value);
    }
  }
}

function typedParameter(value: Exclude<SqlValue, SqlTableParameter>): SqlParameter {
  if (value === null) return { type: mssql.NVarChar(maxShortText), value };
  if (typeof value === 'string') {
    return value.length > maxShortText ? sqlParameter.nvarchar(value) : { type: mssql.NVarChar(maxShortText), value };
  }
  if (typeof value === 'bigint') return sqlParameter.bigint(value);
  if (typeof value === 'boolean') return sqlParameter.bit(value);
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return sqlParameter.int(value);
    return Number.isSafeInteger(value) ? sqlParameter.bigint(value) : { type: mssql.Float(), value };
  }
  if (value instanceof Date) return sqlParameter.datetime2(value);
  if (value instanceof Uint8Array) return sqlParameter.varbinary(value);
  return value;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
