/** Views of INFORMATION_SCHEMA as queries over `sys`. Columns: Microsoft's documentation of each view. */
export const informationSchemaSql = {
  'INFORMATION_SCHEMA.CHECK_CONSTRAINTS': `
    SELECT DB_NAME() AS CONSTRAINT_CATALOG, s.name AS CONSTRAINT_SCHEMA, c.name AS CONSTRAINT_NAME,
      CAST(c.definition AS nvarchar(4000)) AS CHECK_CLAUSE
    FROM sys.check_constraints AS c JOIN sys.schemas AS s ON s.schema_id = c.schema_id`,
  'INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS': `
    SELECT DB_NAME() AS CONSTRAINT_CATALOG, s.name AS CONSTRAINT_SCHEMA, f.name AS CONSTRAINT_NAME,
      DB_NAME() AS UNIQUE_CONSTRAINT_CATALOG, rs.name AS UNIQUE_CONSTRAINT_SCHEMA, i.name AS UNIQUE_CONSTRAINT_NAME,
      CAST('SIMPLE' AS varchar(7)) AS MATCH_OPTION,
      CAST(REPLACE(f.update_referential_action_desc, '_', ' ') AS varchar(11)) AS UPDATE_RULE,
      CAST(REPLACE(f.delete_referential_action_desc, '_', ' ') AS varchar(11)) AS DELETE_RULE
    FROM sys.foreign_keys AS f
    JOIN sys.schemas AS s ON s.schema_id = f.schema_id
    JOIN sys.tables AS r ON r.object_id = f.referenced_object_id
    JOIN sys.schemas AS rs ON rs.schema_id = r.schema_id
    LEFT JOIN sys.indexes AS i ON i.object_id = f.referenced_object_id AND i.index_id = f.key_index_id`,
  'INFORMATION_SCHEMA.CONSTRAINT_TABLE_USAGE': `
    SELECT t.TABLE_CATALOG, t.TABLE_SCHEMA, t.TABLE_NAME, t.CONSTRAINT_CATALOG, t.CONSTRAINT_SCHEMA, t.CONSTRAINT_NAME
    FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS AS t`,
  'INFORMATION_SCHEMA.TABLE_PRIVILEGES': `
    SELECT USER_NAME(p.grantor_principal_id) AS GRANTOR, USER_NAME(p.grantee_principal_id) AS GRANTEE,
      DB_NAME() AS TABLE_CATALOG, s.name AS TABLE_SCHEMA, o.name AS TABLE_NAME,
      CAST(p.permission_name AS varchar(10)) AS PRIVILEGE_TYPE,
      CAST(CASE p.state WHEN 'W' THEN 'YES' ELSE 'NO' END AS varchar(3)) AS IS_GRANTABLE
    FROM sys.database_permissions AS p JOIN sys.objects AS o ON o.object_id = p.major_id
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id
    WHERE p.class = 1 AND p.minor_id = 0 AND o.type IN ('U', 'V') AND p.state IN ('G', 'W')
      AND p.type IN ('DL', 'IN', 'RF', 'SL', 'UP')
      AND (p.grantee_principal_id IN (0, USER_ID()) OR p.grantor_principal_id = USER_ID())`,
  'INFORMATION_SCHEMA.COLUMN_PRIVILEGES': `
    SELECT USER_NAME(p.grantor_principal_id) AS GRANTOR, USER_NAME(p.grantee_principal_id) AS GRANTEE,
      DB_NAME() AS TABLE_CATALOG, s.name AS TABLE_SCHEMA, o.name AS TABLE_NAME, c.name AS COLUMN_NAME,
      CAST(p.permission_name AS varchar(10)) AS PRIVILEGE_TYPE,
      CAST(CASE p.state WHEN 'W' THEN 'YES' ELSE 'NO' END AS varchar(3)) AS IS_GRANTABLE
    FROM sys.database_permissions AS p JOIN sys.objects AS o ON o.object_id = p.major_id
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id
    JOIN sys.columns AS c ON c.object_id = p.major_id AND c.column_id = p.minor_id
    WHERE p.class = 1 AND o.type IN ('U', 'V') AND p.state IN ('G', 'W') AND p.type IN ('RF', 'SL', 'UP')
      AND (p.grantee_principal_id IN (0, USER_ID()) OR p.grantor_principal_id = USER_ID())`,
  'INFORMATION_SCHEMA.VIEWS': `
    SELECT DB_NAME() AS TABLE_CATALOG, s.name AS TABLE_SCHEMA, v.name AS TABLE_NAME,
      CAST(m.definition AS nvarchar(4000)) AS VIEW_DEFINITION, CAST('NONE' AS varchar(7)) AS CHECK_OPTION,
      CAST('NO' AS varchar(2)) AS IS_UPDATABLE
    FROM sys.views AS v JOIN sys.schemas AS s ON s.schema_id = v.schema_id
    LEFT JOIN sys.sql_modules AS m ON m.object_id = v.object_id`,
  'INFORMATION_SCHEMA.SEQUENCES': `
    SELECT DB_NAME() AS SEQUENCE_CATALOG, s.name AS SEQUENCE_SCHEMA, q.name AS SEQUENCE_NAME, t.name AS DATA_TYPE,
      t.precision AS NUMERIC_PRECISION, CAST(10 AS smallint) AS NUMERIC_PRECISION_RADIX,
      CAST(0 AS int) AS NUMERIC_SCALE, q.start_value AS START_VALUE, q.minimum_value AS MINIMUM_VALUE,
      q.maximum_value AS MAXIMUM_VALUE, q.increment AS INCREMENT, CAST(q.is_cycling AS int) AS CYCLE_OPTION,
      CAST(NULL AS sysname) AS DECLARED_DATA_TYPE, CAST(NULL AS tinyint) AS DECLARED_NUMERIC_PRECISION,
      CAST(NULL AS int) AS DECLARED_NUMERIC_SCALE
    FROM sys.sequences AS q JOIN sys.schemas AS s ON s.schema_id = q.schema_id
    JOIN sys.types AS t ON t.user_type_id = q.user_type_id`,
  'INFORMATION_SCHEMA.PARAMETERS': `
    SELECT DB_NAME() AS SPECIFIC_CATALOG, s.name AS SPECIFIC_SCHEMA, o.name AS SPECIFIC_NAME,
      p.parameter_id AS ORDINAL_POSITION,
      CAST(CASE WHEN p.parameter_id = 0 THEN 'OUT' WHEN p.is_output = 1 THEN 'INOUT' ELSE 'IN' END AS nvarchar(10))
        AS PARAMETER_MODE,
      CAST(CASE WHEN p.parameter_id = 0 THEN 'YES' ELSE 'NO' END AS nvarchar(10)) AS IS_RESULT,
      CAST('NO' AS nvarchar(10)) AS AS_LOCATOR, p.name AS PARAMETER_NAME, t.name AS DATA_TYPE,
      CASE WHEN t.name IN (N'nvarchar', N'nchar') AND p.max_length > 0 THEN p.max_length / 2
           WHEN t.name IN (N'nvarchar', N'varchar', N'nchar', N'char', N'varbinary', N'binary')
           THEN CAST(p.max_length AS int) END AS CHARACTER_MAXIMUM_LENGTH,
      CASE WHEN t.name IN (N'nvarchar', N'varchar', N'nchar', N'char', N'varbinary', N'binary')
           THEN CAST(p.max_length AS int) END AS CHARACTER_OCTET_LENGTH,
      CASE WHEN t.name IN (N'tinyint', N'smallint', N'int', N'bigint', N'decimal', N'numeric', N'money', N'smallmoney')
           THEN p.precision END AS NUMERIC_PRECISION,
      CASE WHEN t.name IN (N'tinyint', N'smallint', N'int', N'bigint', N'decimal', N'numeric', N'money', N'smallmoney')
           THEN CAST(p.scale AS int) END AS NUMERIC_SCALE,
      CASE WHEN t.name IN (N'date', N'time', N'datetime', N'datetime2', N'smalldatetime', N'datetimeoffset')
           THEN CAST(p.scale AS smallint) END AS DATETIME_PRECISION,
      CASE WHEN t.is_user_defined = 1 THEN DB_NAME() END AS USER_DEFINED_TYPE_CATALOG,
      CASE WHEN t.is_user_defined = 1 THEN SCHEMA_NAME(t.schema_id) END AS USER_DEFINED_TYPE_SCHEMA,
      CASE WHEN t.is_user_defined = 1 THEN t.name END AS USER_DEFINED_TYPE_NAME
    FROM sys.parameters AS p JOIN sys.objects AS o ON o.object_id = p.object_id
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id JOIN sys.types AS t ON t.user_type_id = p.user_type_id`,
  'INFORMATION_SCHEMA.DOMAINS': `
    SELECT DB_NAME() AS DOMAIN_CATALOG, SCHEMA_NAME(u.schema_id) AS DOMAIN_SCHEMA, u.name AS DOMAIN_NAME,
      t.name AS DATA_TYPE,
      CASE WHEN t.name IN (N'nvarchar', N'nchar') AND u.max_length > 0 THEN u.max_length / 2
           WHEN t.name IN (N'nvarchar', N'varchar', N'nchar', N'char', N'varbinary', N'binary')
           THEN CAST(u.max_length AS int) END AS CHARACTER_MAXIMUM_LENGTH,
      CASE WHEN t.name IN (N'nvarchar', N'varchar', N'nchar', N'char', N'varbinary', N'binary')
           THEN CAST(u.max_length AS int) END AS CHARACTER_OCTET_LENGTH,
      u.collation_name AS COLLATION_NAME, u.precision AS NUMERIC_PRECISION, CAST(u.scale AS int) AS NUMERIC_SCALE
    FROM sys.types AS u JOIN sys.types AS t ON t.user_type_id = u.system_type_id
    WHERE u.is_user_defined = 1 AND u.is_table_type = 0`,
} as const;
