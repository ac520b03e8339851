/** Names of the data types the emulator knows, in SQL Server's spelling. */
export type SqlTypeName =
  | 'bit'
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'decimal'
  | 'numeric'
  | 'money'
  | 'smallmoney'
  | 'real'
  | 'float'
  | 'char'
  | 'varchar'
  | 'text'
  | 'nchar'
  | 'nvarchar'
  | 'ntext'
  | 'binary'
  | 'varbinary'
  | 'image'
  | 'rowversion'
  | 'uniqueidentifier'
  | 'date'
  | 'time'
  | 'smalldatetime'
  | 'datetime'
  | 'datetime2'
  | 'datetimeoffset'
  | 'xml'
  | 'sql_variant';

/**
 * A data type with its parameters. `length` counts characters for (n)char and (n)varchar, bytes for (var)binary;
 * `'max'` is the large-value form. `precision` 1 to 38 and `scale` 0 to 38 belong to decimal and numeric; `scale` 0 to 7
 * alone belongs to time, datetime2 and datetimeoffset. The type of an untyped NULL is `int`, as in SQL Server.
 */
export interface SqlType {
  readonly name: SqlTypeName;
  readonly length?: number | 'max';
  readonly precision?: number;
  readonly scale?: number;
  /** Collation name for character types; absent = the server's, `SQL_Latin1_General_CP1_CI_AS`. */
  readonly collation?: string;
  /**
   * Where the collation of an expression comes from, which says whose goes first; absent for literals and variables where
   * the database has the server's collation, `default` where it has another.
   */
  readonly collationFrom?: 'column' | 'clause' | 'default';
  /** Collations of the two columns that an expression is made of, where these differ and so it has none. */
  readonly collationConflict?: readonly [string, string];
}
