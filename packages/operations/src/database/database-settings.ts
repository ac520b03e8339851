import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { serverIdentityColumns, serverIdentityRow } from './engine-edition.ts';

const settingsRow = serverIdentityRow.extend({
  name: z.string(),
  edition: z.string().nullable(),
  owner: z.string().nullable(),
  isOwnerDbo: z.number(),
  mayImpersonate: z.number().nullable(),
  isBrokerUserOwner: z.number().nullable(),
  seesRoles: z.number(),
  seesDatabases: z.number().nullable(),
  isAutoCloseOn: z.boolean(),
  compatibilityLevel: z.number(),
  isReadCommittedSnapshotOn: z.boolean(),
  isBrokerEnabled: z.boolean(),
});

const twinRow = z.object({ name: z.string(), isBrokerEnabled: z.boolean() });
const trialRow = z.object({ refusal: z.string().nullable() });

/** Another database of the server with the same Service Broker identifier: one of the two is a copy. */
type BrokerTwin = z.output<typeof twinRow>;

/** What server and database are set to, as far as the product depends on it. */
export interface DatabaseSettings extends z.output<typeof settingsRow> {
  /** Why nothing can run as `dbo`; null where it can, undefined where this login may not try. */
  readonly impersonationRefusal: string | null | undefined;
  readonly twins: readonly BrokerTwin[];
}

/** `dbo` is always the first principal of a database. */
const dboId = 1;

/** Databases whose broker was never set up have this in common. */
const noIdentifier = '00000000-0000-0000-0000-000000000000';

/**
 * Reads the settings of the session's database and its server; changes nothing.
 *
 * @throws BrokerError
 */
export async function readDatabaseSettings(session: SqlSession, signal?: AbortSignal): Promise<DatabaseSettings> {
  const options = { signal, context: { operation: 'looking at the settings of the database' } };
  const [settings] = await session.query(
    `SELECT d.[name], ${serverIdentityColumns}, CONVERT(NVARCHAR(128), SERVERPROPERTY(N'Edition')) AS [edition],
       SUSER_SNAME(d.[owner_sid]) AS [owner],
       CASE WHEN p.[sid] = d.[owner_sid] THEN 1 ELSE 0 END AS [isOwnerDbo],
       HAS_PERMS_BY_NAME(N'dbo', N'USER', N'IMPERSONATE') AS [mayImpersonate],
       IS_ROLEMEMBER(N'db_owner', N'HartonomousBroker') AS [isBrokerUserOwner],
       HAS_PERMS_BY_NAME(NULL, N'DATABASE', N'VIEW DEFINITION') AS [seesRoles],
       HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW ANY DATABASE') AS [seesDatabases],
       d.[is_auto_close_on] AS [isAutoCloseOn], d.[compatibility_level] AS [compatibilityLevel],
       d.[is_read_committed_snapshot_on] AS [isReadCommittedSnapshotOn], d.[is_broker_enabled] AS [isBrokerEnabled]
     FROM sys.databases AS d
     LEFT JOIN sys.database_principals AS p ON p.[principal_id] = ${dboId}
     WHERE d.[database_id] = DB_ID();`,
    {},
    settingsRow,
    options,
  );
  if (settings === undefined) throw new Error('sys.databases has no row of the current database');
  const twins = await session.query(
    `SELECT o.[name], o.[is_broker_enabled] AS [isBrokerEnabled]
     FROM sys.databases AS d
     INNER JOIN sys.databases AS o
       ON o.[service_broker_guid] = d.[service_broker_guid] AND o.[database_id] <> d.[database_id]
     WHERE d.[database_id] = DB_ID() AND d.[service_broker_guid] <> '${noIdentifier}'
     ORDER BY o.[name];`,
    {},
    twinRow,
    options,
  );
  return { ...settings, twins, impersonationRefusal: await refusalToImpersonate(session, settings, options) };
}

/** Names and identifiers may all be right while a domain controller can't be reached (15404): only trying shows it. */
async function refusalToImpersonate(
  session: SqlSession,
  { mayImpersonate }: z.output<typeof settingsRow>,
  options: Parameters<SqlSession['query']>[3],
): Promise<string | null | undefined> {
  if (mayImpersonate !== 1) return undefined;
  const [trial] = await session.query(
    `DECLARE @Refusal NVARCHAR(2100);
     BEGIN TRY
       EXECUTE AS USER = N'dbo';
       REVERT;
     END TRY
     BEGIN CATCH
       SET @Refusal = CONCAT(N'error ', ERROR_NUMBER(), N': ', ERROR_MESSAGE());
     END CATCH;
     SELECT @Refusal AS [refusal];`,
    {},
    trialRow,
    options,
  );
  return trial?.refusal ?? null;
}
