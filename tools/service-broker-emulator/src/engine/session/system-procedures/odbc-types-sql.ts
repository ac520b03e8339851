/**
 * Rows of sp_datatype_info for ODBC 3: name, ODBC type, precision, prefix, suffix, parameters, case sensitivity, searchable,
 * unsigned, money, identity, least and greatest scale, verbose type, its subcode, radix, user type. Source: Microsoft's
 * documentation of sp_datatype_info and of the ODBC driver's SQLGetTypeInfo.
 */
export const odbcTypesSql = `(VALUES
  (N'sql_variant', -150, 8000, NULL, NULL, NULL, 0, 2, NULL, 0, NULL, 0, 0, -150, NULL, 10, 0),
  (N'uniqueidentifier', -11, 36, '''', '''', NULL, 0, 2, NULL, 0, NULL, NULL, NULL, -11, NULL, NULL, 0),
  (N'ntext', -10, 1073741823, 'N''', '''', NULL, 0, 1, NULL, 0, NULL, NULL, NULL, -10, NULL, NULL, 0),
  (N'xml', -152, 0, 'N''', '''', NULL, 1, 0, NULL, 0, NULL, NULL, NULL, -152, NULL, NULL, 0),
  (N'nvarchar', -9, 4000, 'N''', '''', 'max length', 0, 3, NULL, 0, NULL, NULL, NULL, -9, NULL, NULL, 0),
  (N'sysname', -9, 128, 'N''', '''', NULL, 0, 3, NULL, 0, NULL, NULL, NULL, -9, NULL, NULL, 18),
  (N'nchar', -8, 4000, 'N''', '''', 'length', 0, 3, NULL, 0, NULL, NULL, NULL, -8, NULL, NULL, 0),
  (N'bit', -7, 1, NULL, NULL, NULL, 0, 2, NULL, 0, NULL, 0, 0, -7, NULL, NULL, 16),
  (N'tinyint', -6, 3, NULL, NULL, NULL, 0, 2, 1, 0, 0, 0, 0, -6, NULL, 10, 5),
  (N'tinyint identity', -6, 3, NULL, NULL, NULL, 0, 2, 1, 0, 1, 0, 0, -6, NULL, 10, 5),
  (N'bigint', -5, 19, NULL, NULL, NULL, 0, 2, 0, 0, 0, 0, 0, -5, NULL, 10, 0),
  (N'bigint identity', -5, 19, NULL, NULL, NULL, 0, 2, 0, 0, 1, 0, 0, -5, NULL, 10, 0),
  (N'image', -4, 2147483647, '0x', NULL, NULL, 0, 0, NULL, 0, NULL, NULL, NULL, -4, NULL, NULL, 20),
  (N'varbinary', -3, 8000, '0x', NULL, 'max length', 0, 2, NULL, 0, NULL, NULL, NULL, -3, NULL, NULL, 4),
  (N'binary', -2, 8000, '0x', NULL, 'length', 0, 2, NULL, 0, NULL, NULL, NULL, -2, NULL, NULL, 3),
  (N'timestamp', -2, 8, '0x', NULL, NULL, 0, 2, NULL, 0, NULL, NULL, NULL, -2, NULL, NULL, 80),
  (N'text', -1, 2147483647, '''', '''', NULL, 0, 1, NULL, 0, NULL, NULL, NULL, -1, NULL, NULL, 19),
  (N'char', 1, 8000, '''', '''', 'length', 0, 3, NULL, 0, NULL, NULL, NULL, 1, NULL, NULL, 1),
  (N'numeric', 2, 38, NULL, NULL, 'precision,scale', 0, 2, 0, 0, 0, 0, 38, 2, NULL, 10, 10),
  (N'numeric() identity', 2, 38, NULL, NULL, 'precision', 0, 2, 0, 0, 1, 0, 0, 2, NULL, 10, 10),
  (N'decimal', 3, 38, NULL, NULL, 'precision,scale', 0, 2, 0, 0, 0, 0, 38, 3, NULL, 10, 24),
  (N'money', 3, 19, '$', NULL, NULL, 0, 2, 0, 1, 0, 4, 4, 3, NULL, 10, 11),
  (N'smallmoney', 3, 10, '$', NULL, NULL, 0, 2, 0, 1, 0, 4, 4, 3, NULL, 10, 21),
  (N'decimal() identity', 3, 38, NULL, NULL, 'precision', 0, 2, 0, 0, 1, 0, 0, 3, NULL, 10, 24),
  (N'int', 4, 10, NULL, NULL, NULL, 0, 2, 0, 0, 0, 0, 0, 4, NULL, 10, 7),
  (N'int identity', 4, 10, NULL, NULL, NULL, 0, 2, 0, 0, 1, 0, 0, 4, NULL, 10, 7),
  (N'smallint', 5, 5, NULL, NULL, NULL, 0, 2, 0, 0, 0, 0, 0, 5, NULL, 10, 6),
  (N'smallint identity', 5, 5, NULL, NULL, NULL, 0, 2, 0, 0, 1, 0, 0, 5, NULL, 10, 6),
  (N'float', 6, 53, NULL, NULL, NULL, 0, 2, 0, 0, 0, NULL, NULL, 6, NULL, 2, 8),
  (N'real', 7, 24, NULL, NULL, NULL, 0, 2, 0, 0, 0, NULL, NULL, 7, NULL, 2, 23),
  (N'varchar', 12, 8000, '''', '''', 'max length', 0, 3, NULL, 0, NULL, NULL, NULL, 12, NULL, NULL, 2),
  (N'date', 91, 10, '''', '''', NULL, 0, 3, NULL, 0, NULL, NULL, 0, 9, 1, NULL, 0),
  (N'time', -154, 16, '''', '''', 'scale', 0, 3, NULL, 0, NULL, 0, 7, -154, 0, NULL, 0),
  (N'datetime2', 93, 27, '''', '''', 'scale', 0, 3, NULL, 0, NULL, 0, 7, 9, 3, NULL, 0),
  (N'datetimeoffset', -155, 34, '''', '''', 'scale', 0, 3, NULL, 0, NULL, 0, 7, -155, 0, NULL, 0),
  (N'datetime', 93, 23, '''', '''', NULL, 0, 3, NULL, 0, NULL, 3, 3, 9, 3, NULL, 12),
  (N'smalldatetime', 93, 16, '''', '''', NULL, 0, 3, NULL, 0, NULL, 0, 0, 9, 3, NULL, 22)
) AS o (name, type, size, prefix, suffix, parameters, cased, searchable, unsigned, money, autoincrement, least, greatest,
  verbose, subcode, radix, usertype)`;

/** Precision, length and scale of a column or parameter as the ODBC catalog procedures show them. `c` has the facts, `t` the type. */
export const odbcFacts = {
  precision: `CAST(CASE WHEN c.max_length = -1 THEN 0
    WHEN t.name IN (N'nvarchar', N'nchar', N'sysname') THEN c.max_length / 2
    WHEN t.name IN (N'varchar', N'char', N'varbinary', N'binary', N'timestamp') THEN c.max_length
    WHEN t.name IN (N'text', N'image') THEN 2147483647 WHEN t.name = N'ntext' THEN 1073741823
    WHEN t.name = N'uniqueidentifier' THEN 36 WHEN t.name = N'sql_variant' THEN 8000
    ELSE c.precision END AS int)`,
  length: `CAST(CASE WHEN c.max_length = -1 THEN 0
    WHEN t.name IN (N'decimal', N'numeric') THEN c.precision + 2 WHEN t.name = N'money' THEN 21
    WHEN t.name = N'smallmoney' THEN 12 WHEN t.name IN (N'datetime', N'smalldatetime', N'datetime2') THEN 16
    WHEN t.name = N'date' THEN 6 WHEN t.name = N'time' THEN 12 WHEN t.name = N'datetimeoffset' THEN 20
    WHEN t.name IN (N'text', N'image') THEN 2147483647 WHEN t.name = N'ntext' THEN 2147483646
    ELSE c.max_length END AS int)`,
  scale: `CAST(CASE WHEN o.least IS NOT NULL THEN c.scale END AS smallint)`,
  octets: `CAST(CASE WHEN o.prefix IS NOT NULL AND o.type IN (-10, -9, -8, -4, -3, -2, -1, 1, 12) THEN
    CASE WHEN c.max_length = -1 THEN 0 WHEN t.name IN (N'text', N'image') THEN 2147483647
      WHEN t.name = N'ntext' THEN 2147483646 ELSE c.max_length END END AS int)`,
} as const;
