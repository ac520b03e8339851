import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import type { EntityType } from '@hartonomous/provenance-schema';
import { z } from 'zod';

/** The outcome of an entity in one batch. */
export interface SyncLogEntry {
  readonly loggedAt: Date;
  readonly outcome: string;
  readonly syncType: string | null;
  /** Messages about it that the batch had. */
  readonly messages: number;
  readonly enqueuedAt: Date | null;
  readonly detail: string | null;
}

/** Whose history. */
export interface EntityHistoryQuery {
  readonly entityType: EntityType;
  readonly entityId: bigint;
  /** Rows of other tenants are never read. */
  readonly tenantId: number;
  /** Most rows, 1 to 1000. */
  readonly limit: number;
}

const entryRow = z
  .object({
    LoggedAt: z.date(),
    Outcome: z.string(),
    SyncType: z.string().nullable(),
    MessageCount: z.number(),
    EnqueuedAt: z.date().nullable(),
    Detail: z.string().nullable(),
  })
  .transform(
    (row): SyncLogEntry => ({
      loggedAt: row.LoggedAt,
      outcome: row.Outcome,
      syncType: row.SyncType,
      messages: row.MessageCount,
      enqueuedAt: row.EnqueuedAt,
      detail: row.Detail,
    }),
  );

/** What the log of graph synchronization has of an entity, the latest first; it is kept for a number of days. @throws BrokerError */
export function entityHistory(
  client: BrokerClient,
  { entityType, entityId, tenantId, limit }: EntityHistoryQuery,
  signal: AbortSignal,
): Promise<readonly SyncLogEntry[]> {
  return client.query(
    `SELECT TOP (@Limit) l.[LoggedAt], l.[Outcome], l.[SyncType], l.[MessageCount], l.[EnqueuedAt], l.[Detail]
     FROM [dbo].[Neo4jSyncLog] AS l
     WHERE l.[EntityType] = @EntityType AND l.[EntityId] = @EntityId AND l.[TenantId] = @TenantId
     ORDER BY l.[Neo4jSyncLogId] DESC;`,
    {
      ...{ Limit: sqlParameter.int(limit), EntityType: entityType, TenantId: tenantId },
      EntityId: sqlParameter.bigint(entityId),
    },
    entryRow,
    { signal, context: { operation: 'reading the history of an entity' } },
  );
}
