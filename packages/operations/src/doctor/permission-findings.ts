import { quoteName, quoteQualifiedName, type SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { grantStatementOf, type RoleGrant } from '../database/role-grants.ts';
import { sqlFix } from '../fix.ts';
import { type Finding, fine, problem, unseen } from './finding.ts';

/** The role of workers, whose login a diagnosis is made with. */
const workerRole = 'HartonomousWorker';

const identityRow = z.object({
  user: z.string(),
  isMember: z.number().nullable(),
  isOwner: z.number(),
  seesGrants: z.number().nullable(),
});

/**
 * What the login may do of all that the role of workers grants, one by one; and for who sees it, whether the roles have their grants.
 * RECEIVE has findings of its own.
 *
 * @param grants of the SQL project
 * @throws BrokerError
 */
export async function permissionFindings(
  session: SqlSession,
  grants: readonly RoleGrant[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const [identity] = await session.query(
    `SELECT USER_NAME() AS [user], IS_ROLEMEMBER(N'${workerRole}') AS [isMember],
       CASE WHEN IS_ROLEMEMBER(N'db_owner') = 1 OR IS_SRVROLEMEMBER(N'sysadmin') = 1 THEN 1 ELSE 0 END AS [isOwner],
       HAS_PERMS_BY_NAME(NULL, N'DATABASE', N'VIEW DEFINITION') AS [seesGrants];`,
    {},
    identityRow,
    { signal, context: { operation: 'looking who this login is' } },
  );
  if (identity === undefined) throw new TypeError('SELECT USER_NAME() had no row.');
  const own = await ownFindings(session, grants, identity, signal);
  const ofRoles =
    identity.seesGrants === 1
      ? await grantFindings(session, grants, signal)
      : [
          unseen(
            'role.grants',
            'whether the roles have all that the SQL project gives them; that takes VIEW DEFINITION.',
            'Ask as an administrator: hartonomous doctor',
          ),
        ];
  return [...own, ...ofRoles];
}

async function ownFindings(
  session: SqlSession,
  all: readonly RoleGrant[],
  { user, isMember, isOwner }: z.output<typeof identityRow>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const grants = all.filter(({ role, permission }) => role === workerRole && permission !== 'RECEIVE');
  if (isOwner === 1) {
    const text = `${user} owns the database or the server and may do everything; what a worker's login may do is not shown by that.`;
    return [fine('permission.role', text)];
  }
  const may = await mayEach(session, grants, signal);
  const lacking = grants.filter((_, place) => !may.has(place));
  const id = 'permission.role';
  if (lacking.length === 0) {
    return [fine(id, `${user} may do all ${grants.length} things besides RECEIVE that ${workerRole} may.`)];
  }
  const join = `ALTER ROLE [${workerRole}] ADD MEMBER ${quoteName(user)};`;
  if (isMember !== 1) {
    const names = lacking.map(({ permission, securable }) => `${permission} on ${securable}`).join(', ');
    return [
      problem(
        id,
        `${user} is not in the role ${workerRole} and lacks ${lacking.length} of its ${grants.length} permissions besides RECEIVE: ${names}.`,
        `As an administrator, or first hartonomous database deploy where the role is missing: ${join}`,
      ),
    ];
  }
  return lacking.map((grant) =>
    problem(
      `permission.${grant.permission}.${grant.securable}`,
      `${user} may not ${grant.permission} ${grant.securable}, or not all of its columns, though it is in the role ${workerRole}; or it is not there.`,
      `As an administrator: ${grantStatementOf(grant)} Where it is missing: hartonomous database deploy. Where somebody has denied it: hartonomous doctor as an administrator names the DENY.`,
    ),
  );
}

/** @returns places of the grants that this login has, for every column */
function mayEach(session: SqlSession, grants: readonly RoleGrant[], signal: AbortSignal): Promise<Set<number>> {
  const may = `HAS_PERMS_BY_NAME(v.[securable], v.[class], v.[permission]) = 1 AND NOT EXISTS (
       SELECT c.[column_id] FROM sys.columns AS c
       WHERE v.[class] = N'OBJECT' AND v.[permission] IN (N'SELECT', N'UPDATE') AND c.[object_id] = OBJECT_ID(v.[securable])
         AND HAS_PERMS_BY_NAME(v.[securable], v.[class], v.[permission], c.[name], N'COLUMN') = 0)`;
  return placesWhere(session, grants, may, signal);
}

/** @returns places of the grants whose securable is there */
function existing(session: SqlSession, grants: readonly RoleGrant[], signal: AbortSignal): Promise<Set<number>> {
  const isThere =
    "CASE v.[class] WHEN N'TYPE' THEN TYPE_ID(v.[securable]) ELSE OBJECT_ID(v.[securable]) END IS NOT NULL";
  return placesWhere(session, grants, isThere, signal);
}

async function placesWhere(
  session: SqlSession,
  grants: readonly RoleGrant[],
  condition: string,
  signal: AbortSignal,
): Promise<Set<number>> {
  const values = grants.map(
    ({ securable, securableClass, permission }, place) =>
      `(${place}, N'${quoteQualifiedName(securable)}', N'${securableClass}', N'${permission}')`,
  );
  const rows = await session.query(
    `SELECT v.[place] FROM (VALUES ${values.join(', ')}) AS v ([place], [securable], [class], [permission])
     WHERE ${condition};`,
    {},
    z.object({ place: z.number() }),
    { signal, context: { operation: 'looking what logins and roles may do' } },
  );
  return new Set(rows.map(({ place }) => place));
}

const grantRow = z.object({
  role: z.string(),
  permission: z.string(),
  state: z.enum(['G', 'W', 'D', 'R']),
  securable: z.string(),
  /** Absent for all of it. */
  column: z.string().nullable(),
});

/** Whether each role has what the SQL project grants it, and nobody denies it. */
async function grantFindings(
  session: SqlSession,
  grants: readonly RoleGrant[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const rows = await session.query(
    `SELECT r.[name] AS [role], p.[permission_name] AS [permission], RTRIM(p.[state]) AS [state],
       CONCAT(OBJECT_SCHEMA_NAME(p.[major_id]), N'.', OBJECT_NAME(p.[major_id])) AS [securable], c.[name] AS [column]
     FROM sys.database_permissions AS p
     INNER JOIN sys.database_principals AS r ON r.[principal_id] = p.[grantee_principal_id]
     LEFT JOIN sys.columns AS c ON c.[object_id] = p.[major_id] AND c.[column_id] = p.[minor_id]
     WHERE p.[class] = 1
     UNION ALL
     SELECT r.[name], p.[permission_name], RTRIM(p.[state]), CONCAT(s.[name], N'.', t.[name]), NULL
     FROM sys.database_permissions AS p
     INNER JOIN sys.database_principals AS r ON r.[principal_id] = p.[grantee_principal_id]
     INNER JOIN sys.types AS t ON t.[user_type_id] = p.[major_id]
     INNER JOIN sys.schemas AS s ON s.[schema_id] = t.[schema_id]
     WHERE p.[class] = 6;`,
    {},
    grantRow,
    { signal, context: { operation: 'looking what the roles may do' } },
  );
  const isGranted = ({ state, column }: GrantRow) => column === null && (state === 'G' || state === 'W');
  const given = new Set(rows.filter(isGranted).map(keyOf));
  const there = await existing(session, grants, signal);
  // What is missing itself is found by another look, and its deployment grants it.
  const missing = grants.filter((grant, place) => there.has(place) && !given.has(keyOf(grant)));
  const securables = new Set(grants.map(({ securable }) => securable.toLowerCase()));
  const denied = rows.filter(({ state, securable }) => state === 'D' && securables.has(securable.toLowerCase()));
  const wanted = new Set(grants.map(keyOf));
  // REVOKE of a column makes an exception from a grant on the whole object.
  const excepted = rows.filter((row) => row.state === 'R' && row.column !== null && wanted.has(keyOf(row)));
  if (missing.length + denied.length + excepted.length === 0) {
    return [fine('role.grants', `The roles have all ${grants.length} permissions that the SQL project gives them.`)];
  }
  return [
    ...missing.map((grant) => {
      const statement = grantStatementOf(grant);
      return problem(
        `role.${grant.role}.${grant.permission}.${grant.securable}`,
        `The role ${grant.role} may not ${grant.permission} ${grant.securable}.`,
        statement,
        sqlFix(statement),
      );
    }),
    ...excepted.map((row) => {
      const { role, permission, securable } = row;
      const statement = `GRANT ${permission} ON ${writtenOf(row)} TO ${quoteName(role)};`;
      return problem(
        `role.${role}.${permission}.${placeOf(row)}`,
        `The role ${role} may ${permission} ${securable} without the column ${row.column}.`,
        statement,
        sqlFix(statement),
      );
    }),
    ...denied.map((row) =>
      problem(
        `role.denied.${row.permission}.${placeOf(row)}`,
        `${row.permission} on ${placeOf(row)} is denied to ${row.role}, whatever a role grants.`,
        `If nobody meant that: REVOKE ${row.permission} ON ${writtenOf(row)} FROM ${quoteName(row.role)};`,
      ),
    ),
  ];
}

type GrantRow = z.output<typeof grantRow>;

/** For ids and people: `dbo.Atom`, or `dbo.Atom.ContentType` for a column. */
function placeOf({ securable, column }: GrantRow): string {
  return column === null ? securable : `${securable}.${column}`;
}

/** For a statement: `dbo.Atom`, or `dbo.Atom ([ContentType])`. */
function writtenOf({ securable, column }: GrantRow): string {
  return column === null ? securable : `${securable} (${quoteName(column)})`;
}

function keyOf({ role, permission, securable }: { role: string; permission: string; securable: string }): string {
  return `${role} ${permission} ${securable}`.toLowerCase();
}
