import { type BrokerClient, quoteName, quoteQualifiedName, sqlParameter } from '@hartonomous/broker-client';
import { type EntityType, entityOf } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { type ApiActor, logApiAudit } from './audit.ts';
import { EntityNotFoundError } from './errors.ts';

/**
 * Enqueues an entity of the actor's tenant, so that the graph gets the state that its row has; with a row of the audit.
 *
 * @throws EntityNotFoundError, BrokerError
 */
export async function requestSync(
  client: BrokerClient,
  actor: ApiActor,
  { entityType, entityId }: { readonly entityType: EntityType; readonly entityId: bigint },
  signal: AbortSignal,
): Promise<void> {
  const { table, key, tenant } = entityOf(entityType);
  await using transaction = await client.beginTransaction();
  const found = await transaction.query(
    `SELECT 1 AS [found] FROM ${quoteQualifiedName(`${table.schema}.${table.name}`)} AS e
     WHERE e.${quoteName(key)} = @EntityId AND e.${quoteName(tenant)} = @TenantId;`,
    { EntityId: sqlParameter.bigint(entityId), TenantId: actor.tenantId },
    z.object({ found: z.number() }),
    { signal, context: { operation: 'looking for an entity' } },
  );
  if (found.length === 0) throw new EntityNotFoundError(entityType, entityId);
  await transaction.execute('dbo.sp_EnqueueNeo4jSync', {
    EntityType: sqlParameter.nvarchar(entityType),
    EntityId: sqlParameter.bigint(entityId),
    SyncType: sqlParameter.nvarchar('UPDATE'),
    TenantId: actor.tenantId,
  });
  await logApiAudit(transaction, actor, { action: 'entity.sync', target: `${entityType}/${entityId}` });
  await transaction.commit();
}
