/** A transaction is what these procedures refuse to be a part of. */
const alone = (name: string): string => `
   IF @@TRANCOUNT > 0
   BEGIN
     RAISERROR(15002, 16, 1, N'sys.${name}');
     RETURN 1;
   END`;

const requireRole = `
   IF @rolename IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE type = 'R' AND name = @rolename)
   BEGIN
     RAISERROR(15014, 16, 1, @rolename);
     RETURN 1;
   END`;

const requireMember = `
   IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = @membername)
   BEGIN
     RAISERROR(15410, 16, 1, @membername);
     RETURN 1;
   END`;

const run = `
   EXECUTE (@statement);
   IF @@ERROR <> 0 RETURN 1;
   RETURN 0`;

const membership = (name: string, action: string): string =>
  `CREATE PROCEDURE sys.${name} @rolename sysname, @membername sysname AS${alone(name)}${requireRole}${requireMember}
   DECLARE @statement nvarchar(600) = N'ALTER ROLE ' + QUOTENAME(@rolename) + N' ${action} MEMBER ' + QUOTENAME(@membername);${run}`;

const serverMembership = (name: string, action: string): string =>
  `CREATE PROCEDURE sys.${name} @loginame sysname, @rolename sysname = NULL AS${alone(name)}
   IF IS_SRVROLEMEMBER(@rolename) IS NULL OR @rolename = N'public'
   BEGIN
     RAISERROR(15402, 16, 1, @rolename);
     RETURN 1;
   END
   IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = @loginame)
   BEGIN
     RAISERROR(15007, 16, 1, @loginame);
     RETURN 1;
   END
   DECLARE @statement nvarchar(600) = N'ALTER SERVER ROLE ' + QUOTENAME(@rolename) + N' ${action} MEMBER ' + QUOTENAME(@loginame);${run}`;

/** The older forms of CREATE, ALTER and DROP ROLE, and what shows roles, as T-SQL. Columns: Microsoft's documentation of each. */
export const roleProceduresSql: readonly string[] = [
  `CREATE PROCEDURE sys.sp_addrole @rolename sysname, @ownername sysname = NULL AS${alone('sp_addrole')}
   IF EXISTS (SELECT 1 FROM sys.database_principals WHERE type = 'R' AND name = @rolename)
   BEGIN
     RAISERROR(15363, 16, 1, @rolename);
     RETURN 1;
   END
   DECLARE @statement nvarchar(600) = N'CREATE ROLE ' + QUOTENAME(@rolename) + ISNULL(N' AUTHORIZATION ' + QUOTENAME(@ownername), N'');${run}`,
  `CREATE PROCEDURE sys.sp_droprole @rolename sysname AS${alone('sp_droprole')}${requireRole}
   DECLARE @id int = DATABASE_PRINCIPAL_ID(@rolename);
   IF EXISTS (SELECT 1 FROM sys.database_role_members WHERE role_principal_id = @id)
     SELECT u.name AS Name FROM sys.database_role_members AS m
       JOIN sys.database_principals AS u ON u.principal_id = m.member_principal_id
     WHERE m.role_principal_id = @id ORDER BY u.name;
   DECLARE @statement nvarchar(600) = N'DROP ROLE ' + QUOTENAME(@rolename);${run}`,
  membership('sp_addrolemember', 'ADD'),
  membership('sp_droprolemember', 'DROP'),
  serverMembership('sp_addsrvrolemember', 'ADD'),
  serverMembership('sp_dropsrvrolemember', 'DROP'),
  `CREATE PROCEDURE sys.sp_helprole @rolename sysname = NULL AS${requireRole}
   SELECT name AS RoleName, CAST(principal_id AS smallint) AS RoleId, 0 AS IsAppRole
   FROM sys.database_principals WHERE type = 'R' AND name = ISNULL(@rolename, name) ORDER BY principal_id`,
  `CREATE PROCEDURE sys.sp_helprolemember @rolename sysname = NULL AS${requireRole}
   SELECT r.name AS DbRole, u.name AS MemberName, u.sid AS MemberSID
   FROM sys.database_role_members AS m
     JOIN sys.database_principals AS r ON r.principal_id = m.role_principal_id
     JOIN sys.database_principals AS u ON u.principal_id = m.member_principal_id
   WHERE r.name = ISNULL(@rolename, r.name) ORDER BY r.name, u.name`,
];
