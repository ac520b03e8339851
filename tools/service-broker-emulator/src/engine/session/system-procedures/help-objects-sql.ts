import { requireOwnDatabase } from './own-database-sql.ts';

/** sp_help and its kin, as T-SQL. Result sets: Microsoft's documentation of each. */

const requireObject = `${requireOwnDatabase('@objname')}
   DECLARE @id int = OBJECT_ID(@objname), @database sysname = DB_NAME();
   IF @id IS NULL
   BEGIN
     RAISERROR(15009, 16, 1, @objname, @database);
     RETURN 1;
   END`;

const lengths = `
     CAST(c.max_length AS int) AS Length,
     CAST(CASE WHEN t.name IN (N'tinyint', N'smallint', N'int', N'bigint', N'decimal', N'numeric', N'money', N'smallmoney',
       N'float', N'real', N'date', N'time', N'datetime2', N'datetimeoffset') THEN CAST(c.precision AS varchar(5))
       ELSE '' END AS char(5)) AS Prec,
     CAST(CASE WHEN t.name IN (N'tinyint', N'smallint', N'int', N'bigint', N'decimal', N'numeric', N'money', N'smallmoney',
       N'time', N'datetime2', N'datetimeoffset') THEN CAST(c.scale AS varchar(5)) ELSE '' END AS char(5)) AS Scale`;

const padded = `t.name IN (N'char', N'varchar', N'binary', N'varbinary')`;

/** The words that sp_help has for kinds of objects. */
const objectType = `CAST(CASE RTRIM(o.type) WHEN 'P' THEN 'stored procedure' WHEN 'FN' THEN 'scalar function'
       WHEN 'IF' THEN 'inline function' WHEN 'TF' THEN 'table function' WHEN 'TR' THEN 'trigger' WHEN 'PK' THEN 'primary key cns'
       WHEN 'UQ' THEN 'unique key cns' WHEN 'F' THEN 'foreign key cns' WHEN 'C' THEN 'check cns'
       WHEN 'D' THEN 'default (maybe cns)' ELSE LOWER(REPLACE(o.type_desc, '_', ' ')) END AS nvarchar(31))`;

export const helpObjectsSql: readonly string[] = [
  `CREATE PROCEDURE sys.sp_help @objname nvarchar(776) = NULL AS
   SET NOCOUNT ON;${requireOwnDatabase('@objname')}
   IF OBJECT_ID(@objname) IS NULL AND TYPE_ID(@objname) IS NOT NULL
   BEGIN
     SELECT t.name AS Type_name, TYPE_NAME(t.system_type_id) AS Storage_type, t.max_length AS Length,
       CAST(t.precision AS int) AS Prec, CAST(t.scale AS int) AS Scale,
       CAST(CASE WHEN t.is_nullable = 1 THEN 'yes' ELSE 'no' END AS varchar(35)) AS Nullable,
       CAST(N'none' AS sysname) AS Default_name, CAST(N'none' AS sysname) AS Rule_name, t.collation_name AS Collation
     FROM sys.types AS t WHERE t.user_type_id = TYPE_ID(@objname);
     RETURN 0;
   END
   IF @objname IS NULL
   BEGIN
     SELECT o.name AS Name, SCHEMA_NAME(o.schema_id) AS Owner, ${objectType} AS Object_type
     FROM sys.objects AS o ORDER BY SCHEMA_NAME(o.schema_id), Object_type DESC, Name;
     SELECT t.name AS User_type, TYPE_NAME(t.system_type_id) AS Storage_type, CAST(t.max_length AS int) AS Length,
       CAST(t.precision AS int) AS Prec, CAST(t.scale AS int) AS Scale,
       CAST(CASE WHEN t.is_nullable = 1 THEN 'yes' ELSE 'no' END AS varchar(35)) AS Nullable,
       CAST(N'none' AS sysname) AS Default_name, CAST(N'none' AS sysname) AS Rule_name, t.collation_name AS Collation
     FROM sys.types AS t WHERE t.is_user_defined = 1 ORDER BY t.name;
     RETURN 0;
   END${requireObject}
   DECLARE @type char(2) = (SELECT o.type FROM sys.objects AS o WHERE o.object_id = @id);
   SELECT o.name AS Name, CAST(N'dbo' AS sysname) AS Owner, ${objectType} AS Type,
     o.create_date AS Created_datetime
   FROM sys.objects AS o WHERE o.object_id = @id;
   IF @type IN ('U', 'V', 'TF', 'IF', 'SQ')
     SELECT c.name AS Column_name, TYPE_NAME(c.user_type_id) AS Type,
       CAST(CASE WHEN c.is_computed = 1 THEN 'yes' ELSE 'no' END AS varchar(35)) AS Computed,${lengths},
       CAST(CASE WHEN c.is_nullable = 1 THEN 'yes' ELSE 'no' END AS varchar(35)) AS Nullable,
       CAST(CASE WHEN ${padded} THEN 'no' ELSE '(n/a)' END AS varchar(35)) AS TrimTrailingBlanks,
       CAST(CASE WHEN NOT ${padded} THEN '(n/a)' WHEN c.is_nullable = 1 THEN 'yes' ELSE 'no' END AS varchar(35))
         AS FixedLenNullInSource,
       c.collation_name AS Collation
     FROM sys.columns AS c JOIN sys.types AS t ON t.user_type_id = c.system_type_id
     WHERE c.object_id = @id ORDER BY c.column_id;
   IF @type IN ('U', 'V', 'TF', 'IF')
   BEGIN
     IF EXISTS (SELECT 1 FROM sys.identity_columns AS c WHERE c.object_id = @id)
       SELECT c.name AS [Identity], CAST(c.seed_value AS numeric(38, 0)) AS Seed,
         CAST(c.increment_value AS numeric(38, 0)) AS Increment, CAST(0 AS int) AS [Not For Replication]
       FROM sys.identity_columns AS c WHERE c.object_id = @id;
     ELSE
       SELECT CAST(N'No identity column defined.' AS nvarchar(128)) AS [Identity], CAST(NULL AS numeric(38, 0)) AS Seed,
         CAST(NULL AS numeric(38, 0)) AS Increment, CAST(NULL AS int) AS [Not For Replication];
     SELECT CAST(ISNULL((SELECT c.name FROM sys.columns AS c WHERE c.object_id = @id AND c.is_rowguidcol = 1),
       N'No rowguidcol column defined.') AS nvarchar(128)) AS [RowGuidCol];
   END
   IF @type IN ('P', 'FN', 'TF', 'IF') AND EXISTS (SELECT 1 FROM sys.parameters AS c WHERE c.object_id = @id)
     SELECT c.name AS Parameter_name, TYPE_NAME(c.user_type_id) AS Type,${lengths},
       c.parameter_id AS Param_order,
       CAST(CASE WHEN t.name IN (N'char', N'varchar', N'nchar', N'nvarchar', N'text', N'ntext')
         THEN DATABASEPROPERTYEX(DB_NAME(), 'Collation') END AS sysname) AS Collation
     FROM sys.parameters AS c LEFT JOIN sys.types AS t ON t.user_type_id = c.system_type_id
     WHERE c.object_id = @id ORDER BY c.parameter_id;
   IF @type = 'U'
   BEGIN
     SELECT CAST(N'PRIMARY' AS nvarchar(128)) AS Data_located_on_filegroup;
     EXEC sys.sp_helpindex @objname;
     EXEC sys.sp_helpconstraint @objname, 'nomsg';
   END
   RETURN 0`,
  `CREATE PROCEDURE sys.sp_helpconstraint @objname nvarchar(776), @nomsg varchar(5) = 'msg' AS
   SET NOCOUNT ON;${requireObject}
   IF @nomsg <> 'nomsg' SELECT @objname AS [Object Name];
   DECLARE @found TABLE (n int IDENTITY PRIMARY KEY, t nvarchar(146), c sysname, d nvarchar(9), u nvarchar(9), e varchar(8),
     r varchar(19), k nvarchar(2126));
   INSERT @found (t, c, d, u, e, r, k)
   SELECT CASE WHEN i.is_primary_key = 1 THEN 'PRIMARY KEY' ELSE 'UNIQUE' END
       + CASE WHEN i.index_id = 1 THEN ' (clustered)' ELSE ' (non-clustered)' END,
     i.name, '(n/a)', '(n/a)', '(n/a)', '(n/a)',
     (SELECT STRING_AGG(CAST(c.name + CASE WHEN x.is_descending_key = 1 THEN N'(-)' ELSE N'' END AS nvarchar(max)), N', ')
         WITHIN GROUP (ORDER BY x.key_ordinal)
       FROM sys.index_columns AS x JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
       WHERE x.object_id = i.object_id AND x.index_id = i.index_id AND x.key_ordinal > 0)
   FROM sys.indexes AS i WHERE i.object_id = @id AND (i.is_primary_key = 1 OR i.is_unique_constraint = 1);
   INSERT @found (t, c, d, u, e, r, k)
   SELECT 'DEFAULT on column ' + c.name, d.name, '(n/a)', '(n/a)', '(n/a)', '(n/a)', d.definition
   FROM sys.default_constraints AS d JOIN sys.columns AS c ON c.object_id = d.parent_object_id AND c.column_id = d.parent_column_id
   WHERE d.parent_object_id = @id;
   INSERT @found (t, c, d, u, e, r, k)
   SELECT CASE WHEN c.name IS NULL THEN 'CHECK Table Level ' ELSE 'CHECK on column ' + c.name END, k.name, '(n/a)', '(n/a)',
     CASE WHEN k.is_disabled = 1 THEN 'Disabled' ELSE 'Enabled' END, 'Is_For_Replication', k.definition
   FROM sys.check_constraints AS k
   LEFT JOIN sys.columns AS c ON c.object_id = k.parent_object_id AND c.column_id = k.parent_column_id
   WHERE k.parent_object_id = @id;
   INSERT @found (t, c, d, u, e, r, k)
   SELECT 'FOREIGN KEY', f.name, CASE f.delete_referential_action WHEN 0 THEN 'No Action' WHEN 1 THEN 'Cascade'
       WHEN 2 THEN 'Set Null' ELSE 'Set Default' END,
     CASE f.update_referential_action WHEN 0 THEN 'No Action' WHEN 1 THEN 'Cascade' WHEN 2 THEN 'Set Null'
       ELSE 'Set Default' END,
     CASE WHEN f.is_disabled = 1 THEN 'Disabled' ELSE 'Enabled' END, 'Is_For_Replication',
     (SELECT STRING_AGG(CAST(COL_NAME(x.parent_object_id, x.parent_column_id) AS nvarchar(max)), N', ')
         WITHIN GROUP (ORDER BY x.constraint_column_id)
       FROM sys.foreign_key_columns AS x WHERE x.constraint_object_id = f.object_id)
   FROM sys.foreign_keys AS f WHERE f.parent_object_id = @id;
   INSERT @found (t, c, d, u, e, r, k)
   SELECT ' ', ' ', ' ', ' ', ' ', ' ', CONCAT('REFERENCES ', DB_NAME(), '.', SCHEMA_NAME(o.schema_id), '.', o.name, ' (',
     (SELECT STRING_AGG(CAST(COL_NAME(x.referenced_object_id, x.referenced_column_id) AS nvarchar(max)), N', ')
         WITHIN GROUP (ORDER BY x.constraint_column_id)
       FROM sys.foreign_key_columns AS x WHERE x.constraint_object_id = f.object_id), ')')
   FROM sys.foreign_keys AS f JOIN sys.objects AS o ON o.object_id = f.referenced_object_id WHERE f.parent_object_id = @id;
   IF EXISTS (SELECT 1 FROM @found)
     SELECT t AS constraint_type, c AS constraint_name, d AS delete_action, u AS update_action, e AS status_enabled,
       r AS status_for_replication, k AS constraint_keys
     FROM @found ORDER BY CASE WHEN t = ' ' THEN 1 ELSE 0 END, n;
   ELSE IF @nomsg <> 'nomsg' RAISERROR(15469, 0, 1, @objname);
   IF EXISTS (SELECT 1 FROM sys.foreign_keys AS f WHERE f.referenced_object_id = @id)
     SELECT CONCAT(DB_NAME(), '.', SCHEMA_NAME(f.schema_id), '.', OBJECT_NAME(f.parent_object_id), ': ', f.name)
       AS [Table is referenced by foreign key]
     FROM sys.foreign_keys AS f WHERE f.referenced_object_id = @id ORDER BY 1;
   ELSE IF @nomsg <> 'nomsg' RAISERROR(15470, 0, 1, @objname);
   RETURN 0`,
  `CREATE PROCEDURE sys.sp_helptrigger @tabname nvarchar(776), @triggertype char(6) = NULL AS
   SET NOCOUNT ON;
   DECLARE @objname nvarchar(776) = @tabname;${requireObject}
   IF @triggertype IS NOT NULL AND UPPER(@triggertype) NOT IN ('UPDATE', 'DELETE', 'INSERT')
   BEGIN
     RAISERROR(15305, 16, 1);
     RETURN 1;
   END
   SELECT t.name AS trigger_name, CAST(N'dbo' AS sysname) AS trigger_owner,
     ISNULL((SELECT 1 FROM sys.trigger_events AS e WHERE e.object_id = t.object_id AND e.type = 2), 0) AS isupdate,
     ISNULL((SELECT 1 FROM sys.trigger_events AS e WHERE e.object_id = t.object_id AND e.type = 3), 0) AS isdelete,
     ISNULL((SELECT 1 FROM sys.trigger_events AS e WHERE e.object_id = t.object_id AND e.type = 1), 0) AS isinsert,
     CASE WHEN t.is_instead_of_trigger = 1 THEN 0 ELSE 1 END AS isafter, CAST(t.is_instead_of_trigger AS int) AS isinsteadof,
     SCHEMA_NAME(o.schema_id) AS trigger_schema
   FROM sys.triggers AS t JOIN sys.objects AS o ON o.object_id = t.object_id
   WHERE t.parent_id = @id AND (@triggertype IS NULL OR EXISTS (SELECT 1 FROM sys.trigger_events AS e
     WHERE e.object_id = t.object_id AND e.type_desc = UPPER(@triggertype)))
   ORDER BY t.name;
   RETURN 0`,
  `CREATE PROCEDURE sys.sp_who @loginame sysname = NULL AS
   SET NOCOUNT ON;
   SELECT CAST(s.session_id AS smallint) AS spid, CAST(0 AS smallint) AS ecid, CAST(s.status AS nchar(30)) AS status,
     CAST(s.login_name AS nchar(128)) AS loginame, CAST(s.host_name AS nchar(128)) AS hostname,
     CAST(ISNULL(r.blocking_session_id, 0) AS char(5)) AS blk, CAST(DB_NAME(s.database_id) AS nchar(128)) AS dbname,
     CAST(ISNULL(r.command, N'AWAITING COMMAND') AS nchar(16)) AS cmd, CAST(0 AS int) AS request_id
   FROM sys.dm_exec_sessions AS s LEFT JOIN sys.dm_exec_requests AS r ON r.session_id = s.session_id
   WHERE @loginame IS NULL OR s.login_name = @loginame OR CAST(s.session_id AS nvarchar(10)) = @loginame
     OR (@loginame = N'active' AND r.session_id IS NOT NULL)
   ORDER BY s.session_id;
   RETURN 0`,
];
