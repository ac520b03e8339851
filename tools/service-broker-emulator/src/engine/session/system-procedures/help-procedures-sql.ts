import { requireOwnDatabase } from './own-database-sql.ts';

/** Procedures that show a definition, as T-SQL. Columns: Microsoft's documentation of each. */
export const helpProceduresSql: readonly string[] = [
  `CREATE PROCEDURE sys.sp_helpindex @objname nvarchar(776) AS${requireOwnDatabase('@objname')}
   DECLARE @id int = OBJECT_ID(@objname), @database sysname = DB_NAME();
   IF @id IS NULL
   BEGIN
     RAISERROR(15009, 16, 1, @objname, @database);
     RETURN 1;
   END
   IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = @id AND index_id > 0)
   BEGIN
     RAISERROR(15472, 0, 1, @objname);
     RETURN 0;
   END
   SELECT i.name AS index_name,
     CAST(CASE WHEN i.index_id = 1 THEN 'clustered' ELSE 'nonclustered' END
       + CASE WHEN i.is_unique = 1 THEN ', unique' ELSE '' END
       + CASE WHEN i.is_primary_key = 1 THEN ', primary key' ELSE '' END
       + CASE WHEN i.is_unique_constraint = 1 THEN ', unique key' ELSE '' END + ' located on PRIMARY' AS varchar(210))
       AS index_description,
     CAST((SELECT STRING_AGG(CAST(c.name + CASE WHEN x.is_descending_key = 1 THEN N'(-)' ELSE N'' END AS nvarchar(max)), N', ')
         WITHIN GROUP (ORDER BY x.key_ordinal)
       FROM sys.index_columns AS x JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
       WHERE x.object_id = i.object_id AND x.index_id = i.index_id AND x.key_ordinal > 0) AS nvarchar(2126)) AS index_keys
   FROM sys.indexes AS i WHERE i.object_id = @id AND i.index_id > 0 ORDER BY i.name`,
  `CREATE PROCEDURE sys.sp_helplanguage @language sysname = NULL AS
   IF @language IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sys.syslanguages WHERE name = @language OR alias = @language)
   BEGIN
     RAISERROR(15033, 16, 1, @language);
     RETURN 1;
   END
   SELECT langid, dateformat, datefirst, upgrade, name, alias, months, shortmonths, days, lcid, msglangid
   FROM sys.syslanguages WHERE @language IS NULL OR name = @language OR alias = @language ORDER BY langid`,
  `CREATE PROCEDURE sys.sp_helptext @objname nvarchar(776), @columnname sysname = NULL AS${requireOwnDatabase('@objname')}
   DECLARE @id int = OBJECT_ID(@objname), @database sysname = DB_NAME(), @text nvarchar(max);
   SELECT @text = m.definition FROM sys.sql_modules AS m WHERE m.object_id = @id;
   IF @id IS NULL
   BEGIN
     RAISERROR(15009, 16, 1, @objname, @database);
     RETURN 1;
   END
   IF @text IS NULL
   BEGIN
     RAISERROR(15197, 16, 1, @objname);
     RETURN 1;
   END
   DECLARE @lines TABLE (n int IDENTITY PRIMARY KEY, [Text] nvarchar(255) NULL);
   DECLARE @end int;
   WHILE DATALENGTH(@text) > 0
   BEGIN
     SET @end = CHARINDEX(NCHAR(10), @text);
     IF @end = 0 SET @end = DATALENGTH(@text) / 2;
     IF @end > 255 SET @end = 255;
     INSERT @lines ([Text]) VALUES (SUBSTRING(@text, 1, @end));
     SET @text = SUBSTRING(@text, @end + 1, 2147483647);
   END
   SELECT [Text] FROM @lines ORDER BY n`,
];
