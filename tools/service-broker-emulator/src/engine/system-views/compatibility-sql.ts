import { languagesSql } from './languages-sql.ts';

/** Views of the time before SQL Server 2005, as queries over `sys`. Columns that say nothing any more are NULL or 0 there too. */
export const compatibilityViews = {
  sysobjects: `
    SELECT o.name, o.object_id AS id, o.type AS xtype, CAST(o.schema_id AS smallint) AS uid, CAST(0 AS smallint) AS info,
      CAST(0 AS int) AS status, CAST(0 AS int) AS base_schema_ver, CAST(0 AS int) AS replinfo,
      o.parent_object_id AS parent_obj, o.create_date AS crdate, CAST(0 AS smallint) AS ftcatid,
      CAST(0 AS int) AS schema_ver, CAST(0 AS int) AS stats_schema_ver, o.type, CAST(0 AS smallint) AS userstat,
      CAST(0 AS smallint) AS sysstat, CAST(0 AS smallint) AS indexdel, o.modify_date AS refdate, CAST(0 AS int) AS version,
      CAST(0 AS int) AS deltrig, CAST(0 AS int) AS instrig, CAST(0 AS int) AS updtrig, CAST(0 AS int) AS seltrig,
      CAST(0 AS int) AS category, CAST(0 AS smallint) AS cache
    FROM sys.objects AS o`,
  syscolumns: `
    SELECT c.name, c.object_id AS id, c.system_type_id AS xtype, CAST(0 AS tinyint) AS typestat,
      TRY_CAST(c.user_type_id AS smallint) AS xusertype, c.max_length AS length, CAST(c.column_id AS smallint) AS colid,
      CAST(c.default_object_id AS int) AS cdefault, CAST(0 AS int) AS domain, CAST(0 AS smallint) AS number,
      CAST(c.column_id AS smallint) AS colorder, CAST(CASE WHEN c.is_identity = 1 THEN 128 ELSE 0 END
        + CASE WHEN c.is_nullable = 1 THEN 8 ELSE 0 END AS tinyint) AS status,
      CAST(c.precision AS smallint) AS prec, CAST(c.scale AS int) AS scale, CAST(c.is_computed AS int) AS iscomputed,
      CAST(0 AS int) AS isoutparam, CAST(c.is_nullable AS int) AS isnullable, c.collation_name AS collation
    FROM sys.columns AS c`,
  systypes: `
    SELECT t.name, t.system_type_id AS xtype, CAST(0 AS tinyint) AS status, TRY_CAST(t.user_type_id AS smallint) AS xusertype,
      t.max_length AS length, t.precision AS xprec, t.scale AS xscale, CAST(t.schema_id AS smallint) AS uid,
      CAST(t.precision AS smallint) AS prec, t.scale, t.collation_name AS collation, CAST(t.is_nullable AS int) AS allownulls
    FROM sys.types AS t`,
  sysusers: `
    SELECT CAST(p.principal_id AS smallint) AS uid, p.name, p.sid, p.create_date AS createdate, p.create_date AS updatedate,
      CAST(CASE WHEN p.type = 'R' THEN 0 ELSE 1 END AS int) AS islogin,
      CAST(CASE WHEN p.type = 'S' THEN 1 ELSE 0 END AS int) AS issqluser,
      CAST(CASE WHEN p.type = 'R' THEN 1 ELSE 0 END AS int) AS issqlrole
    FROM sys.database_principals AS p`,
  syslanguages: languagesSql,
  sysdatabases: `
    SELECT d.name, CAST(d.database_id AS smallint) AS dbid, d.owner_sid AS sid, CAST(0 AS smallint) AS mode,
      d.create_date AS crdate, d.compatibility_level AS cmptlevel, CAST(NULL AS nvarchar(260)) AS filename
    FROM sys.databases AS d`,
  sysprocesses: `
    SELECT s.session_id AS spid, CAST(0 AS smallint) AS kpid,
      CAST(ISNULL(r.blocking_session_id, 0) AS smallint) AS blocked, ISNULL(r.wait_type, N'') AS lastwaittype,
      s.database_id AS dbid, s.login_time, s.status, s.host_name AS hostname, s.program_name, s.login_name AS loginame,
      CAST(s.open_transaction_count AS smallint) AS open_tran, ISNULL(r.command, N'AWAITING COMMAND') AS cmd
    FROM sys.dm_exec_sessions AS s LEFT JOIN sys.dm_exec_requests AS r ON r.session_id = s.session_id`,
} as const;
