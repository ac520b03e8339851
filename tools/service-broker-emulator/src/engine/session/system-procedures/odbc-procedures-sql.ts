import { odbcFacts, odbcTypesSql } from './odbc-types-sql.ts';
import { requireOwnOrNoQualifier, requireOwnQualifier } from './own-database-sql.ts';

/** A name that a caller gives as a pattern; absent means every name. */
export const matches = (column: string, parameter: string): string =>
  `(${parameter} IS NULL OR ${column} LIKE ${parameter} ESCAPE N'\\' OR ${column} = ${parameter})`;

const dataTypes = (name: string): string => `
CREATE PROCEDURE sys.${name} @data_type int = 0, @ODBCVer tinyint = 2 AS
SELECT CAST(o.name AS sysname) AS TYPE_NAME, CAST(o.type AS smallint) AS DATA_TYPE, o.size AS [PRECISION],
  CAST(o.prefix AS varchar(32)) AS LITERAL_PREFIX, CAST(o.suffix AS varchar(32)) AS LITERAL_SUFFIX,
  CAST(o.parameters AS varchar(32)) AS CREATE_PARAMS,
  CAST(CASE WHEN o.name IN (N'timestamp', N'sysname') OR o.autoincrement = 1 THEN 0 ELSE 1 END AS smallint) AS NULLABLE,
  CAST(o.cased AS smallint) AS CASE_SENSITIVE, CAST(o.searchable AS smallint) AS SEARCHABLE,
  CAST(o.unsigned AS smallint) AS UNSIGNED_ATTRIBUTE, CAST(o.money AS smallint) AS MONEY,
  CAST(o.autoincrement AS smallint) AS AUTO_INCREMENT, CAST(o.name AS sysname) AS LOCAL_TYPE_NAME,
  CAST(o.least AS smallint) AS MINIMUM_SCALE, CAST(o.greatest AS smallint) AS MAXIMUM_SCALE,
  CAST(o.verbose AS smallint) AS SQL_DATA_TYPE, CAST(o.subcode AS smallint) AS SQL_DATETIME_SUB,
  o.radix AS NUM_PREC_RADIX, CAST(NULL AS smallint) AS INTERVAL_PRECISION, CAST(o.usertype AS smallint) AS USERTYPE
FROM ${odbcTypesSql}
WHERE ISNULL(@data_type, 0) = 0 OR o.type = @data_type OR (@data_type = 11 AND o.type = 93) OR (@data_type = 9 AND o.type = 91)
ORDER BY DATA_TYPE, AUTO_INCREMENT, MONEY, USERTYPE`;

const columns = (name: string, extra: string, parameters: string): string => `
CREATE PROCEDURE sys.${name} @table_name nvarchar(384), @table_owner nvarchar(384) = NULL,
  @table_qualifier sysname = NULL, @column_name nvarchar(384) = NULL${parameters}, @ODBCVer int = 2 AS${requireOwnQualifier('@table_qualifier')}
SELECT DB_NAME() AS TABLE_QUALIFIER, s.name AS TABLE_OWNER, b.name AS TABLE_NAME, c.name AS COLUMN_NAME,
  CAST(o.type AS smallint) AS DATA_TYPE,
  CAST(t.name + CASE WHEN c.is_identity = 1 THEN N' identity' ELSE N'' END AS sysname) AS TYPE_NAME,
  ${odbcFacts.precision} AS [PRECISION], ${odbcFacts.length} AS LENGTH, ${odbcFacts.scale} AS SCALE,
  CAST(o.radix AS smallint) AS RADIX, CAST(c.is_nullable AS smallint) AS NULLABLE, CAST(NULL AS varchar(254)) AS REMARKS,
  CAST(d.definition AS nvarchar(4000)) AS COLUMN_DEF, CAST(o.verbose AS smallint) AS SQL_DATA_TYPE,
  CAST(o.subcode AS smallint) AS SQL_DATETIME_SUB, ${odbcFacts.octets} AS CHAR_OCTET_LENGTH,
  c.column_id AS ORDINAL_POSITION, CAST(CASE WHEN c.is_nullable = 1 THEN 'YES' ELSE 'NO' END AS varchar(254)) AS IS_NULLABLE,
  ${extra}c.system_type_id AS SS_DATA_TYPE
FROM sys.all_columns AS c
JOIN (SELECT v.object_id, v.schema_id, v.name FROM sys.tables AS v UNION ALL
  SELECT v.object_id, v.schema_id, v.name FROM sys.all_views AS v) AS b ON b.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = b.schema_id
JOIN sys.types AS t ON t.user_type_id = c.system_type_id
JOIN ${odbcTypesSql} ON o.name = t.name
LEFT JOIN sys.default_constraints AS d ON d.parent_object_id = c.object_id AND d.parent_column_id = c.column_id
WHERE ${matches('b.name', '@table_name')} AND ${matches('s.name', '@table_owner')} AND ${matches('c.name', '@column_name')}
ORDER BY TABLE_OWNER, TABLE_NAME, ORDINAL_POSITION`;

const sparse = `CAST(0 AS smallint) AS SS_IS_SPARSE, CAST(0 AS smallint) AS SS_IS_COLUMN_SET,
  CAST(c.is_computed AS smallint) AS SS_IS_COMPUTED, CAST(c.is_identity AS smallint) AS SS_IS_IDENTITY,
  CAST(NULL AS sysname) AS SS_UDT_CATALOG_NAME, CAST(NULL AS sysname) AS SS_UDT_SCHEMA_NAME,
  CAST(NULL AS sysname) AS SS_UDT_ASSEMBLY_TYPE_NAME, CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_CATALOG_NAME,
  CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_SCHEMA_NAME, CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_NAME, `;

const parameters = (name: string, extra: string): string => `
CREATE PROCEDURE sys.${name} @procedure_name nvarchar(390) = N'%', @procedure_owner nvarchar(384) = NULL,
  @procedure_qualifier sysname = NULL, @column_name nvarchar(384) = NULL, @ODBCVer int = 2, @fUsePattern bit = 1 AS${requireOwnOrNoQualifier('@procedure_qualifier')}
SELECT DB_NAME() AS PROCEDURE_QUALIFIER, s.name AS PROCEDURE_OWNER, CAST(b.name + N';1' AS nvarchar(134)) AS PROCEDURE_NAME,
  CAST(CASE WHEN c.parameter_id = 0 THEN N'@RETURN_VALUE' ELSE c.name END AS sysname) AS COLUMN_NAME,
  CAST(CASE WHEN c.parameter_id = 0 THEN 5 WHEN c.is_output = 1 THEN 2 ELSE 1 END AS smallint) AS COLUMN_TYPE,
  CAST(o.type AS smallint) AS DATA_TYPE, CAST(t.name AS sysname) AS TYPE_NAME,
  ${odbcFacts.precision} AS [PRECISION], ${odbcFacts.length} AS LENGTH, ${odbcFacts.scale} AS SCALE,
  CAST(o.radix AS smallint) AS RADIX, CAST(CASE WHEN c.parameter_id = 0 THEN 0 ELSE 1 END AS smallint) AS NULLABLE,
  CAST(NULL AS varchar(254)) AS REMARKS, CAST(NULL AS nvarchar(4000)) AS COLUMN_DEF,
  CAST(o.verbose AS smallint) AS SQL_DATA_TYPE, CAST(o.subcode AS smallint) AS SQL_DATETIME_SUB,
  ${odbcFacts.octets} AS CHAR_OCTET_LENGTH, c.parameter_id AS ORDINAL_POSITION,
  CAST(CASE WHEN c.parameter_id = 0 THEN 'NO' ELSE 'YES' END AS varchar(254)) AS IS_NULLABLE,
  ${extra}c.system_type_id AS SS_DATA_TYPE
FROM (SELECT p.object_id, p.parameter_id, p.name, p.system_type_id, p.max_length, p.precision, p.scale, p.is_output
  FROM sys.parameters AS p UNION ALL
  SELECT r.object_id, 0, N'', CAST(56 AS tinyint), CAST(4 AS smallint), CAST(10 AS tinyint), CAST(0 AS tinyint), CAST(1 AS bit)
  FROM sys.procedures AS r) AS c
JOIN sys.objects AS b ON b.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = b.schema_id
JOIN sys.types AS t ON t.user_type_id = c.system_type_id
JOIN ${odbcTypesSql} ON o.name = t.name
WHERE ${matches('b.name', '@procedure_name')} AND ${matches('s.name', '@procedure_owner')}
  AND ${matches('c.name', '@column_name')} AND ISNULL(@procedure_qualifier, N'.') <> N''
ORDER BY PROCEDURE_OWNER, PROCEDURE_NAME, ORDINAL_POSITION`;

const noTypes = `CAST(NULL AS sysname) AS SS_TYPE_CATALOG_NAME, CAST(NULL AS sysname) AS SS_TYPE_SCHEMA_NAME,
  CAST(NULL AS sysname) AS SS_UDT_CATALOG_NAME, CAST(NULL AS sysname) AS SS_UDT_SCHEMA_NAME,
  CAST(NULL AS sysname) AS SS_UDT_ASSEMBLY_TYPE_NAME, CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_CATALOG_NAME,
  CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_SCHEMA_NAME, CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_NAME, `;

const statistics = (name: string): string => `
CREATE PROCEDURE sys.${name} @table_name sysname, @table_owner sysname = NULL, @table_qualifier sysname = NULL,
     @index_name sysname = N'%', @is_unique char(1) = 'N', @accuracy char(1) = 'Q' AS${requireOwnQualifier('@table_qualifier')}
   SELECT DB_NAME() AS TABLE_QUALIFIER, s.name AS TABLE_OWNER, b.name AS TABLE_NAME,
     CAST(CASE WHEN i.is_unique = 1 THEN 0 ELSE 1 END AS smallint) AS NON_UNIQUE, b.name AS INDEX_QUALIFIER,
     i.name AS INDEX_NAME, CAST(CASE WHEN i.index_id = 1 THEN 1 ELSE 3 END AS smallint) AS TYPE,
     CAST(x.key_ordinal AS smallint) AS SEQ_IN_INDEX, c.name AS COLUMN_NAME,
     CAST(CASE WHEN x.is_descending_key = 1 THEN 'D' ELSE 'A' END AS char(1)) AS COLLATION,
     CAST(NULL AS int) AS CARDINALITY, CAST(NULL AS int) AS PAGES, CAST(NULL AS varchar(128)) AS FILTER_CONDITION
   FROM sys.indexes AS i JOIN sys.tables AS b ON b.object_id = i.object_id
   JOIN sys.schemas AS s ON s.schema_id = b.schema_id
   JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id AND x.key_ordinal > 0
   JOIN sys.columns AS c ON c.object_id = i.object_id AND c.column_id = x.column_id
   WHERE b.name = @table_name AND s.name = ISNULL(@table_owner, s.name) AND i.name LIKE @index_name
     AND (@is_unique <> 'Y' OR i.is_unique = 1)
   ORDER BY NON_UNIQUE, TYPE, INDEX_NAME, SEQ_IN_INDEX`;

/** The catalog procedures that ODBC, JDBC and their kin call, as T-SQL. Columns: Microsoft's documentation of each. */
export const odbcProceduresSql: readonly string[] = [
  dataTypes('sp_datatype_info'),
  dataTypes('sp_datatype_info_100'),
  columns('sp_columns', '', ''),
  columns('sp_columns_100', sparse, ', @NameScope int = 0, @fUsePattern bit = 1'),
  columns('sp_columns_170', sparse, ', @NameScope int = 0, @fUsePattern bit = 1'),
  parameters('sp_sproc_columns', ''),
  parameters('sp_sproc_columns_100', noTypes),
  `CREATE PROCEDURE sys.sp_tables @table_name nvarchar(384) = NULL, @table_owner nvarchar(384) = NULL,
     @table_qualifier sysname = NULL, @table_type varchar(100) = NULL, @fUsePattern bit = 1 AS
   IF @table_name = N'' AND @table_owner = N'' AND @table_qualifier = N'%'
   BEGIN
     SELECT d.name AS TABLE_QUALIFIER, CAST(NULL AS sysname) AS TABLE_OWNER, CAST(NULL AS sysname) AS TABLE_NAME,
       CAST(NULL AS varchar(32)) AS TABLE_TYPE, CAST(NULL AS varchar(254)) AS REMARKS
     FROM sys.databases AS d WHERE d.name <> N'model' ORDER BY 1;
     RETURN;
   END
   IF @table_name = N'' AND @table_owner = N'%' AND @table_qualifier = N''
   BEGIN
     SELECT DISTINCT CAST(NULL AS sysname) AS TABLE_QUALIFIER, SCHEMA_NAME(b.schema_id) AS TABLE_OWNER,
       CAST(NULL AS sysname) AS TABLE_NAME, CAST(NULL AS varchar(32)) AS TABLE_TYPE, CAST(NULL AS varchar(254)) AS REMARKS
     FROM (SELECT v.schema_id FROM sys.tables AS v UNION ALL SELECT v.schema_id FROM sys.all_views AS v) AS b ORDER BY 2;
     RETURN;
   END
   IF @table_name = N'' AND @table_owner = N'' AND @table_qualifier = N'' AND @table_type = '%'
   BEGIN
     SELECT CAST(NULL AS sysname) AS TABLE_QUALIFIER, CAST(NULL AS sysname) AS TABLE_OWNER,
       CAST(NULL AS sysname) AS TABLE_NAME, CAST(k.kind AS varchar(32)) AS TABLE_TYPE, CAST(NULL AS varchar(254)) AS REMARKS
     FROM (VALUES ('SYSTEM TABLE'), ('TABLE'), ('VIEW')) AS k (kind) ORDER BY 4;
     RETURN;
   END${requireOwnOrNoQualifier('@table_qualifier')}
   SELECT DB_NAME() AS TABLE_QUALIFIER, s.name AS TABLE_OWNER, b.name AS TABLE_NAME, b.kind AS TABLE_TYPE,
     CAST(NULL AS varchar(254)) AS REMARKS
   FROM (SELECT v.schema_id, v.name, CAST('TABLE' AS varchar(32)) AS kind FROM sys.tables AS v UNION ALL
     SELECT v.schema_id, v.name, CAST('VIEW' AS varchar(32)) FROM sys.all_views AS v) AS b
   JOIN sys.schemas AS s ON s.schema_id = b.schema_id
   WHERE ${matches('b.name', '@table_name')} AND ${matches('s.name', '@table_owner')}
     AND ISNULL(@table_qualifier, N'.') <> N''
     AND (@table_type IS NULL OR CHARINDEX('''' + b.kind + '''', @table_type) > 0)
   ORDER BY TABLE_TYPE, TABLE_QUALIFIER, TABLE_OWNER, TABLE_NAME`,
  `CREATE PROCEDURE sys.sp_pkeys @table_name sysname, @table_owner sysname = NULL, @table_qualifier sysname = NULL AS${requireOwnQualifier('@table_qualifier')}
   SELECT DB_NAME() AS TABLE_QUALIFIER, s.name AS TABLE_OWNER, b.name AS TABLE_NAME, c.name AS COLUMN_NAME,
     CAST(x.key_ordinal AS smallint) AS KEY_SEQ, i.name AS PK_NAME
   FROM sys.indexes AS i JOIN sys.tables AS b ON b.object_id = i.object_id
   JOIN sys.schemas AS s ON s.schema_id = b.schema_id
   JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id AND x.key_ordinal > 0
   JOIN sys.columns AS c ON c.object_id = i.object_id AND c.column_id = x.column_id
   WHERE i.is_primary_key = 1 AND b.name = @table_name AND s.name = ISNULL(@table_owner, s.name)
   ORDER BY TABLE_OWNER, TABLE_NAME, KEY_SEQ`,
  `CREATE PROCEDURE sys.sp_fkeys @pktable_name sysname = NULL, @pktable_owner sysname = NULL,
     @pktable_qualifier sysname = NULL, @fktable_name sysname = NULL, @fktable_owner sysname = NULL,
     @fktable_qualifier sysname = NULL AS
   IF @pktable_name IS NULL AND @fktable_name IS NULL
   BEGIN
     RAISERROR(15252, 16, 1);
     RETURN;
   END;${requireOwnQualifier('@pktable_qualifier', '@fktable_qualifier')}
   SELECT DB_NAME() AS PKTABLE_QUALIFIER, ps.name AS PKTABLE_OWNER, p.name AS PKTABLE_NAME, pc.name AS PKCOLUMN_NAME,
     DB_NAME() AS FKTABLE_QUALIFIER, fs.name AS FKTABLE_OWNER, b.name AS FKTABLE_NAME, fc.name AS FKCOLUMN_NAME,
     CAST(k.constraint_column_id AS smallint) AS KEY_SEQ,
     CAST(CASE f.update_referential_action WHEN 0 THEN 1 WHEN 1 THEN 0 WHEN 2 THEN 2 ELSE 4 END AS smallint) AS UPDATE_RULE,
     CAST(CASE f.delete_referential_action WHEN 0 THEN 1 WHEN 1 THEN 0 WHEN 2 THEN 2 ELSE 4 END AS smallint) AS DELETE_RULE,
     f.name AS FK_NAME, i.name AS PK_NAME, CAST(7 AS smallint) AS DEFERRABILITY
   FROM sys.foreign_keys AS f JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
   JOIN sys.tables AS b ON b.object_id = f.parent_object_id JOIN sys.schemas AS fs ON fs.schema_id = b.schema_id
   JOIN sys.tables AS p ON p.object_id = f.referenced_object_id JOIN sys.schemas AS ps ON ps.schema_id = p.schema_id
   JOIN sys.columns AS fc ON fc.object_id = b.object_id AND fc.column_id = k.parent_column_id
   JOIN sys.columns AS pc ON pc.object_id = p.object_id AND pc.column_id = k.referenced_column_id
   LEFT JOIN sys.indexes AS i ON i.object_id = p.object_id AND i.index_id = f.key_index_id
   WHERE (@pktable_name IS NULL OR p.name = @pktable_name) AND (@fktable_name IS NULL OR b.name = @fktable_name)
     AND (@pktable_owner IS NULL OR ps.name = @pktable_owner) AND (@fktable_owner IS NULL OR fs.name = @fktable_owner)
   ORDER BY FKTABLE_OWNER, FKTABLE_NAME, FK_NAME, KEY_SEQ`,
  statistics('sp_statistics'),
  statistics('sp_statistics_100'),
  `CREATE PROCEDURE sys.sp_special_columns @table_name sysname, @table_owner sysname = NULL, @qualifier sysname = NULL,
     @col_type char(1) = 'R', @scope char(1) = 'T', @nullable char(1) = 'U', @ODBCVer int = 2 AS${requireOwnQualifier('@qualifier')}
   SELECT CAST(CASE WHEN @col_type = 'V' THEN NULL ELSE 0 END AS smallint) AS SCOPE, c.name AS COLUMN_NAME,
     CAST(o.type AS smallint) AS DATA_TYPE, CAST(t.name AS sysname) AS TYPE_NAME, ${odbcFacts.precision} AS [PRECISION],
     ${odbcFacts.length} AS LENGTH, ${odbcFacts.scale} AS SCALE, CAST(1 AS smallint) AS PSEUDO_COLUMN
   FROM sys.columns AS c JOIN sys.tables AS b ON b.object_id = c.object_id
   JOIN sys.schemas AS s ON s.schema_id = b.schema_id JOIN sys.types AS t ON t.user_type_id = c.system_type_id
   JOIN ${odbcTypesSql} ON o.name = t.name
   WHERE b.name = @table_name AND s.name = ISNULL(@table_owner, s.name)
     AND ((@col_type = 'V' AND t.name = N'timestamp') OR (@col_type <> 'V' AND EXISTS (
       SELECT 1 FROM sys.indexes AS i JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
       WHERE i.object_id = c.object_id AND i.is_primary_key = 1 AND x.column_id = c.column_id)))`,
  `CREATE PROCEDURE sys.sp_stored_procedures @sp_name nvarchar(390) = NULL, @sp_owner nvarchar(384) = NULL,
     @sp_qualifier sysname = NULL, @fUsePattern bit = 1 AS${requireOwnOrNoQualifier('@sp_qualifier')}
   SELECT DB_NAME() AS PROCEDURE_QUALIFIER, s.name AS PROCEDURE_OWNER, CAST(b.name + N';1' AS nvarchar(134)) AS PROCEDURE_NAME,
     CAST(-1 AS int) AS NUM_INPUT_PARAMS, CAST(-1 AS int) AS NUM_OUTPUT_PARAMS, CAST(-1 AS int) AS NUM_RESULT_SETS,
     CAST(NULL AS varchar(254)) AS REMARKS, CAST(2 AS smallint) AS PROCEDURE_TYPE
   FROM sys.objects AS b JOIN sys.schemas AS s ON s.schema_id = b.schema_id
   WHERE b.type IN ('P', 'FN', 'TF', 'IF') AND ${matches('b.name', '@sp_name')} AND ${matches('s.name', '@sp_owner')}
     AND ISNULL(@sp_qualifier, N'.') <> N''
   ORDER BY PROCEDURE_OWNER, PROCEDURE_NAME`,
  `CREATE PROCEDURE sys.sp_databases AS
   SELECT d.name AS DATABASE_NAME, CAST(NULL AS int) AS DATABASE_SIZE, CAST(NULL AS varchar(254)) AS REMARKS
   FROM sys.databases AS d ORDER BY 1`,
];
