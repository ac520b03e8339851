import { sqlParameter } from '@hartonomous/broker-client';
import { entityOf, isEntityType, syncQueue, syncTypes } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { type DeadLetterQueue, deadLettersOf, planBody, sendBodyAgain } from './dead-letter-queue.ts';
import { previewSync } from './preview-sync.ts';

const fieldsSchema = z.object({
  EntityType: z.string().nullable(),
  EntityId: z.union([z.string(), z.number()]).transform(String).nullable(),
  TenantId: z.number().nullable(),
  SyncType: z.string().nullable(),
});

/** The dead letters of graph synchronization. */
export const syncDeadLetterQueue: DeadLetterQueue = {
  ...deadLettersOf(syncQueue),
  subjectOf: ({ fields }) => `${fields.EntityType ?? '?'} ${fields.EntityId ?? '?'}`,
  // The message says which entity changed, and the row decides what it becomes in the graph.
  async plan(client, letter, sendBody, options) {
    if (sendBody) return planBody(letter);
    const { EntityType: type, EntityId: id, TenantId, SyncType } = fieldsSchema.parse(letter.fields);
    if (type === null || !isEntityType(type) || id === null) {
      return {
        action: 'none',
        reason: 'it names no known entity; its body can be sent again as it is: --send-body, over HTTP sendBody',
      };
    }
    const graph = await previewSync(client, entityOf(type), BigInt(id), options);
    return {
      action: 'enqueue',
      entityType: type,
      entityId: id,
      syncType: syncTypes.find((known) => known === SyncType) ?? 'UPDATE',
      tenantId: TenantId,
      rowExists: graph.kind !== 'removed',
      graph,
    };
  },
  replayer: (client, plans, options) => async (letter, transaction) => {
    const plan = plans.get(letter.id);
    if (plan?.action === 'enqueue') {
      const { entityType, entityId, syncType, tenantId } = plan;
      const parameters = {
        EntityType: entityType,
        EntityId: sqlParameter.bigint(BigInt(entityId)),
        SyncType: syncType,
        TenantId: sqlParameter.int(tenantId),
      };
      await client.enqueue('dbo.sp_EnqueueNeo4jSync', parameters, { ...options, transaction });
    } else if (plan?.action === 'send-body') {
      await sendBodyAgain(syncQueue, letter, transaction, options);
    } else {
      throw new TypeError(`Dead letter ${letter.id} has no plan that can be carried out.`);
    }
  },
};
