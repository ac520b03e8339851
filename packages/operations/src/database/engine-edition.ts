import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { AzureSqlDatabaseError, SqlServerTooOldError } from '../errors.ts';

/** EngineEdition of Azure SQL Database (https://learn.microsoft.com/sql/t-sql/functions/serverproperty-transact-sql). */
const azureSqlDatabase = 5;

/** EngineEdition of Azure SQL Managed Instance, which has the newest engine and calls it version 12. */
const managedInstance = 8;

/** SQL Server 2019: the model of the SQL project, and the oldest version that Microsoft still supports for long. */
const oldestMajorVersion = 15;

/** What a server reports about itself. A property that it doesn't know is null. */
export interface ServerIdentity {
  readonly engineEdition: number | null;
  /** For example `16.0.4096.0`. */
  readonly version: string | null;
}

/** Columns of {@link serverIdentityRow}. */
export const serverIdentityColumns = `CONVERT(INT, SERVERPROPERTY(N'EngineEdition')) AS [engineEdition],
       CONVERT(NVARCHAR(128), SERVERPROPERTY(N'ProductVersion')) AS [version]`;

/** The row of {@link serverIdentityColumns}. */
export const serverIdentityRow = z.object({ engineEdition: z.number().nullable(), version: z.string().nullable() });

/**
 * Refuses a server that the product can't run on, before anything is changed or looked for.
 *
 * @throws AzureSqlDatabaseError, SqlServerTooOldError
 */
export async function requireSupportedServer(session: SqlSession, signal?: AbortSignal): Promise<void> {
  const [server] = await session.query(`SELECT ${serverIdentityColumns};`, {}, serverIdentityRow, {
    signal,
    context: { operation: 'asking SQL Server for its edition and version' },
  });
  checkServer(server ?? { engineEdition: null, version: null });
}

/** @throws AzureSqlDatabaseError, SqlServerTooOldError */
export function checkServer({ engineEdition, version }: ServerIdentity): void {
  if (engineEdition === azureSqlDatabase) throw new AzureSqlDatabaseError();
  if (engineEdition === managedInstance || version === null) return;
  if (Number.parseInt(version, 10) < oldestMajorVersion) throw new SqlServerTooOldError(version);
}
