import { matches } from './odbc-procedures-sql.ts';
import { requireOwnQualifier } from './own-database-sql.ts';

/** Tables and views with who owns them. */
const tables = `(SELECT b.object_id, b.name, b.schema_id FROM sys.tables AS b UNION ALL
    SELECT v.object_id, v.name, v.schema_id FROM sys.views AS v) AS b
  JOIN sys.schemas AS s ON s.schema_id = b.schema_id`;

const ownersPrivileges = (extra: string): string =>
  `(VALUES (N'INSERT'), (N'REFERENCES'), (N'SELECT'), (N'UPDATE')${extra}) AS o (privilege)`;

const qualifier = requireOwnQualifier('@table_qualifier');

/** SQLTablePrivileges and SQLColumnPrivileges of ODBC, as T-SQL. Columns: Microsoft's documentation of each. */
export const privilegeProceduresSql: readonly string[] = [
  `CREATE PROCEDURE sys.sp_table_privileges @table_name nvarchar(384), @table_owner nvarchar(384) = NULL,
     @table_qualifier sysname = NULL, @fUsePattern bit = 1 AS
   ${qualifier}
   SELECT DB_NAME() AS TABLE_QUALIFIER, s.name AS TABLE_OWNER, b.name AS TABLE_NAME, USER_NAME(p.grantor) AS GRANTOR,
     USER_NAME(p.grantee) AS GRANTEE, CAST(p.privilege AS varchar(32)) AS PRIVILEGE, CAST(p.grantable AS varchar(3)) AS IS_GRANTABLE
   FROM ${tables}
   CROSS APPLY (
     SELECT s.principal_id AS grantor, s.principal_id AS grantee, o.privilege, 'YES' AS grantable FROM ${ownersPrivileges(", (N'DELETE')")}
     UNION ALL
     SELECT d.grantor_principal_id, d.grantee_principal_id, d.permission_name, CASE d.state WHEN 'W' THEN 'YES' ELSE 'NO' END
     FROM sys.database_permissions AS d
     WHERE d.class = 1 AND d.major_id = b.object_id AND d.minor_id = 0 AND d.state IN ('G', 'W')
       AND d.type IN ('DL', 'IN', 'RF', 'SL', 'UP')) AS p
   WHERE (@fUsePattern = 1 AND ${matches('b.name', '@table_name')} AND ${matches('s.name', '@table_owner')})
     OR (@fUsePattern = 0 AND b.name = @table_name AND s.name = ISNULL(@table_owner, s.name))
   ORDER BY TABLE_OWNER, TABLE_NAME, PRIVILEGE, GRANTEE`,
  `CREATE PROCEDURE sys.sp_column_privileges @table_name sysname, @table_owner sysname = NULL, @table_qualifier sysname = NULL,
     @column_name nvarchar(384) = NULL AS
   ${qualifier}
   SELECT DB_NAME() AS TABLE_QUALIFIER, s.name AS TABLE_OWNER, b.name AS TABLE_NAME, c.name AS COLUMN_NAME,
     USER_NAME(p.grantor) AS GRANTOR, USER_NAME(p.grantee) AS GRANTEE, CAST(p.privilege AS varchar(32)) AS PRIVILEGE,
     CAST(p.grantable AS varchar(3)) AS IS_GRANTABLE
   FROM ${tables} JOIN sys.columns AS c ON c.object_id = b.object_id
   CROSS APPLY (
     SELECT s.principal_id AS grantor, s.principal_id AS grantee, o.privilege, 'YES' AS grantable FROM ${ownersPrivileges('')}
     UNION ALL
     SELECT d.grantor_principal_id, d.grantee_principal_id, d.permission_name, CASE d.state WHEN 'W' THEN 'YES' ELSE 'NO' END
     FROM sys.database_permissions AS d
     WHERE d.class = 1 AND d.major_id = b.object_id AND d.minor_id IN (0, c.column_id) AND d.state IN ('G', 'W')
       AND d.type IN ('IN', 'RF', 'SL', 'UP')
       AND (d.minor_id > 0 OR NOT EXISTS (
         SELECT e.minor_id FROM sys.database_permissions AS e
         WHERE e.class = 1 AND e.major_id = d.major_id AND e.minor_id = c.column_id
           AND e.grantee_principal_id = d.grantee_principal_id AND e.permission_name = d.permission_name))) AS p
   WHERE b.name = @table_name AND s.name = ISNULL(@table_owner, s.name) AND ${matches('c.name', '@column_name')}
   ORDER BY TABLE_OWNER, TABLE_NAME, COLUMN_NAME, PRIVILEGE, GRANTEE`,
];
