import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { AzureSqlDatabaseError } from '../errors.ts';

/** EngineEdition of Azure SQL Database (https://learn.microsoft.com/sql/t-sql/functions/serverproperty-transact-sql). */
const azureSqlDatabase = 5;

/**
 * Refuses a server that has no Service Broker, before anything is changed or looked for.
 *
 * @throws AzureSqlDatabaseError
 */
export async function requireServiceBroker(session: SqlSession, signal?: AbortSignal): Promise<void> {
  const [server] = await session.query(
    `SELECT CONVERT(INT, SERVERPROPERTY(N'EngineEdition')) AS [engineEdition];`,
    {},
    z.object({ engineEdition: z.number().nullable() }),
    { signal, context: { operation: 'asking SQL Server for its edition' } },
  );
  checkEngineEdition(server?.engineEdition ?? null);
}

/**
 * @param edition as SERVERPROPERTY gives it; null where the server has no such property
 * @throws AzureSqlDatabaseError
 */
export function checkEngineEdition(edition: number | null): void {
  if (edition === azureSqlDatabase) throw new AzureSqlDatabaseError();
}
